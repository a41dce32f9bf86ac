"""A run has one driver: whoever was replaced, or whose write failed, writes nothing more."""

import anyio
import pytest

from interrupt_mcp.errors import UnknownInterrupt, UnknownRun
from interrupt_mcp.model import EffectStatus, RunId, RunStatus
from interrupt_mcp.store.port import Journal, Store
from interrupt_mcp.store.records import NOBODY, ClaimedRun, FailedTask, Fenced
from tests.patience import PATIENCE
from tests.store.conftest import (
    PERSON,
    Open,
    accept,
    accepted,
    all_of,
    asked_and_failed,
    call,
    effect,
    interrupts_of,
    paused,
    question,
    started,
    written,
)

pytestmark = pytest.mark.anyio
RUN = RunId("run")
WRITES = {
    "record": lambda journal: journal.record([effect(EffectStatus.STARTED)]),
    "deliver": lambda journal: journal.deliver(["asked"]),
    "begin": lambda journal: journal.begin(),
    "adopt": lambda journal: journal.adopt("digest"),
    "forget_errors": lambda journal: journal.forget_errors([]),
    "pause": lambda journal: journal.pause({"asked": question()}, {}),
    "finish": lambda journal: journal.finish("done", {}, 1),
    "fail": lambda journal: journal.fail("timeout", "too long", 1),
}


async def write(journal: Journal, name: str) -> None:
    """Write, and wait until it is kept."""
    future = WRITES[name](journal)
    await (future if not hasattr(future, "result") else anyio.to_thread.run_sync(future.result, PATIENCE))


async def taken(store: Store, from_owner: str = "one") -> ClaimedRun:
    claimed = await store.runs.claim(RUN, from_owner)
    assert claimed is not None
    return claimed


