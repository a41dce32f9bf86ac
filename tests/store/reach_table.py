"""The methods of the store's port, each with a call that names ids, for whoever asks them from another reach."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import anyio

from interrupt_mcp.authority import this_user
from interrupt_mcp.model import (
    Access,
    Approver,
    Channel,
    EffectStatus,
    Filters,
    InterruptId,
    RewindTo,
    RunId,
    Scope,
    ThreadId,
)
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import ClaimedRun, FailedTask, Place
from tests.patience import PATIENCE
from tests.store.conftest import (
    PERSON,
    accept,
    accepted,
    asked_and_failed,
    effect,
    interrupts_of,
    new_run,
    question,
    saver_of,
    started,
    written,
)

LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Ids:
    """What a caller may have heard of."""

    run: RunId
    thread: ThreadId
    interrupt: InterruptId
    code: str
    key: str
    checkpoint: str
    head: str
    langgraph: str
    busy: ThreadId
    """One on which a run is going on."""
    ended: RunId
    """A run that left a branch, and was cancelled."""
    secret: str
    """The hash of one that signs somebody in."""
    signed_in: str
    """The hash by which somebody is known who is signed in."""
    session: str
    token: str
    """The hash of one."""
    token_name: str
    claimed: ClaimedRun
    """The run that is going on."""


NAMES = [each.name for each in fields(Ids) if each.name != "claimed"]


async def filled(store: Store, name: str, access: Access) -> Ids:
    """Fill the store, as it is for who has this access, with runs that have all there is; return their ids."""
    run, thread, below = RunId(f"{name}-run"), ThreadId(f"{name}-thread"), f"{name}-below"
    more: Any = {"idempotency_key": f"{name}-key", "context": {"user": name}, "approver": Approver.CLIENT}
    journal = store.journal(await started(store, run, thread, **more))
    journal.see("send")
    begun = await written(store, journal, run, thread=thread, source="input")
    inside = await written(store, journal, run, thread=thread, ns="tools:1")
    await asked_and_failed(store, journal, thread, "tools:1", inside, below)
    asked_at = await written(store, journal, run, thread=thread, parent=begun, task="task")
    await journal.pause({f"{name}-first": question()}, {})
    journal = store.journal(await accepted(store, run))
    (asked,) = await interrupts_of(store, run)
    journal.record([effect(EffectStatus.DONE, interrupt_id=asked.interrupt_id)]).result(PATIENCE)
    head = await written(store, journal, run, thread=thread, parent=asked_at)
    await asked_and_failed(store, journal, thread, "", head, below)
    await journal.pause({f"{name}-second": question()}, {})
    (_, asked) = await interrupts_of(store, run)
    busy, ended = ThreadId(f"{name}-busy"), RunId(f"{name}-ended")
    await store.journal(await started(store, f"{name}-left", f"{name}-left")).fail("timeout", "too long", 1)
    await store.threads.rewind(new_run(ended, f"{name}-left", begins=RewindTo("")), "Ann", [], ["sent a letter"])
    await store.runs.cancel(ended, "Ann")
    claimed = await started(store, f"{name}-busy", busy)
    secret, signed_in = f"{name}-secret", f"{name}-signed-in"
    await store.sessions.offer(secret, access.principal, PATIENCE)
    session = (await store.sessions.begin(signed_in, access, "browser", PATIENCE)).session_id
    token, token_name = f"{name}-token", f"{name}-ci"
    await store.tokens.make(token, token_name, frozenset((Scope.READ,)), None)
    places = (asked_at, head, below, busy, ended, secret, signed_in, session, token, token_name)
    return Ids(run, thread, asked.interrupt_id, asked.code, f"{name}-key", *places, claimed)


def never(ids: Ids) -> Ids:
    """Ids that nobody has, each right behind one of these in every order."""

    def behind(name: str) -> Any:
        return f"{name[:-1]}~"

    names = {name: behind(getattr(ids, name)) for name in NAMES}
    run = replace(ids.claimed.run, run_id=RunId(behind(ids.claimed.run.run_id)), thread_id=names["busy"])
    return Ids(**names, claimed=replace(ids.claimed, run=run))


Row = Callable[[Store, Ids, Ids], Awaitable[object]]
"""What is asked of a store, with the ids that somebody heard of, and its own."""


def once(answer: object) -> Awaitable[object]:
    async def waited() -> object:
        return answer

    return waited()


async def of(future: Any) -> object:
    return await anyio.to_thread.run_sync(future.result, PATIENCE)


async def claims(store: Store, new: Any) -> bool:
    """Whether a start was a new one."""
    return (await store.runs.start(new, "Ann")).is_new


async def rewinds(store: Store, new: Any) -> object:
    left = await store.threads.left_behind(new.thread_id, new.begins.checkpoint_id)
    return await store.threads.rewind(new, "Ann", left, [])


async def copies(store: Store, thread: str, checkpoint: str) -> object:
    """The branches of a copy."""
    await store.threads.copy(thread, checkpoint, ThreadId(f"{thread} copy"), "Ann", Approver.HUMAN)
    return await store.threads.branches(f"{thread} copy")


async def called(store: Store, name: str) -> object:
    """The thread that somebody calls so."""
    return await store.threads.get(await store.threads.id_of(name))


async def sees(store: Store, claimed: ClaimedRun) -> object:
    journal = store.journal(claimed)
    journal.see("other")
    store.settle(PATIENCE)
    return await store.runs.seen_tools("desk")


async def uses(store: Store, token: str) -> object:
    store.tokens.used(token)
    store.settle(PATIENCE)
    found = await store.tokens.find(token)
    return found is not None and found.used_at is not None


async def opens_a_page(store: Store, session: str) -> object:
    await store.sessions.seen(session, PATIENCE)
    return await store.sessions.page_is_open()


def new(own: Ids) -> str:
    """The id of a run of their own, or of a thread, that is still to begin."""
    return f"new of {own.run}"


def keyed(own: Ids, key: str, **more: Any) -> Any:
    return new_run(new(own), new(own), idempotency_key=key, **more)


def place(thread: str) -> Any:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}


async def histories(store: Store, thread: str) -> object:
    return [each.config async for each in saver_of(store).alist(place(thread))]


TABLE: dict[str, Row] = {
    "Runs.get": lambda s, ids, _: s.runs.get(ids.run),
    "Runs.with_interrupts": lambda s, ids, _: s.runs.with_interrupts(ids.run),
    "Runs.listed: thread": lambda s, ids, _: s.runs.listed(Filters(thread_id=ids.thread), None, 9),
    "Runs.active_on": lambda s, ids, _: s.runs.active_on(ids.thread),
    "Runs.same_request": lambda s, ids, own: s.runs.same_request(keyed(own, ids.key)),
    "Runs.same_request: other arguments": lambda s, ids, own: s.runs.same_request(
        keyed(own, ids.key, request_digest="x")
    ),
    "Runs.start: key": lambda s, ids, own: claims(s, keyed(own, ids.key)),
    "Runs.start: key, other arguments": lambda s, ids, own: claims(s, keyed(own, ids.key, request_digest="x")),
    "Runs.decide": lambda s, ids, _: s.runs.decide(ids.run, [], PERSON, "Ann"),
    "Runs.decide: interrupt": lambda s, ids, own: _decide(s, ids, own),
    "Runs.reject_all": lambda s, ids, _: s.runs.reject_all(ids.run, Channel.CLIENT, "Ann", []),
    "Runs.retry": lambda s, ids, _: s.runs.retry(ids.run, "Ann"),
    "Runs.cancel": lambda s, ids, _: s.runs.cancel(ids.run, "Ann"),
    "Runs.claim": lambda s, ids, _: s.runs.claim(ids.run, "one"),
    "Runs.standing": lambda s, ids, _: s.runs.standing(ids.claimed.run.run_id),
    "Runs.got_on": lambda s, ids, _: s.runs.got_on(ids.run),
    "Runs.owner_of": lambda s, ids, _: s.runs.owner_of(ids.run),
    "Runs.not_mine": lambda s, ids, _: s.runs.not_mine([ids.ended]),
    "Runs.going_on": lambda s, ids, _: s.runs.going_on([ids.claimed.run.run_id]),
    "Runs.effects": lambda s, ids, _: s.runs.effects(ids.run),
    "Runs.effects_left": lambda s, ids, _: s.runs.effects_left(ids.ended),
    "Interrupts.get": lambda s, ids, _: s.interrupts.get(ids.interrupt),
    "Interrupts.get: code": lambda s, ids, _: s.interrupts.get(ids.code),
    "Interrupts.of_run": lambda s, ids, _: s.interrupts.of_run(ids.run),
    "Interrupts.listed: run": lambda s, ids, _: s.interrupts.listed(Filters(run_id=ids.run), None, 9),
    "Interrupts.listed: thread": lambda s, ids, _: s.interrupts.listed(Filters(thread_id=ids.thread), None, 9),
    "Interrupts.open_elsewhere": lambda s, ids, _: s.interrupts.open_elsewhere(ids.run, 9),
    "Interrupts.asked_at": lambda s, ids, _: s.interrupts.asked_at(ids.thread, [ids.checkpoint]),
    "Interrupts.asked_at: checkpoint": lambda s, ids, own: s.interrupts.asked_at(own.thread, [ids.checkpoint]),
    "Interrupts.made: interrupt": lambda s, ids, _: s.interrupts.made(Place(LATEST, ids.interrupt, 0, 0), 9),
    "Interrupts.name_deciders": lambda s, ids, _: s.interrupts.name_deciders(ids.interrupt, ["token:somebody"]),
    "Sessions.take": lambda s, ids, _: s.sessions.take(ids.secret),
    "Sessions.find": lambda s, ids, _: s.sessions.find(ids.signed_in),
    "Sessions.seen": lambda s, ids, _: opens_a_page(s, ids.session),
    "Sessions.end": lambda s, ids, _: s.sessions.end(ids.session),
    "Sessions.begin: token": lambda s, ids, _: s.sessions.begin("new", this_user(), "", PATIENCE, token_hash=ids.token),
    "Tokens.find": lambda s, ids, _: s.tokens.find(ids.token),
    "Tokens.used": lambda s, ids, _: uses(s, ids.token),
    "Tokens.revoke": lambda s, ids, _: s.tokens.revoke(ids.token_name),
    "Threads.get": lambda s, ids, _: s.threads.get(ids.thread),
    "Threads.own": lambda s, ids, _: s.threads.own(ids.thread),
    "Threads.id_of": lambda s, ids, _: called(s, ids.thread),
    "Threads.approver": lambda s, ids, _: s.threads.approver(ids.thread),
    "Threads.refuse_busy": lambda s, ids, _: s.threads.refuse_busy(ids.busy),
    "Threads.check_has": lambda s, ids, _: s.threads.check_has(ids.thread, ids.checkpoint),
    "Threads.check_has: checkpoint": lambda s, ids, own: s.threads.check_has(own.thread, ids.checkpoint),
    "Threads.head": lambda s, ids, _: s.threads.head(ids.thread),
    "Threads.last_seen": lambda s, ids, _: s.threads.last_seen(ids.thread),
    "Threads.branches": lambda s, ids, _: s.threads.branches(ids.thread),
    "Threads.context_at": lambda s, ids, _: s.threads.context_at(ids.thread, ids.checkpoint),
    "Threads.context_at: checkpoint": lambda s, ids, own: s.threads.context_at(own.thread, ids.checkpoint),
    "Threads.decided_behind": lambda s, ids, _: s.threads.decided_behind(ids.thread, ids.head),
    "Threads.decided_behind: checkpoint": lambda s, ids, own: s.threads.decided_behind(own.thread, ids.head),
    "Threads.effects": lambda s, ids, _: s.threads.effects(ids.thread),
    "Threads.asked_calls": lambda s, ids, _: s.threads.asked_calls(ids.thread),
    "Threads.keep_written": lambda s, ids, _: s.threads.keep_written(ids.run, []),
    "Threads.mark": lambda s, ids, _: s.threads.mark(ids.thread),
    "Threads.left_behind": lambda s, ids, _: s.threads.left_behind(ids.thread, ids.checkpoint),
    "Threads.left_behind: checkpoint": lambda s, ids, own: s.threads.left_behind(own.thread, ids.checkpoint),
    "Threads.rewind": lambda s, ids, own: rewinds(s, new_run(new(own), ids.thread, begins=RewindTo(ids.checkpoint))),
    "Threads.rewind: checkpoint": lambda s, ids, own: rewinds(
        s, new_run(new(own), own.thread, begins=RewindTo(ids.checkpoint))
    ),
    "Threads.copy": lambda s, ids, _: copies(s, ids.thread, ids.checkpoint),
    "Threads.copy: checkpoint": lambda s, ids, own: copies(s, own.thread, ids.checkpoint),
    "Threads.prune": lambda s, ids, _: s.threads.prune(ids.thread, 0),
    "Journal.record": lambda s, ids, _: of(s.journal(ids.claimed).record([effect(EffectStatus.STARTED)])),
    "Journal.see": lambda s, ids, _: sees(s, ids.claimed),
    "Journal.deliver": lambda s, ids, _: of(s.journal(ids.claimed).deliver(["asked"])),
    "Journal.deliver: another's": lambda s, ids, own: _driven(s, own, "deliver", ids),
    "Journal.begin": lambda s, ids, _: s.journal(ids.claimed).begin(),
    "Journal.adopt": lambda s, ids, _: of(s.journal(ids.claimed).adopt("digest")),
    "Journal.forget_errors": lambda s, ids, _: s.journal(ids.claimed).forget_errors([]),
    "Journal.forget_errors: another's": lambda s, ids, own: _driven(s, own, "forget_errors", ids),
    "Journal.pause": lambda s, ids, _: s.journal(ids.claimed).pause({"asked": question()}, {}),
    "Journal.pause: interrupt": lambda s, ids, own: _driven(s, own, "pause", ids),
    "Journal.finish": lambda s, ids, _: s.journal(ids.claimed).finish(None, None, 0),
    "Journal.fail": lambda s, ids, _: s.journal(ids.claimed).fail("code", "message", 0),
    "Checkpoints.keep_order": lambda s, ids, _: s.checkpoints().keep_order(ids.thread),
    "Checkpoints.failed_after": lambda s, ids, _: s.checkpoints().failed_after(ids.thread, [ids.langgraph]),
    "Checkpoints.asked_below": lambda s, ids, _: s.checkpoints().asked_below(ids.thread),
    "Checkpoints.nodes_below": lambda s, ids, _: s.checkpoints().nodes_below(ids.thread),
    "Checkpoints.namespaces": lambda s, ids, _: s.checkpoints().namespaces(ids.thread),
    "Checkpoints, as LangGraph's: aget_tuple": lambda s, ids, _: saver_of(s).aget_tuple(place(ids.thread)),
    "Checkpoints, as LangGraph's: get_tuple": lambda s, ids, _: once(saver_of(s).get_tuple(place(ids.thread))),
    "Checkpoints, as LangGraph's: alist": lambda s, ids, _: histories(s, ids.thread),
    "Checkpoints, as LangGraph's: list": lambda s, ids, _: once(list(saver_of(s).list(place(ids.thread)))),
}


async def _decide(store: Store, ids: Ids, own: Ids) -> object:
    (asked,) = (await store.runs.get(own.run)).interrupts
    return await store.runs.decide(own.run, [accept(replace(asked, interrupt_id=ids.interrupt))], PERSON, "Ann")


async def _driven(store: Store, own: Ids, name: str, ids: Ids) -> object:
    """What a driver is told that names what is another's, in a run of its own."""
    journal = store.journal(await accepted(store, own.run))
    match name:
        case "deliver":
            await of(journal.deliver([ids.langgraph], [FailedTask("", ids.checkpoint, "task")]))
        case "forget_errors":
            await journal.forget_errors([FailedTask("", ids.checkpoint, "task")])
        case "pause":
            await journal.pause({}, {ids.interrupt: [0]})
    return "kept"
