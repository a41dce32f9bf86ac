"""The use cases of threads: look at one, go on from an older checkpoint, copy one. It knows no protocol."""

import uuid
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import anyio

from interrupt_mcp import authority
from interrupt_mcp.authority import Decider
from interrupt_mcp.errors import NeedsHuman, ThreadBusy, UnknownCheckpoint
from interrupt_mcp.model import (
    Access,
    Approver,
    Interrupt,
    Json,
    JsonObject,
    RewindTo,
    RunId,
    Scope,
    ThreadId,
    digest_of,
)
from interrupt_mcp.runs.changes import Changes, changes
from interrupt_mcp.runs.inquiries import (
    AgentAt,
    AgentSide,
    Load,
    SeeMoment,
    SeePast,
    SeeResults,
    TakesCopy,
    TakesRewind,
)
from interrupt_mcp.runs.shown import effects_told, results_of, results_told
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Moved, NewRun, Thread
from interrupt_mcp.views.thread_json import BackView, CopyView, ThreadView

if TYPE_CHECKING:
    from interrupt_mcp.runs.caller import Actor, Progress
    from interrupt_mcp.runs.parts import Parts


_TRIES = 5
"""How often it is looked what a rewind leaves behind, where more is done meanwhile."""


class Threads:
    """The threads of one who calls, as one process serves them."""

    def __init__(self, parts: "Parts", store: Store, access: Access, side: AgentSide) -> None:
        """`store` and the agents' `side` are as they see them."""
        self._access = access
        self._store = store
        self._people = parts.people
        self._policy = parts.policy
        self._side = side
        self._go_on = parts.takeover.go_on
        self._engine = parts.engine
        self._signals = parts.signals

    async def get(self, name: str, limit: int, before: str | None, progress: "Progress") -> ThreadView:
        """Return the thread as it is, and at most `limit` checkpoints, newest first, from before the one named.

        Raises:
            UnknownThread, UnknownCheckpoint, Unavailable
        """
        thread = await self._called(name)
        thread_id = thread.thread_id
        if before is not None:
            await self._store.threads.check_has(thread_id, before)
        effects = await self._store.threads.effects(thread_id)
        results = results_of([effect for _, effect in effects])
        look = SeePast(AgentAt(thread.agent, thread_id), thread_id, limit, before, await self._upto(thread), results)
        seen = await self._side.ask(look, progress)
        asked: defaultdict[str, list[Interrupt]] = defaultdict(list)
        shown = [moment.checkpoint_id for moment in seen.past.moments]
        for checkpoint_id, interrupt in await self._store.interrupts.asked_at(thread_id, shown):
            asked[checkpoint_id].append(interrupt)
        done: defaultdict[str, list[JsonObject]] = defaultdict(list)
        told = effects_told([effect for _, effect in effects], seen.results)
        for (checkpoint_id, _), effect in zip(effects, told, strict=True):
            done[checkpoint_id].append(effect)
        branches = await self._store.threads.branches(thread_id)
        return ThreadView(thread, seen.past, asked, branches, done, seen.diagram, seen.drawing)

    async def back(self, name: str, checkpoint_id: str, progress: "Progress") -> BackView:
        """Return what would come of going on from the checkpoint, as the thread stands. Nothing is changed.

        Raises:
            UnknownThread, UnknownCheckpoint, Unavailable
            Forbidden: it is somebody else's, who alone goes back on it.
        """
        store = self._store
        thread = await self._own(name)
        thread_id = thread.thread_id
        await store.threads.check_has(thread_id, checkpoint_id)
        # Read first: what changes while the rest is looked at is then noticed by whoever agrees to it.
        mark = await store.threads.mark(thread_id)
        left = await store.threads.left_behind(thread_id, checkpoint_id)
        made = AgentAt(thread.agent, thread_id, checkpoint_id)
        seen = await self._side.ask(SeeMoment(made, checkpoint_id, results_of(left)), progress)
        told = effects_told(left, seen.results)
        decided = tuple(dict.fromkeys(code for code, _ in await store.threads.decided_behind(thread_id, checkpoint_id)))
        active = await store.runs.active_on(thread_id)
        return BackView(thread, mark, seen.moment, seen.values, told, decided, active)

    async def rewind(
        self,
        name: str,
        checkpoint_id: str,
        values: JsonObject | None,
        actor: "Actor",
        progress: "Progress",
        as_of: str | None = None,
    ) -> RunId:
        """Start a run that goes on from the checkpoint, with the values merged into its state; return its id.

        A run that waits on the thread is cancelled. Nothing is changed where this raises. `as_of` is the thread's mark
        when a person agreed to it: it must not have changed since.

        Raises:
            UnknownThread, UnknownCheckpoint, InvalidInput, ThreadBusy, NeedsHuman, Superseded, Unavailable, Unreadable
        """
        thread = await self._own(name)
        thread_id = thread.thread_id
        await self._store.threads.check_has(thread_id, checkpoint_id)
        await self._store.threads.refuse_busy(thread_id)
        await self._side.ask(Load(thread.agent), progress)
        approver = await self._approver(thread, actor)
        body: JsonObject = {"checkpoint_id": checkpoint_id, "values": values}
        new = NewRun(
            run_id=RunId(uuid.uuid4().hex),
            thread_id=thread.thread_id,
            agent=thread.agent,
            begins=RewindTo(checkpoint_id, values),
            context=await self._store.threads.context_at(thread_id, checkpoint_id),
            request_digest=digest_of(body),
            approver=approver,
        )
        made = AgentAt(thread.agent, thread_id, checkpoint_id, new.run_id)
        taken = await self._side.ask(TakesRewind(made, checkpoint_id, values))
        await self._refuse_for_human(thread, approver, checkpoint_id, values, actor)
        new = replace(new, agent_digest=taken.agent_digest)
        ownerless = not self._engine.claims
        enqueue = self._engine.enqueue(new.run_id) if ownerless else None
        for _ in range(_TRIES):
            left = await self._store.threads.left_behind(thread_id, checkpoint_id)
            results = await self._side.ask(SeeResults(made, results_of(left))) if left else ()
            told: list[Json] = [*effects_told(left, results)]
            with suppress(Moved), anyio.CancelScope(shield=True):
                self._people.note(new.run_id, self._access if actor.shows_forms else None)
                cancelled = await self._store.threads.rewind(
                    new, actor.who, left, told, as_of, ownerless=ownerless, enqueue=enqueue
                )
                self._go_on(new.run_id, agent=new.agent)
                if cancelled is not None:
                    self._signals.changed(cancelled)
                return new.run_id
        raise ThreadBusy(f"Other runs go on on thread {name}")

    async def fork(self, name: str, checkpoint_id: str | None, actor: "Actor", progress: "Progress") -> CopyView:
        """Make a new thread with the same history up to the checkpoint, the latest if none is named.

        Raises:
            UnknownThread, UnknownCheckpoint, Unavailable
        """
        thread = await self._own(name)
        thread_id = thread.thread_id
        origin = checkpoint_id or await self._store.threads.head(thread_id)
        if origin is None:
            raise UnknownCheckpoint(f"Thread {name} has no checkpoint yet")
        await self._store.threads.check_has(thread_id, origin)
        copy = ThreadId(uuid.uuid4().hex)
        made = AgentAt(thread.agent, thread_id, origin)
        # Where the agent cannot be made, no copy is left.
        await self._side.ask(TakesCopy(made), progress)
        with anyio.CancelScope(shield=True):
            await self._store.threads.copy(thread_id, origin, copy, actor.who, await self._approver(thread, actor))
        past = (await self._side.ask(SeePast(made, copy, 1, None, None))).past
        return CopyView(await self._store.threads.get(copy), origin, past.values, past.next)

    async def changes(self, since: datetime) -> Changes:
        """Return what changes from that moment on, on any thread, in any process."""
        return await changes(self._store.audit, self._signals, since)

    async def effects_of(self, run_id: str) -> list[JsonObject]:
        """Return what was done or begun in the run under decisions; values of the agent's own types as plain data."""
        effects = await self._store.runs.effects(run_id)
        return effects_told(effects, results_told(self._store.checkpoints(), results_of(effects)))

    async def effects_done(self, run_id: str) -> list[Json]:
        """Return the effects on the branch that was left when this run began; empty where it left none."""
        return await self._store.runs.effects_left(run_id)

    async def can_be_agreed_to(self, name: str) -> bool:
        """Whether a person may agree in a form to what a client may not do on the thread."""
        thread, policy = await self._called(name), self._policy()
        return authority.forms_reach(policy, thread.agent, Decider.by(policy, self._access, thread.principal))

    async def mark(self, name: str) -> str:
        """Return how far the thread has got, for `rewind`."""
        return await self._store.threads.mark(await self._store.threads.id_of(name))

    async def agent_of(self, name: str) -> str:
        """Return the name of the thread's agent.

        Raises:
            UnknownThread: the project has no such thread.
        """
        return (await self._called(name)).agent

    async def _upto(self, thread: Thread) -> str | None:
        """Return the last checkpoint there is for who calls; none where it is theirs, or they look at all.

        Who was asked about something sees the conversation as it was then, and how their run ended: not what its owner
        goes on to say.
        """
        if thread.principal == self._access.principal or self._access.may(Scope.ADMIN):
            return None
        return await self._store.threads.last_seen(thread.thread_id)

    async def _called(self, name: str) -> Thread:
        """Return the thread that who calls knows by that name.

        Raises:
            UnknownThread: there is none.
        """
        return await self._store.threads.get(await self._store.threads.id_of(name))

    async def _own(self, name: str) -> Thread:
        """Return the thread of that name, which is who calls' own.

        Raises:
            UnknownThread: there is none.
            Forbidden: it is somebody else's.
        """
        return await self._store.threads.own(await self._store.threads.id_of(name))

    async def _approver(self, thread: Thread, actor: "Actor") -> Approver:
        """Return who approves on the thread once this caller goes on with it."""
        reached = actor.shows_forms or await self._people.can_be_reached()
        return authority.on_thread(self._policy(), thread.agent, thread.approver, reached=reached, access=self._access)

    async def _refuse_for_human(
        self, thread: Thread, approver: Approver, checkpoint_id: str, values: JsonObject | None, actor: "Actor"
    ) -> None:
        """Refuse a client, under `human`, to go on with what would stand in for a decision.

        A person who agreed comes as an actor of a channel that reaches people; that counts as long as policy says so.

        Raises:
            NeedsHuman: a person must agree.
        """
        policy = self._policy()
        decider = Decider.by(policy, self._access, thread.principal)
        if authority.may_stand_in(policy, thread.agent, approver, actor.channel, decider):
            return
        if values is not None:
            raise NeedsHuman(
                "Going on with edited state could stand in for a decision; without values it is asked again"
            )
        if decided := await self._store.threads.decided_behind(thread.thread_id, checkpoint_id):
            codes = ", ".join(dict.fromkeys(code for code, _ in decided))
            raise NeedsHuman(
                f"Checkpoint {checkpoint_id} is behind the decision on {codes}, which would count again;"
                f" from checkpoint {decided[0][1]} it is asked again"
            )
