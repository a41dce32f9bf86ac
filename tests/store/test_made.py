"""Decisions that were made, as they are looked back on: what about, by whom, and what came of it."""

from datetime import UTC, datetime

import pytest

from interrupt_mcp.model import Channel, DecisionType, EffectStatus, RunId
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Made, Place
from tests.patience import PATIENCE
from tests.store.conftest import (
    PERSON,
    accept,
    accepted,
    choice,
    effect,
    interrupts_of,
    paused,
    question,
    started,
)

pytestmark = pytest.mark.anyio


async def all_made(store: Store, most: int) -> list[Made]:
    """All of them, page by page."""
    found, before = await store.interrupts.made(None, most)
    while before is not None:
        more, before = await store.interrupts.made(before, most)
        assert len(more) <= most
        found += more
    return found


async def test_a_decision_tells_what_it_was_about_and_who_made_it(store: Store) -> None:
    await paused(store)
    (asked,) = await interrupts_of(store)
    edited = choice(asked, DecisionType.EDIT, args={"to": "Bob"}, message="rather him")
    await store.runs.decide(RunId("run"), [edited], Channel.INBOX, "Ann")
    (made,), more = await store.interrupts.made(None, 9)
    assert more is None
    assert (made.interrupt_id, made.code, made.agent) == (asked.interrupt_id, asked.code, "desk")
    assert (made.run_id, made.thread_id, made.action) == ("run", "thread", "send")
    assert (made.args_before, made.decision.args) == ({"to": "Ann"}, {"to": "Bob"})
    assert (made.decision.type, made.decision.message) == (DecisionType.EDIT, "rather him")
    assert (made.proof.channel, made.proof.who, made.round) == (Channel.INBOX, "Ann", 0)
    assert (made.effect, made.error) == (None, "")


@pytest.mark.parametrize(
    ("status", "error"),
    [(EffectStatus.DONE, ""), (EffectStatus.FAILED, "no stamps"), (EffectStatus.UNKNOWN, "")],
)
async def test_a_decision_tells_what_came_of_it(store: Store, status: EffectStatus, error: str) -> None:
    await paused(store)
    journal = store.journal(await accepted(store))
    (asked,) = await interrupts_of(store)
    for each in (EffectStatus.STARTED, status):
        more = {"error": error} if each is status else {}
        journal.record([effect(each, interrupt_id=asked.interrupt_id, **more)]).result(PATIENCE)
    (made,), _ = await store.interrupts.made(None, 9)
    assert (made.effect, made.error) == (status, error)


@pytest.mark.parametrize("most", [1, 2, 3, 100])
async def test_pages_of_decisions_have_each_once_though_many_were_made_in_one_moment(store: Store, most: int) -> None:
    """Decisions that are sent together are of one moment, as far as it is kept."""
    for run in ("one", "two", "three"):
        claimed = await started(store, run, f"thread of {run}")
        await store.journal(claimed).pause({"asked": question("send", "pay"), "other": question()}, {})
    choices = {
        run: [accept(each, request.index) for each in await interrupts_of(store, run) for request in each.undecided]
        for run in ("one", "two", "three")
    }
    for run, chosen in choices.items():
        await store.runs.decide(RunId(run), chosen, PERSON, "Ann")
    found = await all_made(store, most)
    assert len({each.place for each in found}) == len(found) == 9
    assert [each.proof.at for each in found] == sorted((each.proof.at for each in found), reverse=True)
    assert {(each.run_id, each.action) for each in found} == {(run, a) for run in choices for a in ("send", "pay")}


async def test_a_page_begins_where_it_was_said_to_whether_or_not_a_decision_is_there(store: Store) -> None:
    await paused(store)
    await accepted(store)
    now = datetime.now(UTC)
    for year, count in ((now.year + 1, 1), (now.year - 1, 0)):
        found, _ = await store.interrupts.made(Place(now.replace(year=year), "", 0, 0), 9)
        assert len(found) == count


async def test_the_last_decisions_on_an_action_are_found_among_all_others(store: Store) -> None:
    for run, agent in (("one", "desk"), ("two", "desk"), ("three", "hotel")):
        claimed = await started(store, run, f"thread of {run}", agent=agent)
        await store.journal(claimed).pause({"asked": question("send", "pay")}, {})
        (asked,) = await interrupts_of(store, run)
        await store.runs.decide(RunId(run), [accept(asked, 0), accept(asked, 1)], PERSON, "Ann")
    runs = [each.run_id for each in await store.interrupts.made_on("desk", "send", 9)]
    assert sorted(runs) == ["one", "two"]
    assert len(await store.interrupts.made_on("desk", "send", 1)) == 1
    assert await store.interrupts.made_on("desk", "sen", 9) == []
    assert [each.action for each in await store.interrupts.made_on("hotel", "pay", 9)] == ["pay"]
