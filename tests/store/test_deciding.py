"""One decision for each request: the first that is valid, and whoever comes later is told who was first."""

from dataclasses import replace

import anyio
import pytest

from interrupt_mcp.errors import AlreadyDecided, InvalidInput, Superseded, UnknownInterrupt
from interrupt_mcp.model import (
    MISSING,
    Channel,
    Decision,
    DecisionType,
    InterruptId,
    InterruptStatus,
    RunId,
    RunStatus,
    interrupt_digest,
)
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Moved
from tests.store.conftest import (
    PERSON,
    Open,
    accept,
    accepted,
    all_of,
    choice,
    events,
    in_a_thread,
    interrupts_of,
    paused,
    question,
    started,
)

pytestmark = pytest.mark.anyio
RUN = RunId("run")


async def test_a_decision_is_kept_with_who_made_it_and_through_what(store: Store) -> None:
    await paused(store)
    (asked,) = await interrupts_of(store)
    edit = choice(asked, DecisionType.EDIT, args={"to": "Bob"}, message="to Bob", digest=asked.digest)
    decided = await store.runs.decide(RUN, [edit], Channel.ELICITATION, "Ann")
    assert (decided.goes_on, decided.repeated) == (True, ())
    assert decided.claimed is not None
    (kept,) = decided.claimed.interrupts
    decision, proof = kept.decisions[0, 0]
    assert decision == Decision(DecisionType.EDIT, 0, {"to": "Bob"}, "to Bob")
    assert (proof.channel, proof.who) == (Channel.ELICITATION, "Ann")
    assert kept.status is InterruptStatus.DECIDED
    assert decided.claimed.run.status is RunStatus.RUNNING
    assert (await interrupts_of(store)) == (kept,)


@pytest.mark.parametrize("value", [MISSING, None, False, {"text": "ß"}])
async def test_a_value_that_was_not_given_is_another_than_none(store: Store, value: object) -> None:
    await paused(store)
    (asked,) = await interrupts_of(store)
    await store.runs.decide(RUN, [choice(asked, DecisionType.RESPOND, value=value)], PERSON, "Ann")
    (kept,) = await interrupts_of(store)
    assert kept.answers[0].value == value


