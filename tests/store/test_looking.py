"""Lists: what is in them, in which order, page by page. And the record, which misses nothing."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import anyio
import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.model import Filters, RewindTo, RunId, RunStatus
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Entry, Position, days_ago
from tests.patience import PATIENCE
from tests.store.conftest import (
    PERSON,
    Open,
    accept,
    accepted,
    all_of,
    events,
    in_a_thread,
    interrupts_of,
    new_run,
    paused,
    started,
)

pytestmark = pytest.mark.anyio
RUN = RunId("run")
T = TypeVar("T")
NOTHING: tuple[list[object], None] = ([], None)


async def several(store: Store) -> None:
    """Runs of two agents, some of which wait."""
    for number, agent in enumerate(("desk", "hotel", "desk", "hotel", "desk")):
        await paused(store, run_id=f"run {number}", thread_id=f"thread {number}", agent=agent)
    await store.runs.cancel(RunId("run 0"), "Ann")


async def pages(
    listed: Callable[[Filters, int | None, int], Awaitable[tuple[list[T], int | None]]], filters: Filters, most: int
) -> list[list[T]]:
    """All pages of a list."""
    found, after = await listed(filters, None, most)
    read = [found]
    while after is not None:
        found, after = await listed(filters, after, most)
        read.append(found)
    return read


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [4, 3, 2, 1, 0]),
        (Filters(agent="desk"), [4, 2, 0]),
        (Filters(thread_id="thread 3"), [3]),
        (Filters(status=RunStatus.CANCELLED), [0]),
        (Filters(agent="hotel", status=RunStatus.INTERRUPTED), [3, 1]),
        (Filters(agent="hotel", thread_id="thread 0"), []),
    ],
)
async def test_runs_are_listed_newest_first(store: Store, filters: Filters, numbers: list[int]) -> None:
    await several(store)
    for most in (1, 2, 5):
        read = await pages(store.runs.listed, filters, most)
        assert [run.run_id for page in read for run in page] == [f"run {number}" for number in numbers]
        assert all(len(page) == most for page in read[:-1])
        assert all(run.interrupts == () for page in read for run in page)


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [1, 2, 3, 4]),
        (Filters(agent="desk"), [2, 4]),
        (Filters(thread_id="thread 3"), [3]),
        (Filters(run_id="run 2"), [2]),
        (Filters(run_id="run 0"), []),
        (Filters(agent="hotel", run_id="run 2"), []),
    ],
)
async def test_open_interrupts_are_listed_oldest_first(store: Store, filters: Filters, numbers: list[int]) -> None:
    await several(store)
    for most in (1, 2, 4):
        read = await pages(store.interrupts.listed, filters, most)
        assert [asked.run_id for page in read for asked in page] == [f"run {number}" for number in numbers]
        assert all(len(page) == most for page in read[:-1])


async def test_open_interrupts_of_other_runs_are_counted_to_a_limit(store: Store) -> None:
    await several(store)
    counts = [await store.interrupts.open_elsewhere(RunId("run 1"), most) for most in (1, 3, 9)]
    assert counts == [1, 3, 3]


async def store_filled(store: Store) -> None:
    """Something was decided, something waits, and somebody has a page open."""
    await paused(store, "first", "second")
    first, _ = await interrupts_of(store)
    await store.runs.decide(RunId("run"), [accept(first)], PERSON, "Ann")
    session = await store.sessions.begin("hash", this_user(), "browser", PATIENCE)
    await store.sessions.seen(session.session_id, PATIENCE)


async def test_lists_show_what_is_within_reach(opened: Open) -> None:
    ours, theirs = opened(), opened(project="theirs")
    await store_filled(ours)
    for listed in (theirs.runs.listed, theirs.interrupts.listed):
        assert await listed(Filters(), None, 10) == NOTHING
    assert await theirs.audit.listed(Position(0), 10) == []
    assert await theirs.audit.since(Position(0)) == ([], 0)
    assert await theirs.runs.in_flight() == []
    assert await theirs.interrupts.open_elsewhere(RunId("never"), 10) == 0
    assert await theirs.runs.seen_tools("desk") == {}
    assert await theirs.threads.asked_names("desk", ["send"]) == frozenset()
    assert (await ours.interrupts.count_open(10), await theirs.interrupts.count_open(10)) == (1, 0)
    assert await theirs.interrupts.made(None, 10) == NOTHING
    assert len(await ours.interrupts.made_on("desk", "send", 10)) == 1
    assert await theirs.interrupts.made_on("desk", "send", 10) == []
    assert await ours.sessions.page_is_open()
    assert not await theirs.sessions.page_is_open()
    assert await theirs.sessions.listed() == []


async def test_the_record_tells_what_happened_in_order(store: Store) -> None:
    await paused(store)
    await store.journal(await accepted(store)).finish("done", {}, 1)
    assert await events(store) == ["started", "asked", "decided", "finished"]
    listed = await store.audit.listed(Position(0), 10)
    assert [entry["event"] for entry in listed] == await events(store)
    numbers = [int(str(entry["seq"])) for entry in listed]
    assert numbers == sorted(set(numbers))
    (asked,) = await interrupts_of(store)
    assert [entry["interrupt_id"] for entry in listed] == [None, asked.interrupt_id, asked.interrupt_id, None]
    assert await store.audit.listed(Position(numbers[1]), 1) == listed[2:3]


async def test_whoever_reads_on_gets_what_came_since(store: Store) -> None:
    assert await store.audit.since(Position(0)) == ([], 0)
    await started(store)
    entries, position = await store.audit.since(Position(0))
    assert entries == [Entry("started", "run", "thread")]
    assert await store.audit.since(position) == ([], position)
    await store.runs.cancel(RUN, "Ann")
    more, later = await store.audit.since(position)
    assert more == [Entry("cancelled", "run", "thread")]
    assert later > position


async def test_a_position_is_found_by_the_time(store: Store) -> None:
    assert await store.audit.position_at(datetime.now(UTC)) == 0
    await started(store)
    _, position = await store.audit.since(Position(0))
    assert await store.audit.position_at(days_ago(1)) == 0
    assert await store.audit.position_at(datetime.now(UTC) + timedelta(days=1)) == position


async def test_a_reader_misses_nothing_that_several_writers_add_at_once(opened: Open) -> None:
    writers, reader, each = 4, opened("reader"), 15
    stores = [opened(f"owner {number}") for number in range(writers)]
    read: list[Entry] = []
    wrote = anyio.Event()

    async def write(number: int) -> None:
        for count in range(each):
            await started(stores[number], f"{number} {count}", f"{number} {count}")

    async def follow() -> None:
        position = Position(0)
        while not wrote.is_set():
            found, position = await reader.audit.since(position)
            read.extend(found)
            await anyio.lowlevel.checkpoint()
        found, _ = await reader.audit.since(position)
        read.extend(found)

    async with anyio.create_task_group() as following:
        following.start_soon(follow)
        async with anyio.create_task_group() as writing:
            for number in range(writers):
                writing.start_soon(in_a_thread, write(number))
        wrote.set()
    assert sorted(entry.run_id or "" for entry in read) == sorted(
        f"{number} {count}" for number in range(writers) for count in range(each)
    )
    chain = await reader.audit.verify()
    assert (chain.entries, chain.broken_at) == (writers * each, None)


async def test_the_chain_goes_through_all_projects(opened: Open) -> None:
    ours, theirs = opened(), opened(project="theirs")
    assert (await ours.audit.verify()).entries == 0
    await started(ours)
    last = (await ours.audit.verify()).last_hash
    await started(theirs, "theirs", "theirs")
    chain = await ours.audit.verify()
    assert chain == await theirs.audit.verify()
    assert (chain.entries, chain.broken_at) == (2, None)
    assert chain.last_hash != last


async def test_old_threads_are_deleted_and_the_record_stays(opened: Open) -> None:
    ours, theirs = opened(), opened(project="theirs")
    await ours.journal(await started(ours)).finish(None, None, 0)
    await paused(ours, run_id="waits", thread_id="waits")
    await theirs.journal(await started(theirs, "theirs", "theirs")).finish(None, None, 0)
    before = await all_of(theirs, "theirs")
    assert await ours.threads.delete(days_ago(1)) == []
    assert await ours.threads.delete(datetime.now(UTC) + timedelta(days=1)) == ["thread"]
    assert await ours.threads.may_start("thread", "hotel")
    assert await events(opened(principal=None)) == ["started", "finished", "started", "asked", "deleted"]
    assert [run.run_id for run in (await ours.runs.listed(Filters(), None, 10))[0]] == ["waits"]
    assert await all_of(theirs, "theirs") == before


async def test_tools_that_passed_the_gate_are_known_by_agent(store: Store) -> None:
    journal = store.journal(await started(store))
    journal.see("send")
    journal.see("send")
    journal.adopt("").result(PATIENCE)
    assert await store.runs.seen_tools("desk") == {"send": False}
    assert await store.runs.seen_tools("hotel") == {}


async def test_what_agents_remember_is_within_reach(opened: Open) -> None:
    ours, theirs = opened(), opened(project="theirs")
    async with ours.agent_memory({}) as memory:
        await memory.aput(("notes",), "key", {"text": "ours"})
    async with theirs.agent_memory({}) as memory:
        assert await memory.alist_namespaces() == []
        assert await memory.aget(("notes",), "key") is None
    async with ours.agent_memory({}) as memory:
        item = await memory.aget(("notes",), "key")
        assert item is not None
        assert item.value == {"text": "ours"}


async def test_what_was_submitted_is_kept_once_a_store_is_settled(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    journal = one.journal(await started(one))
    journal.see("send")
    one.settle(30)
    assert await other.runs.seen_tools("desk") == {"send": False}


async def test_open_interrupts_are_counted_as_far_as_asked(store: Store) -> None:
    assert await store.interrupts.count_open(2) == 0
    await paused(store, "first", "second", "third")
    assert [await store.interrupts.count_open(most) for most in (2, 9)] == [2, 3]
    first, *_ = await interrupts_of(store)
    await store.runs.decide(RunId("run"), [accept(first)], PERSON, "Ann")
    assert await store.interrupts.count_open(9) == 2
    await store.runs.cancel(RunId("run"), "Ann")
    assert await store.interrupts.count_open(9) == 0


async def test_a_run_tells_who_began_it(store: Store) -> None:
    await store.runs.start(new_run(), "starter")
    await store.runs.start(new_run("second", "thread 2"), "somebody else")
    listed, _ = await store.runs.listed(Filters(), None, 9)
    assert [each.started_by for each in listed] == ["somebody else", "starter"]
    assert (await store.runs.get("run")).started_by == "starter"
    await store.runs.cancel(RunId("run"), "Ann")
    await store.threads.rewind(new_run("third", "thread", begins=RewindTo("")), "Ann", [], [])
    assert (await store.runs.get("third")).started_by == "Ann"
