"""Going on from an older checkpoint leaves a branch: what it asked is superseded, and what it did is told."""

from dataclasses import dataclass

import pytest

from interrupt_mcp.errors import Superseded, ThreadBusy, UnknownCheckpoint, UnknownThread
from interrupt_mcp.model import (
    Approver,
    DecisionType,
    Dialect,
    EffectStatus,
    InterruptStatus,
    Question,
    Request,
    RewindTo,
    RunId,
    RunStatus,
    ThreadId,
)
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import AskedCall, Moved, NewRun, Origin
from tests.patience import PATIENCE
from tests.store.conftest import (
    PERSON,
    accept,
    accepted,
    all_of,
    call,
    effect,
    events,
    interrupts_of,
    new_run,
    paused,
    question,
    started,
    written,
)

pytestmark = pytest.mark.anyio
RUN = RunId("run")


@dataclass(frozen=True)
class History:
    """A thread on which a person let something be done, and which asks again."""

    begun: str
    """The checkpoint of the input."""
    asked_at: str
    """The one after which a task asked, and did what it asked about."""
    head: str


async def history(store: Store) -> History:
    claimed = await started(store, context={"user": "Ann"}, approver=Approver.CLIENT)
    journal = store.journal(claimed)
    begun = await written(store, journal, "run", source="input")
    asked_at = await written(store, journal, "run", parent=begun, task="task")
    await journal.pause({"asked": question()}, {})
    journal = store.journal(await accepted(store))
    (asked,) = await interrupts_of(store)
    for status in (EffectStatus.STARTED, EffectStatus.DONE):
        journal.record([effect(status, interrupt_id=asked.interrupt_id)]).result(PATIENCE)
    head = await written(store, journal, "run", parent=asked_at)
    await journal.pause({"next": question()}, {})
    return History(begun, asked_at, head)


def rewinding(to: str, run_id: str = "again", approver: Approver = Approver.CLIENT) -> NewRun:
    return new_run(run_id, begins=RewindTo(to, {"text": "other"}), approver=approver)


async def test_what_was_done_on_the_branch_that_is_left_is_listed(store: Store) -> None:
    thread = await history(store)
    (asked, _) = await interrupts_of(store)
    for checkpoint_id, count in ((thread.begun, 1), (thread.asked_at, 1), (thread.head, 0)):
        left = await store.threads.left_behind("thread", checkpoint_id)
        assert [each.effect.interrupt_id for each in left] == [asked.interrupt_id] * count
    assert [at for at, _ in await store.threads.effects("thread")] == [thread.asked_at]
    (done,) = await store.runs.effects("run")
    assert (done.effect.interrupt_id, done.effect.status) == (asked.interrupt_id, EffectStatus.DONE)
    assert await store.runs.effects("another") == []


async def test_a_rewind_ends_the_run_that_waited_and_supersedes_what_it_asked(store: Store) -> None:
    thread = await history(store)
    left = await store.threads.left_behind("thread", thread.begun)
    ended = await store.threads.rewind(rewinding(thread.begun), "Ann", left, ["sent a letter"])
    assert ended == "run"
    assert (await store.runs.get("run")).status is RunStatus.CANCELLED
    assert [each.status for each in await interrupts_of(store)] == [InterruptStatus.APPLIED, InterruptStatus.SUPERSEDED]
    assert await store.runs.effects_left("again") == ["sent a letter"]
    assert await store.runs.effects_left("run") == []
    claimed = await store.runs.claim(RunId("again"), "one")
    assert claimed is not None
    assert claimed.begins == RewindTo(thread.begun, {"text": "other"})
    assert not claimed.from_pause
    assert not claimed.clean_start
    assert (await events(store))[-2:] == ["cancelled", "rewound"]