async def test_the_epoch_grows_with_each_driver(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    first = await started(one)
    second = await taken(other)
    assert second.epoch > first.epoch
    # The last one ended without a word.
    third = await taken(other, "other")
    assert third.epoch > second.epoch
    assert await one.runs.not_mine([RUN]) == [RUN]
    assert await other.runs.not_mine([RUN]) == []
    assert [(each.owner, each.run_id) for each in await other.runs.in_flight()] == [("other", RUN)]


async def test_a_driver_keeps_its_epoch_across_pauses(store: Store) -> None:
    first = await paused(store)
    second = await accepted(store)
    assert second.epoch == first.epoch
    assert second.from_pause
    await store.journal(first).finish(None, None, 0)


async def test_only_whoever_names_the_owner_takes_a_run(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    await started(one)
    assert await other.runs.claim(RUN, "somebody else") is None
    assert await other.runs.claim(RUN, NOBODY) is None
    await taken(other)
    assert await one.runs.claim(RUN, "one") is None
    with pytest.raises(UnknownRun):
        await one.runs.claim(RunId("never"), "one")


@pytest.mark.parametrize("name", WRITES)
async def test_whoever_was_replaced_is_fenced_from_then_on(opened: Open, name: str) -> None:
    one, other = opened("one"), opened("other")
    journal = one.journal(await started(one))
    await taken(other)
    before = await all_of(other)
    for _ in range(2):
        with pytest.raises(Fenced):
            await write(journal, name)
    with pytest.raises(Fenced):
        journal.settle()
    with pytest.raises(Fenced):
        await journal.settled()
    assert await all_of(other) == before


async def test_what_was_submitted_before_a_driver_noticed_is_fenced_too(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    journal = one.journal(await started(one))
    replacing = await taken(other)
    submitted = [journal.deliver(["asked"]), journal.record([effect(EffectStatus.STARTED)]), journal.deliver([])]
    for future in submitted:
        assert isinstance(await anyio.to_thread.run_sync(future.exception, PATIENCE), Fenced)
    # The next driver finds nothing of it.
    assert (await taken(other, "other")).effects == replacing.effects == ()


async def test_a_cancelled_run_fences_its_driver(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    journal = one.journal(await started(one))
    assert await other.runs.cancel(RUN, "Ann")
    assert await one.runs.not_mine([RUN]) == [RUN]
    with pytest.raises(Fenced):
        await journal.finish(None, None, 0)
    assert (await one.runs.get(RUN)).status is RunStatus.CANCELLED


async def test_a_run_goes_on_for_all_until_it_is_over(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    assert await other.runs.going_on([RUN]) == await other.runs.going_on([]) == frozenset()
    journal = one.journal(await started(one))
    assert await other.runs.going_on([RUN, RunId("of nobody")]) == {RUN}
    await journal.finish(None, None, 0)
    assert await other.runs.going_on([RUN]) == frozenset()


async def test_nothing_is_kept_after_a_write_that_failed(store: Store) -> None:
    claimed = await started(store)
    journal = store.journal(claimed)
    with pytest.raises(UnknownInterrupt):
        await journal.pause({"asked": question()}, {"never": [0]})
    assert await interrupts_of(store) == ()
    before = await all_of(store)
    for name in WRITES:
        with pytest.raises(UnknownInterrupt):
            await write(journal, name)
    with pytest.raises(UnknownInterrupt):
        await journal.settled()
    assert await all_of(store) == before
    # Another journal of the same drive knows nothing of it.
    await store.journal(claimed).finish(None, None, 0)


async def test_nothing_is_kept_that_was_submitted_right_behind_a_write_that_failed(store: Store) -> None:
    await paused(store)
    journal = store.journal(await accepted(store))
    behind = []

    async def fail() -> None:
        with pytest.raises(UnknownInterrupt):
            await journal.pause({}, {"never": [0]})

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(fail)
        await anyio.lowlevel.checkpoint()
        behind.append(journal.deliver(["asked"]))
    assert isinstance(await anyio.to_thread.run_sync(behind[0].exception, PATIENCE), UnknownInterrupt)
    (asked,) = await interrupts_of(store)
    assert not asked.delivered


async def test_what_a_call_came_to_is_kept_after_its_run_was_cancelled(opened: Open) -> None:
    """It ran, whatever became of the run; but a driver that was replaced has no say any more."""
    one, other = opened("one"), opened("other")
    (interrupt,) = (await _decided(one)).interrupts
    journal = one.journal(await taken(one))
    begun = effect(EffectStatus.STARTED, interrupt_id=interrupt.interrupt_id)
    await anyio.to_thread.run_sync(journal.record([begun]).result, PATIENCE)
    head = await written(one, journal, "run", task="task")
    await other.runs.cancel(RUN, "Ann")
    done = effect(EffectStatus.DONE, interrupt_id=interrupt.interrupt_id)
    await anyio.to_thread.run_sync(journal.record([done]).result, PATIENCE)
    assert [(at, each.effect.status) for at, each in await one.threads.effects("thread")] == [(head, done.status)]


async def test_what_a_call_came_to_is_kept_after_another_write_failed(store: Store) -> None:
    journal = store.journal(await started(store))
    journal.record([effect(EffectStatus.STARTED)]).result(PATIENCE)
    with pytest.raises(UnknownInterrupt):
        await journal.pause({}, {"never": [0]})
    journal.record([effect(EffectStatus.DONE)]).result(PATIENCE)
    assert [each.status for each in (await taken(store)).effects] == [EffectStatus.DONE]
    late = journal.record([effect(EffectStatus.FAILED)])
    with pytest.raises(Fenced):
        late.result(PATIENCE)


async def _decided(store: Store) -> ClaimedRun:
    await paused(store)
    return await accepted(store)


async def test_who_waits_for_one_write_has_all_before_it_on_disk(opened: Open) -> None:
    one, reader = opened("one"), opened("reader")
    claimed = await _decided(one)
    journal = one.journal(claimed)
    for number in range(50):
        journal.record([effect(EffectStatus.PAUSED, call(position=number))])
        journal.see(f"tool {number}")
    journal.deliver(["asked"])
    await anyio.to_thread.run_sync(journal.adopt("changed").result, PATIENCE)
    (asked,) = await interrupts_of(reader)
    assert asked.delivered
    assert len(await reader.runs.seen_tools("desk")) == 50
    again = await taken(reader)
    assert [each.call.position for each in again.effects] == list(range(50))
    assert again.agent_digest == "changed"


async def test_checkpoints_are_on_disk_before_a_pause_is(opened: Open) -> None:
    one, reader = opened("one"), opened("reader")
    journal = one.journal(await started(one))
    head = await written(one, journal, "run")
    await journal.pause({"asked": question()}, {})
    assert await reader.threads.head("thread") == head
    ((checkpoint_id, asked),) = await reader.interrupts.asked_at("thread", [head])
    assert (checkpoint_id, asked.langgraph_id) == (head, "asked")


async def test_a_takeover_leaves_what_was_started_unknown(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    journal = one.journal(await started(one))
    statuses = list(EffectStatus)
    records = [effect(status, call(position=number), slots=(number,)) for number, status in enumerate(statuses)]
    await anyio.to_thread.run_sync(journal.record(records).result, PATIENCE)
    found = (await taken(other)).effects
    assert [each.slots for each in found] == [each.slots for each in records]
    unknown = {EffectStatus.STARTED: EffectStatus.UNKNOWN}
    assert [each.status for each in found] == [unknown.get(status, status) for status in statuses]


async def test_an_effect_is_one_record_as_it_was_written_last(store: Store) -> None:
    journal = store.journal(await started(store))
    first = effect(EffectStatus.STARTED, args={"to": "Bob"}, round=1)
    last = effect(EffectStatus.DONE, args={"to": "Bob"}, result=("msgpack", b"\x01"), round=1)
    journal.record([first, effect(EffectStatus.PAUSED, call("other", position=1))])
    await anyio.to_thread.run_sync(journal.record([last]).result, PATIENCE)
    found = (await taken(store)).effects
    assert [each.call.name for each in found] == ["send", "other"]
    assert found[0] == last


async def test_calls_that_are_made_again_are_forgotten(store: Store) -> None:
    journal = store.journal(await started(store))
    journal.record([effect(EffectStatus.DONE), effect(EffectStatus.DONE, call("other", position=1))])
    await journal.pause({"asked": question()}, {}, made_again=[call().key])
    assert [each.call.name for each in (await accepted(store)).effects] == ["other"]


async def test_an_answer_that_did_not_reach_the_graph_is_not_on_its_way(store: Store) -> None:
    await paused(store)
    journal = store.journal(await accepted(store))
    for reached in (True, False):
        await anyio.to_thread.run_sync(journal.deliver(["asked"], reached=reached, soon=True).result, PATIENCE)
        (asked,) = await interrupts_of(store)
        assert asked.delivered is reached


async def test_the_errors_of_tasks_that_asked_are_forgotten(store: Store) -> None:
    journal = store.journal(await started(store))
    head = await written(store, journal, "run")
    await asked_and_failed(store, journal, "thread", "", head, "asked")
    failed = await store.checkpoints(journal).failed_after("thread", ["asked"])
    assert failed == [FailedTask("", head, "failed")]
    assert await store.checkpoints(journal).failed_after("thread", ["other"]) == []
    await journal.forget_errors(failed)
    assert await store.checkpoints(journal).failed_after("thread", ["asked"]) == []


async def test_seconds_of_driving_add_up(store: Store) -> None:
    claimed = await started(store)
    await store.journal(claimed).pause({"asked": question()}, {}, seconds=2)
    second = await accepted(store)
    assert second.driven_seconds == 2
    await store.journal(second).pause({"next": question()}, {}, seconds=3)
    assert (await accepted(store)).driven_seconds == 5


async def test_a_decision_left_ownerless_is_the_firsts_that_takes_it(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    await paused(one)
    (asked,) = await interrupts_of(one)
    decided = await one.runs.decide(RUN, [accept(asked)], PERSON, "Ann", ownerless=True)
    assert (decided.goes_on, decided.claimed) == (True, None)
    assert await one.runs.owner_of(RUN) == NOBODY
    assert [(each.owner, each.run_id) for each in await one.runs.in_flight()] == [(NOBODY, RUN)]
    claimed = await taken(other, NOBODY)
    assert claimed.from_pause
    assert await one.runs.claim(RUN, NOBODY) is None
