"""How many processes died with a run where it stands is kept with the claim that takes it over."""

from itertools import pairwise

import pytest

from interrupt_mcp.model import EffectStatus, RewindTo, RunId
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import NOBODY, ClaimedRun
from tests.patience import PATIENCE
from tests.store.conftest import (
    PERSON,
    Open,
    accept,
    accepted,
    effect,
    interrupts_of,
    new_run,
    question,
    saver_of,
    started,
    written,
)

pytestmark = pytest.mark.anyio
RUN = RunId("run")


async def taken(store: Store, from_owner: str, *, begins: bool = True) -> ClaimedRun:
    """The run as it is claimed from that owner, to die of it, once it begins."""
    claimed = await store.runs.claim(RUN, from_owner)
    assert claimed is not None
    if begins:
        await store.journal(claimed).begin()
    return claimed


async def died(opened: Open, *owners: str) -> ClaimedRun:
    """The run as the last of these claimed it, each of whom took it over from the one before."""
    claimed = await started(opened(owners[0]))
    for before, after in pairwise(owners):
        claimed = await taken(opened(after), before)
    return claimed


async def suspects(store: Store) -> list[RunId]:
    found = await store.runs.in_flight()
    assert [await store.runs.standing(each.run_id) for each in found] == list(found)
    return [each.run_id for each in found if each.is_suspect]


async def test_each_process_that_dies_with_a_run_is_counted(opened: Open) -> None:
    claimed = await started(opened("one"))
    assert (claimed.deaths, claimed.is_suspect) == (0, False)
    assert await suspects(opened("two")) == []
    claimed = await taken(opened("two"), "one")
    assert (claimed.deaths, claimed.is_suspect) == (1, False)
    # Of another process's death it is known before the claim.
    assert await suspects(opened("three")) == [RUN]
    assert await suspects(opened("two")) == []
    claimed = await taken(opened("three"), "two")
    assert (claimed.deaths, claimed.is_suspect) == (2, True)
    assert (await taken(opened("four"), "three")).deaths == 3


async def test_a_process_that_died_before_it_began_did_not_die_of_the_run_but_the_first_may_have(
    opened: Open,
) -> None:
    await started(opened("one"))
    assert (await taken(opened("two"), "one", begins=False)).deaths == 1
    assert await suspects(opened("three")) == []
    assert (await taken(opened("three"), "two", begins=False)).deaths == 1
    assert (await taken(opened("four"), "three")).deaths == 1
    assert (await taken(opened("five"), "four", begins=False)).deaths == 2
    assert (await taken(opened("six"), "five")).deaths == 2


async def test_what_a_process_claims_anew_is_no_death(opened: Open) -> None:
    await started(opened("one"))
    assert (await taken(opened("one"), "one")).deaths == 0
    await taken(opened("two"), "one")
    assert (await taken(opened("two"), "two")).deaths == 1


@pytest.mark.parametrize("ns", ["", "within:task"])
async def test_a_checkpoint_since_the_last_death_begins_the_count_anew(opened: Open, ns: str) -> None:
    claimed = await died(opened, "one", "two", "three")
    assert claimed.deaths == 2
    assert not await opened("three").runs.got_on(RUN)
    await written(opened("three"), opened("three").journal(claimed), "run", ns=ns)
    assert await opened("three").runs.got_on(RUN)
    claimed = await taken(opened("four"), "three")
    assert claimed.deaths == 1
    assert (await taken(opened("five"), "four")).deaths == 2


async def test_what_a_task_wrote_since_the_last_death_begins_the_count_anew(opened: Open) -> None:
    one = opened("one")
    first = await started(one)
    head = await written(one, one.journal(first), "run")
    claimed = await taken(opened("two"), "one")
    journal = opened("two").journal(claimed)
    place = {"configurable": {"thread_id": "thread", "checkpoint_ns": "", "checkpoint_id": head}}
    await saver_of(opened("two"), journal).aput_writes(place, [("messages", "done")], "task")  # type: ignore[arg-type]
    await journal.settled()
    assert (await taken(opened("three"), "two")).deaths == 1


