"""What many processes do to one run, thread or record at the same time: each is told what became of what it did."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from interrupt_mcp.errors import AlreadyDecided, Superseded, ThreadBusy
from interrupt_mcp.model import DecisionType, Filters, RewindTo, RunId, RunStatus
from interrupt_mcp.store.records import Begun, ClaimedRun, Entry, Fenced, Position
from tests.store.conftest import (
    PERSON,
    Open,
    accept,
    choice,
    events,
    interrupts_of,
    new_run,
    paused,
    question,
    saver_of,
    started,
    written,
)

pytestmark = [pytest.mark.postgres, pytest.mark.posix, pytest.mark.anyio]
RUN = RunId("run")
Doing = Callable[[], Awaitable[Any]]


async def at_once(*each: Doing) -> list[Any]:
    """Do all of them at the same time, and return what they returned or raised."""
    return await asyncio.gather(*(do() for do in each), return_exceptions=True)


async def test_of_fifty_starts_with_one_key_one_is_kept_and_all_are_told_of_it(opened: Open) -> None:
    stores = [opened(owner) for owner in ("one", "two")]

    def starting(number: int) -> Doing:
        new = new_run(f"run-{number}", f"thread-{number}", idempotency_key="key")
        return lambda: stores[number % 2].runs.start(new, "Ann")

    begun: list[Begun] = await at_once(*(starting(number) for number in range(50)))
    assert [each.is_new for each in begun].count(True) == 1
    assert len({each.run_id for each in begun}) == 1
    runs, _ = await stores[0].runs.listed(Filters(), None, 100)
    assert [run.run_id for run in runs] == [begun[0].run_id]
    assert await events(stores[1]) == ["started"]


async def test_of_starts_on_one_thread_one_is_kept_and_the_others_are_told_that_it_is_busy(opened: Open) -> None:
    stores = [opened(owner) for owner in ("one", "two")]
    begun = await at_once(
        *(partial(stores[number % 2].runs.start, new_run(f"run-{number}"), "Ann") for number in range(10))
    )
    assert [type(each) for each in begun].count(Begun) == 1
    assert [type(each) for each in begun].count(ThreadBusy) == 9


@pytest.mark.parametrize("number", range(5))
async def test_of_two_decisions_one_counts_and_the_other_is_told_who_was_first(opened: Open, number: int) -> None:
    del number
    one, two = opened("one"), opened("two")
    await paused(one)
    (asked,) = await interrupts_of(one)
    accepting, rejecting = (choice(asked, type_) for type_ in (DecisionType.ACCEPT, DecisionType.REJECT))
    first, second = await at_once(
        lambda: one.runs.decide(RUN, [accepting], PERSON, "Ann"),
        lambda: two.runs.decide(RUN, [rejecting], PERSON, "Ben"),
    )
    refused, who = (first, "Ben") if isinstance(first, Exception) else (second, "Ann")
    assert isinstance(refused, AlreadyDecided)
    assert who in str(refused)
    (kept,) = await interrupts_of(one)
    assert len(kept.decisions) == 1
    assert (await events(one)).count("decided") == 1


@pytest.mark.parametrize("number", range(5))
async def test_a_run_that_ends_is_not_claimed_as_well(opened: Open, number: int) -> None:
    del number
    one, two = opened("one"), opened("two")
    journal = one.journal(await started(one))
    finished, claimed = await at_once(lambda: journal.finish("done", None, 0), lambda: two.runs.claim(RUN, "one"))
    run = await one.runs.get(RUN)
    if claimed is None:
        assert (finished, run.status, run.answer) == (None, RunStatus.SUCCESS, "done")
    else:
        assert isinstance(finished, Fenced)
        assert (run.status, await one.runs.owner_of(RUN)) == (RunStatus.RUNNING, "two")
        assert "finished" not in await events(one)


async def test_one_process_takes_a_run_over_of_many_that_try(opened: Open) -> None:
    await started(opened("dead"))
    claimed = await at_once(*(partial(opened(owner).runs.claim, RUN, "dead") for owner in ("one", "two", "three") * 3))
    (taken,) = [each for each in claimed if isinstance(each, ClaimedRun)]
    assert taken.epoch == 2
    assert [each for each in claimed if not isinstance(each, ClaimedRun | None)] == []


@pytest.mark.parametrize("number", range(5))
async def test_a_thread_goes_back_before_a_decision_or_after_it(opened: Open, number: int) -> None:
    one, two, name = opened("one"), opened("two"), str(number)
    claimed = await started(one, name, name)
    checkpoint_id = await written(one, one.journal(claimed), name, thread=name)
    await one.journal(claimed).pause({name: question()}, {})
    (asked,) = await interrupts_of(one, name)
    back = new_run(f"back-{name}", name, begins=RewindTo(checkpoint_id, None))
    decided, rewound = await at_once(
        lambda: one.runs.decide(RunId(name), [accept(asked)], PERSON, "Ann"),
        lambda: two.threads.rewind(back, "Ben", [], []),
    )
    run = await one.runs.get(name)
    if isinstance(decided, Exception):
        assert isinstance(decided, Superseded)
        assert (rewound, run.status) == (name, RunStatus.CANCELLED)
    else:
        assert isinstance(rewound, ThreadBusy)
        assert (run.status, await events(one)) == (RunStatus.RUNNING, ["started", "asked", "decided"])


async def test_the_record_of_four_writers_is_one_chain_and_whoever_reads_on_misses_nothing(opened: Open) -> None:
    seen: list[Entry] = []
    done = asyncio.Event()

    async def read_on() -> None:
        reader, position = opened("reader"), Position(0)
        while True:
            last = done.is_set()
            entries, position = await reader.audit.since(position)
            seen.extend(entries)
            if last:
                return

    async def write(owner: str) -> None:
        store = opened(owner)
        for number in range(15):
            claimed = await started(store, f"{owner}-{number}", f"{owner}-{number}")
            await store.journal(claimed).finish("done", None, 0)

    reading = asyncio.create_task(read_on())
    await asyncio.gather(*(write(owner) for owner in ("one", "two", "three", "four")))
    done.set()
    await reading
    assert [entry.event for entry in seen].count("finished") == 60
    assert len(seen) == 120
    chain = await opened("one").audit.verify()
    assert (chain.entries, chain.broken_at) == (120, None)


async def test_codes_of_questions_that_are_asked_at_once_are_each_their_own(opened: Open) -> None:
    await asyncio.gather(
        *(
            paused(
                opened(owner), *(uuid.uuid4().hex for _ in range(5)), run_id=f"{owner}-{n}", thread_id=f"{owner}-{n}"
            )
            for owner in ("one", "two", "three", "four")
            for n in range(5)
        )
    )
    codes = [each.code for each in (await opened("one").interrupts.listed(Filters(), None, 1000))[0]]
    assert len(codes) == len(set(codes)) == 100


async def test_a_process_that_was_taken_for_dead_writes_nothing_more(opened: Open) -> None:
    one, two = opened("one"), opened("two")
    first = await started(one)
    old = one.journal(first)
    head = await written(one, old, "run")
    claimed = await two.runs.claim(RUN, "one")
    assert claimed is not None
    await two.journal(claimed).begin()
    with pytest.raises(Fenced):
        await written(one, old, "run", parent=head)
    for late in (old, one.journal(first)):
        with pytest.raises(Fenced):
            await late.finish("by a zombie", None, 0)
    place: Any = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}
    (only,) = [each async for each in saver_of(two).alist(place)]
    assert only.config["configurable"]["checkpoint_id"] == head
    assert await one.runs.owner_of(RUN) == "two"