async def test_the_first_decision_counts_and_the_second_is_told_of_it(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    await paused(one)
    (asked,) = await interrupts_of(one)
    await one.runs.decide(RUN, [accept(asked)], PERSON, "Ann")
    before = await all_of(one)
    with pytest.raises(AlreadyDecided) as told:
        await other.runs.decide(RUN, [choice(asked, DecisionType.REJECT)], Channel.CLIENT, "Bob")
    ((_, proof),) = (await interrupts_of(one))[0].decisions.values()
    for part in (asked.code, "accept", "Ann", "terminal", proof.at.strftime("%H:%M:%S")):
        assert part in str(told.value)
    assert await all_of(one) == before


async def test_the_same_decision_again_changes_nothing(store: Store) -> None:
    await paused(store)
    (asked,) = await interrupts_of(store)
    await store.runs.decide(RUN, [accept(asked, message="yes")], PERSON, "Ann")
    before = await all_of(store)
    again = await store.runs.decide(RUN, [accept(asked, message="yes", digest="any")], Channel.CLIENT, "Bob")
    assert (again.goes_on, again.repeated, again.claimed) == (False, (asked.interrupt_id,), None)
    assert await all_of(store) == before


async def test_all_decisions_are_kept_or_none(store: Store) -> None:
    await paused(store, "first", "second")
    first, second = await interrupts_of(store)
    before = await all_of(store)
    never = replace(accept(second), interrupt_id=InterruptId("never"))
    with pytest.raises(UnknownInterrupt):
        await store.runs.decide(RUN, [accept(first), never], PERSON, "Ann")
    old = replace(accept(second), round=1)
    with pytest.raises(Superseded):
        await store.runs.decide(RUN, [accept(first), old], PERSON, "Ann")
    assert await all_of(store) == before


async def test_what_an_engine_keeps_is_kept_with_the_decision_or_neither_is(store: Store) -> None:
    def refuse(_: object) -> None:
        raise InvalidInput("No")

    await paused(store)
    (asked,) = await interrupts_of(store)
    before = await all_of(store)
    with pytest.raises(InvalidInput):
        await store.runs.decide(RUN, [accept(asked)], PERSON, "Ann", enqueue=refuse)
    assert await all_of(store) == before
    seen: list[object] = []
    await store.runs.decide(RUN, [accept(asked)], PERSON, "Ann", ownerless=True, enqueue=seen.append)
    await store.runs.decide(RUN, [accept(asked)], PERSON, "Ann", ownerless=True, enqueue=seen.append)
    assert len(seen) == 1


async def test_a_run_goes_on_once_all_is_decided(store: Store) -> None:
    claimed = await started(store)
    await store.journal(claimed).pause({"both": question("send", "delete"), "other": question()}, {})
    both, other = await interrupts_of(store)
    for each in (accept(both, 0), accept(other)):
        assert not (await store.runs.decide(RUN, [each], PERSON, "Ann")).goes_on
    assert [each.status.open for each in await interrupts_of(store)] == [True, False]
    run = await store.runs.get("run")
    assert run.status is RunStatus.INTERRUPTED
    assert [request.index for each in run.interrupts for request in each.undecided] == [1]
    last = await store.runs.decide(RUN, [accept(both, 1)], PERSON, "Ann")
    assert last.goes_on
    assert last.claimed is not None
    assert {each.status for each in last.claimed.interrupts} == {InterruptStatus.DECIDED}


async def test_of_several_who_decide_at_once_exactly_one_is_first(opened: Open) -> None:
    stores = [opened(f"owner {number}") for number in range(6)]
    await paused(stores[0])
    (asked,) = await interrupts_of(stores[0])
    first, late = list[int](), list[str]()

    async def decide(number: int) -> None:
        say = choice(asked, DecisionType.REJECT, message=str(number))
        try:
            decided = await stores[number].runs.decide(RUN, [say], PERSON, f"person {number}")
        except AlreadyDecided as told:
            late.append(str(told))
        else:
            assert decided.claimed is not None
            first.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(len(stores)):
            tasks.start_soon(in_a_thread, decide(number))
    (winner,) = first
    assert len(late) == 5
    assert all(f"person {winner}" in told for told in late)
    assert await stores[0].runs.owner_of(RUN) == f"owner {winner}"
    assert list(await events(stores[0])).count("decided") == 1


async def test_a_request_in_doubt_is_asked_in_another_round(store: Store) -> None:
    claimed = await started(store)
    await store.journal(claimed).pause({"asked": question("send", "delete")}, {})
    (asked,) = await interrupts_of(store)
    edit = choice(asked, DecisionType.EDIT, 1, args={"to": "Bob"})
    await store.runs.decide(RUN, [accept(asked, 0), edit], PERSON, "Ann")
    journal = store.journal(claimed)
    await journal.pause({}, {asked.interrupt_id: [1]})
    (doubted,) = await interrupts_of(store)
    assert (doubted.status, doubted.round, doubted.in_doubt) == (InterruptStatus.UNKNOWN_OUTCOME, 1, (1,))
    assert not doubted.delivered
    # It shows what was approved, and its digest is of that.
    (request,) = doubted.undecided
    assert (request.index, request.args) == (1, {"to": "Bob"})
    value = doubted.question.value
    assert doubted.digest == interrupt_digest("desk", "thread", asked.interrupt_id, doubted.wanted, value)
    assert doubted.digest != asked.digest
    # What was said of the first round is not an answer to this one.
    before = await all_of(store)
    assert (await store.runs.decide(RUN, [edit], PERSON, "Ann")).repeated == (asked.interrupt_id,)
    with pytest.raises(Superseded):
        await store.runs.decide(RUN, [replace(edit, round=2)], PERSON, "Ann")
    assert await all_of(store) == before
    drop = choice(doubted, DecisionType.REJECT, 1)
    decided = await store.runs.decide(RUN, [drop], PERSON, "Ann")
    assert decided.goes_on
    (settled,) = await interrupts_of(store)
    assert settled.answers[1].type is DecisionType.EDIT
    assert settled.decisions[1, 1][0].type is DecisionType.REJECT


async def test_a_question_that_is_open_is_not_asked_twice(store: Store) -> None:
    await paused(store)
    (asked,) = await interrupts_of(store)
    journal = store.journal(await accepted(store))
    await journal.pause({"asked": question()}, {asked.interrupt_id: [0]})
    (doubted,) = await interrupts_of(store)
    assert (doubted.interrupt_id, doubted.round) == (asked.interrupt_id, 1)


async def test_a_question_that_is_asked_anew_is_another_interrupt(store: Store) -> None:
    await paused(store)
    journal = store.journal(await accepted(store))
    await journal.pause({"asked": question()}, {})
    first, second = await interrupts_of(store)
    assert [first.status, second.status] == [InterruptStatus.APPLIED, InterruptStatus.PENDING]
    assert first.interrupt_id != second.interrupt_id
    assert first.code != second.code
    with pytest.raises(AlreadyDecided):
        await store.runs.decide(RUN, [choice(first, DecisionType.REJECT)], PERSON, "Ann")
    assert len((await store.runs.get("run")).interrupts) == 1


async def test_rejecting_all_ends_the_run(store: Store) -> None:
    await paused(store, "first", "second")
    first, second = await interrupts_of(store)
    await store.runs.decide(RUN, [accept(first)], PERSON, "Ann")
    await store.runs.reject_all(RUN, Channel.CLIENT, "Bob", [second])
    assert (await store.runs.get("run")).status is RunStatus.CANCELLED
    first, second = await interrupts_of(store)
    assert {first.status, second.status} == {InterruptStatus.APPLIED}
    assert second.answers[0].type is DecisionType.REJECT
    assert (await events(store))[-1] == "cancelled"
    with pytest.raises(AlreadyDecided):
        await store.runs.decide(RUN, [accept(second)], PERSON, "Ann")


async def test_rejecting_all_leaves_a_run_alone_that_waits_no_longer(store: Store) -> None:
    await paused(store)
    asked = await interrupts_of(store)
    await accepted(store)
    before = await all_of(store)
    await store.runs.reject_all(RUN, Channel.CLIENT, "Bob", asked)
    assert await all_of(store) == before


async def test_what_cannot_be_rejected_is_superseded_with_its_run(store: Store) -> None:
    only = replace(question(), requests=(replace(question().requests[0], allowed=(DecisionType.RESPOND,)),))
    await store.journal(await started(store)).pause({"asked": only}, {})
    asked = await interrupts_of(store)
    await store.runs.reject_all(RUN, Channel.CLIENT, "Bob", asked)
    (left,) = await interrupts_of(store)
    assert (left.status, left.decisions) == (InterruptStatus.SUPERSEDED, {})


async def test_rejecting_all_is_refused_where_something_else_is_open_by_now(store: Store) -> None:
    await paused(store, "first", "second")
    seen = await interrupts_of(store)
    await store.runs.decide(RUN, [accept(seen[0])], PERSON, "Ann")
    before = await all_of(store)
    for asked in (seen, (), seen[:1]):
        with pytest.raises(Moved):
            await store.runs.reject_all(RUN, Channel.CLIENT, "Bob", asked)
    assert await all_of(store) == before


async def test_rejecting_all_is_refused_where_the_same_is_asked_in_another_round(store: Store) -> None:
    await paused(store)
    seen = await interrupts_of(store)
    await store.journal(await accepted(store)).pause({}, {seen[0].interrupt_id: [0]})
    with pytest.raises(Moved):
        await store.runs.reject_all(RUN, Channel.CLIENT, "Bob", seen)


async def test_an_interrupt_is_found_by_its_id_and_its_code(opened: Open) -> None:
    ours, theirs = opened(), opened(project="theirs")
    await paused(ours, "first", "second")
    await paused(theirs, "first", run_id="theirs", thread_id="theirs")
    found = [*await interrupts_of(ours), *await interrupts_of(theirs, "theirs")]
    assert len({each.code for each in found}) == len({each.interrupt_id for each in found}) == 3
    for each in found[:2]:
        for name in (each.interrupt_id, each.code, each.code.lower()):
            assert await ours.interrupts.get(name) == each
    with pytest.raises(UnknownInterrupt):
        await ours.interrupts.get("never")