async def test_a_pause_begins_the_count_anew(opened: Open) -> None:
    claimed = await died(opened, "one", "two")
    await opened("two").journal(claimed).pause({"asked": question()}, {})
    assert (await accepted(opened("two"))).deaths == 0
    assert (await taken(opened("three"), "two")).deaths == 1


async def test_a_run_that_is_tried_again_begins_the_count_anew(opened: Open) -> None:
    claimed = await died(opened, "one", "two", "three")
    await opened("three").journal(claimed).fail("process_died", "it died", 0)
    assert await opened("one").runs.retry(RUN, "Ann")
    assert (await taken(opened("one"), "one")).deaths == 0


async def test_what_is_released_is_the_owners_in_its_project(opened: Open) -> None:
    one, other, elsewhere = opened("one"), opened("other"), opened("one", "elsewhere")
    await started(one)
    await started(one, "done", "done")
    await one.runs.cancel(RunId("done"), "Ann")
    await started(other, "others", "others")
    await started(elsewhere, "elsewhere", "elsewhere")
    one.runs.release().result(PATIENCE)
    owners = {each.run_id: each.owner for store in (one, elsewhere) for each in await store.runs.in_flight()}
    assert owners == {RUN: NOBODY, "others": "other", "elsewhere": "one"}
    assert await one.runs.owner_of(RunId("done")) == "one"


async def test_what_was_released_died_of_nothing_and_its_effects_are_in_doubt(opened: Open) -> None:
    claimed = await died(opened, "one", "two")
    journal = opened("two").journal(claimed)
    opened("two").runs.release().result(PATIENCE)
    # What is still going on there may begin an effect until somebody takes the run.
    journal.record([effect(EffectStatus.STARTED)]).result(PATIENCE)
    again = await taken(opened("three"), NOBODY)
    assert again.deaths == 1
    assert [each.status for each in again.effects] == [EffectStatus.UNKNOWN]
    assert isinstance(journal.record([effect(EffectStatus.STARTED)]).exception(PATIENCE), Exception)


async def test_a_start_left_ownerless_is_the_firsts_that_takes_it(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    new = new_run(idempotency_key="key", request_digest="same")
    begun = await one.runs.start(new, "somebody", ownerless=True)
    assert (begun.run_id, begun.is_new, begun.claimed) == (RUN, True, None)
    assert not (await one.runs.start(new, "somebody", ownerless=True)).is_new
    assert [(each.owner, each.agent) for each in await other.runs.in_flight()] == [(NOBODY, "desk")]
    claimed = await taken(other, NOBODY)
    assert (claimed.epoch, claimed.clean_start, claimed.from_pause, claimed.deaths) == (1, True, False, 0)


async def test_a_retry_left_ownerless_is_the_firsts_that_takes_it(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    await one.journal(await started(one)).fail("timeout", "too long", 1)
    assert await one.runs.retry(RUN, "Ann", ownerless=True)
    assert await one.runs.owner_of(RUN) == NOBODY
    assert (await taken(other, NOBODY)).from_pause


async def test_a_rewind_left_ownerless_is_the_firsts_that_takes_it(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    claimed = await started(one, "before")
    head = await written(one, one.journal(claimed), "before")
    await one.journal(claimed).finish(None, None, 0)
    await one.threads.rewind(new_run(begins=RewindTo(head)), "Ann", [], [], ownerless=True)
    assert await one.runs.owner_of(RUN) == NOBODY
    assert (await taken(other, NOBODY)).begins == RewindTo(head)


async def test_what_was_decided_died_of_nothing(opened: Open) -> None:
    claimed = await died(opened, "one", "two", "three")
    await opened("three").journal(claimed).pause({"asked": question()}, {})
    (asked,) = await interrupts_of(opened("one"))
    await opened("one").runs.decide(RUN, [accept(asked)], PERSON, "Ann", ownerless=True)
    assert await suspects(opened("one")) == []
    assert (await taken(opened("four"), NOBODY)).deaths == 0