async def test_nothing_is_left_behind_by_a_branch_that_did_nothing(store: Store) -> None:
    """Once the thread went on from an older checkpoint, what was done before is on another branch."""
    thread = await history(store)
    left = await store.threads.left_behind("thread", thread.begun)
    await store.threads.rewind(rewinding(thread.begun), "Ann", left, [])
    claimed = await store.runs.claim(RunId("again"), "one")
    assert claimed is not None
    journal = store.journal(claimed)
    forked = await written(store, journal, "again", parent=thread.begun, source="fork")
    await journal.finish(None, None, 0)
    assert await store.threads.left_behind("thread", forked) == []
    assert await store.threads.left_behind("thread", thread.begun) == []
    assert await store.threads.branches("thread") == {thread.begun: 1, thread.asked_at: 1, thread.head: 1, forked: 2}


async def test_a_rewind_is_refused_where_more_was_done_meanwhile(store: Store) -> None:
    thread = await history(store)
    before = await all_of(store)
    with pytest.raises(Moved):
        await store.threads.rewind(rewinding(thread.begun), "Ann", [], [])
    assert await all_of(store) == before


async def test_a_rewind_that_a_person_agreed_to_is_refused_where_the_thread_went_on(store: Store) -> None:
    thread = await history(store)
    left, mark = await store.threads.left_behind("thread", thread.begun), await store.threads.mark("thread")
    journal = store.journal(await accepted(store))
    await journal.pause({"more": question()}, {})
    with pytest.raises(Superseded):
        await store.threads.rewind(rewinding(thread.begun), "Ann", left, [], as_of=mark)
    now = await store.threads.mark("thread")
    assert await store.threads.rewind(rewinding(thread.begun), "Ann", left, [], as_of=now) == "run"


async def test_a_rewind_waits_for_a_run_that_is_going_on(store: Store) -> None:
    thread = await history(store)
    await accepted(store)
    left = await store.threads.left_behind("thread", thread.begun)
    with pytest.raises(ThreadBusy):
        await store.threads.rewind(rewinding(thread.begun), "Ann", left, [])
    new = new_run("again", "never", begins=RewindTo(thread.begun))
    with pytest.raises(UnknownThread):
        await store.threads.rewind(new, "Ann", left, [])


async def test_a_rewind_only_makes_a_thread_stricter(store: Store) -> None:
    thread = await history(store)
    left = await store.threads.left_behind("thread", thread.begun)
    await store.threads.rewind(rewinding(thread.begun, approver=Approver.HUMAN), "Ann", left, [])
    assert await store.threads.approver("thread") is Approver.HUMAN


async def test_a_mark_changes_with_all_that_happens_on_the_thread(store: Store) -> None:
    marks = [await store.threads.mark("thread")]

    async def note() -> None:
        marks.append(await store.threads.mark("thread"))

    journal = store.journal(await started(store))
    await note()
    await journal.pause({"first": question(), "second": question()}, {})
    await note()
    first, second = await interrupts_of(store)
    await store.runs.decide(RUN, [accept(first)], PERSON, "Ann")
    await note()
    await store.runs.decide(RUN, [accept(second)], PERSON, "Ann")
    await note()
    await journal.pause({}, {first.interrupt_id: [0]})
    await note()
    await accepted(store)
    await note()
    await journal.fail("timeout", "too long", 1)
    await note()
    await store.runs.retry(RUN, "Ann")
    await note()
    await store.runs.cancel(RUN, "Ann")
    await note()
    await started(store, "next")
    await note()
    assert len(set(marks)) == len(marks)
    await started(store, "other", "other")
    assert await store.threads.mark("thread") == marks[-1]


async def test_decisions_behind_a_checkpoint_are_told(store: Store) -> None:
    thread = await history(store)
    asked, _ = await interrupts_of(store)
    assert await store.threads.decided_behind("thread", thread.head) == [(asked.code, thread.asked_at)]
    assert await store.threads.decided_behind("thread", thread.asked_at) == []


