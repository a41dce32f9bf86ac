"""A start is kept once, on a thread that is free and its agent's."""

import pytest

from interrupt_mcp.errors import IdempotencyConflict, InvalidInput, ThreadBusy, ThreadInterrupted, UnknownRun
from interrupt_mcp.model import Approver, GraphInput, RunId, RunStatus, ThreadId
from interrupt_mcp.store.flight import InFlight
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Begun, Moved
from tests.store.conftest import Open, accepted, all_of, events, new_run, paused, started, written

pytestmark = pytest.mark.anyio


async def test_a_start_is_driven_by_the_process_that_kept_it(store: Store) -> None:
    claimed = await started(store, begins=GraphInput({"text": 1}), context={"user": "Ann"}, agent_digest="d")
    assert (claimed.run.status, claimed.epoch, claimed.begins) == (RunStatus.RUNNING, 1, GraphInput({"text": 1}))
    assert (claimed.context, claimed.agent_digest, claimed.driven_seconds) == ({"user": "Ann"}, "d", 0)
    assert (claimed.from_pause, claimed.interrupts, claimed.effects) == (False, (), ())
    assert (claimed.clean_start, claimed.new_thread) == (True, True)
    assert (await store.runs.get("run")).status is RunStatus.RUNNING
    assert await store.runs.owner_of(claimed.run.run_id) == "one"
    assert await store.runs.in_flight() == [InFlight(RunId("run"), "one", "desk", deaths=0)]


async def test_a_start_that_is_repeated_under_its_key_is_the_run_it_started(opened: Open) -> None:
    store, other = opened(), opened("other")
    await started(store, idempotency_key="key", request_digest="same")
    before = await all_of(store)
    repeated = new_run("again", "elsewhere", idempotency_key="key", request_digest="same")
    assert await store.runs.same_request(repeated) == "run"
    assert await other.runs.start(repeated, "somebody") == Begun(RunId("run"), is_new=False)
    assert await all_of(store) == before
    with pytest.raises(UnknownRun):
        await store.runs.get("again")


async def test_a_key_with_other_arguments_is_a_conflict(store: Store) -> None:
    await started(store, idempotency_key="key", request_digest="same")
    other = new_run("again", "elsewhere", idempotency_key="key", request_digest="other")
    for asked in (store.runs.same_request(other), store.runs.start(other, "somebody")):
        with pytest.raises(IdempotencyConflict):
            await asked
    assert await store.threads.may_start("elsewhere", "hotel")


async def test_runs_without_a_key_are_never_the_same(store: Store) -> None:
    await started(store)
    assert await store.runs.same_request(new_run("again")) is None
    await started(store, "again", "elsewhere")


async def test_a_thread_of_another_agent_is_refused(store: Store) -> None:
    await store.journal(await started(store)).finish(None, None, 0)
    with pytest.raises(InvalidInput):
        await store.runs.start(new_run("again", agent="hotel"), "somebody")
    assert not await store.threads.may_start("thread", "hotel")
    assert await store.threads.may_start("thread", "desk")


async def test_a_threads_id_that_another_reach_has_is_taken(opened: Open) -> None:
    theirs, ours = opened(project="theirs"), opened(project="ours")
    await started(theirs, "theirs")
    before = await all_of(theirs, "theirs")
    assert not await ours.threads.may_start("thread", "desk")
    with pytest.raises(InvalidInput, match="taken"):
        await ours.runs.start(new_run("ours"), "somebody")
    assert await all_of(theirs, "theirs") == before
    assert await events(ours) == []


async def test_a_copy_is_refused_where_its_id_is_taken(opened: Open) -> None:
    theirs, ours = opened(project="theirs"), opened(project="ours")
    claimed = await started(theirs, "theirs", "theirs")
    head = await written(theirs, theirs.journal(claimed), "theirs", thread="theirs")
    own = await started(ours, "ours", "ours")
    checkpoint_id = await written(ours, ours.journal(own), "ours", thread="ours")
    for taken in ("theirs", "ours"):
        with pytest.raises(InvalidInput, match="taken"):
            await ours.threads.copy("ours", checkpoint_id, ThreadId(taken), "Ann", Approver.HUMAN)
    assert await theirs.threads.head("theirs") == head
    assert await events(ours) == ["started"]


async def test_a_second_run_waits_for_the_first_to_be_finished(store: Store) -> None:
    await started(store)
    with pytest.raises(ThreadBusy):
        await store.runs.start(new_run("again"), "somebody")
    with pytest.raises(ThreadBusy):
        await store.threads.refuse_busy("thread")
    assert not await store.threads.may_start("thread", "desk")


async def test_a_second_run_waits_for_what_the_first_asks(store: Store) -> None:
    await paused(store)
    with pytest.raises(ThreadInterrupted):
        await store.runs.start(new_run("again"), "somebody")
    active = await store.runs.active_on("thread")
    assert active is not None
    assert active.interrupts == (await store.runs.get("run")).interrupts != ()
    await store.threads.refuse_busy("thread")
    # It may be rejected on the way.
    assert await store.threads.may_start("thread", "desk")
    await store.journal(await accepted(store)).finish("done", {}, 1)
    assert await store.runs.active_on("thread") is None
    again = await started(store, "again")
    assert (again.clean_start, again.new_thread) == (True, False)


@pytest.mark.parametrize("ends", ["fail", "cancel"])
async def test_a_run_after_one_that_did_not_end_well_does_not_start_clean(store: Store, ends: str) -> None:
    first = await started(store)
    if ends == "fail":
        await store.journal(first).fail("timeout", "too long", 1)
    else:
        await store.runs.cancel(first.run.run_id, "somebody")
    assert not (await started(store, "again")).clean_start


async def test_an_input_that_was_tried_on_another_state_of_the_thread_is_not_kept(store: Store) -> None:
    with pytest.raises(Moved):
        await store.runs.start(new_run(tried_on="checkpoint"), "somebody")
    first = await started(store, tried_on="")
    head = await written(store, store.journal(first), "run")
    await store.journal(first).finish(None, None, 0)
    with pytest.raises(Moved):
        await store.runs.start(new_run("again", tried_on=""), "somebody")
    await started(store, "again", tried_on=head)


async def test_what_an_engine_keeps_is_kept_with_the_run_or_neither_is(store: Store) -> None:
    def refuse(_: object) -> None:
        raise InvalidInput("No")

    with pytest.raises(InvalidInput):
        await store.runs.start(new_run(), "somebody", refuse)
    assert await store.threads.may_start("thread", "hotel")
    assert await events(store) == []
    seen: list[object] = []
    await store.runs.start(new_run(), "somebody", seen.append)
    assert len(seen) == 1


@pytest.mark.parametrize("first", [Approver.HUMAN, Approver.CLIENT])
@pytest.mark.parametrize("second", [Approver.HUMAN, Approver.CLIENT])
async def test_a_thread_only_ever_gets_stricter(store: Store, first: Approver, second: Approver) -> None:
    claimed = await started(store, approver=first)
    assert await store.threads.approver("thread") is first
    await store.journal(claimed).finish(None, None, 0)
    await started(store, "again", approver=second)
    strictest = Approver.HUMAN if Approver.HUMAN in (first, second) else Approver.CLIENT
    assert (await store.threads.get("thread")).approver is strictest


async def test_a_person_approves_on_a_thread_of_which_nothing_is_known(store: Store) -> None:
    assert await store.threads.approver("never") is Approver.HUMAN