async def test_a_checkpoint_is_known_with_the_context_of_its_run(store: Store) -> None:
    thread = await history(store)
    await store.threads.check_has("thread", thread.begun)
    assert await store.threads.context_at("thread", thread.begun) == {"user": "Ann"}
    assert await store.threads.context_at("thread", "never") is None
    assert await store.threads.head("thread") == thread.head
    with pytest.raises(UnknownCheckpoint):
        await store.threads.check_has("thread", "never")


async def test_a_checkpoint_of_a_graph_inside_is_none_to_go_on_from(store: Store) -> None:
    journal = store.journal(await started(store))
    own = await written(store, journal, "run")
    inside = await written(store, journal, "run", ns="tools:1")
    with pytest.raises(UnknownCheckpoint):
        await store.threads.check_has("thread", inside)
    assert await store.threads.head("thread") == own
    assert await store.checkpoints().namespaces("thread") == {"tools:1"}


async def test_a_copy_has_the_history_and_nothing_that_was_pending_or_permitted(store: Store) -> None:
    thread = await history(store)
    await store.threads.copy("thread", thread.head, ThreadId("copy"), "Ann", Approver.CLIENT)
    copied = await store.threads.get("copy")
    assert (copied.agent, copied.approver) == ("desk", Approver.CLIENT)
    assert await store.threads.head("copy") == thread.head
    assert list(await store.threads.branches("copy")) == [thread.begun, thread.asked_at, thread.head]
    assert await store.runs.active_on("copy") is None
    assert await store.interrupts.asked_at("copy", [thread.asked_at]) == []
    # What was done stays known: it is asked before it is done again.
    left = await store.threads.left_behind("copy", thread.begun)
    assert left == await store.threads.left_behind("thread", thread.begun)
    assert len(left) == 1
    assert await store.threads.asked_calls("copy") == await store.threads.asked_calls("thread") != []
    # The thread itself is as it was.
    assert (await store.runs.get("run")).status is RunStatus.INTERRUPTED
    assert not (await started(store, "copied", "copy")).clean_start


@pytest.mark.parametrize("approver", [Approver.HUMAN, Approver.CLIENT])
async def test_a_copy_is_as_strict_as_the_thread_and_as_asked(store: Store, approver: Approver) -> None:
    for name, own in (("strict", Approver.HUMAN), ("lenient", Approver.CLIENT)):
        await started(store, name, name, approver=own)
        await store.threads.copy(name, "", ThreadId(f"{name} copy"), "Ann", approver)
    assert await store.threads.approver("strict copy") is Approver.HUMAN
    assert await store.threads.approver("lenient copy") is approver
    with pytest.raises(UnknownThread):
        await store.threads.copy("never", "", ThreadId("copy"), "Ann", approver)


async def test_calls_asked_about_at_a_breakpoint_were_asked_about_from_outside(store: Store) -> None:
    one = call("send")
    request = Request(0, "send", {}, tuple(DecisionType), call=one)
    asking = Question(Dialect.BREAKPOINT, "What comes next: a tool call.", (request,), None)
    await store.journal(await started(store)).pause({"asked": asking}, {})
    asked = AskedCall("send", one.message_id, one.position, one.call_id, Origin.OUTSIDE, "run")
    assert await store.threads.asked_calls("thread") == [asked]


async def test_calls_that_people_were_asked_about_are_found_by_thread_and_by_name(store: Store) -> None:
    await paused(store)
    asked = AskedCall("send", "message", 0, "call-0", Origin.TOOL, "run")
    assert await store.threads.asked_calls("thread") == [asked]
    await store.threads.keep_written(RUN, [call("delete", position=1)])
    wrote = AskedCall("delete", "message", 1, "call-1", Origin.WRITTEN, "run")
    assert await store.threads.asked_calls("thread") == [asked, wrote]
    names = await store.threads.asked_names("desk", ["send", "delete", "never"])
    assert names == {("send", Origin.TOOL), ("delete", Origin.WRITTEN)}
    assert await store.threads.asked_names("hotel", ["send"]) == frozenset()
    assert await store.threads.asked_names("desk", []) == frozenset()
