"""Runs and interrupts move as `model.lifecycle` says: what is not in its table is refused, and changes nothing."""

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import product

import pytest

from interrupt_mcp.errors import AlreadyDecided, Error, RunFinished, Superseded, ThreadBusy, ThreadInterrupted
from interrupt_mcp.model import DecisionType, InterruptStatus, Run, RunId, RunStatus
from interrupt_mcp.model.lifecycle import (
    Impossible,
    InterruptEvent,
    RunEvent,
    interrupt_after,
    interrupts_before,
    run_after,
    run_takes,
)
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import ClaimedRun, Fenced
from tests.store.conftest import (
    PERSON,
    accept,
    accepted,
    all_of,
    choice,
    interrupts_of,
    paused,
    question,
    started,
)

pytestmark = pytest.mark.anyio
RUN = RunId("run")
REFUSED = (AlreadyDecided, Fenced, Impossible, Superseded)


@dataclass(frozen=True)
class Drive:
    """A run in some status, and what its last driver has."""

    store: Store
    claimed: ClaimedRun


async def run_in(store: Store, status: RunStatus) -> Drive:
    """A run of that status, which asked once."""
    claimed = await paused(store)
    (asked,) = await interrupts_of(store)
    match status:
        case RunStatus.PENDING:
            await store.runs.decide(RUN, [accept(asked)], PERSON, "Ann", ownerless=True)
        case RunStatus.RUNNING:
            claimed = await accepted(store)
        case RunStatus.SUCCESS:
            claimed = await accepted(store)
            await store.journal(claimed).finish("done", {"sent": 1}, 1)
        case RunStatus.ERROR:
            claimed = await accepted(store)
            await store.journal(claimed).fail("timeout", "too long", 1)
        case RunStatus.CANCELLED:
            await store.runs.cancel(RUN, "Ann")
        case RunStatus.INTERRUPTED:
            pass
    assert (await store.runs.get("run")).status is status
    return Drive(store, claimed)


async def resume(drive: Drive) -> object:
    asked = await interrupts_of(drive.store)
    return (await drive.store.runs.decide(RUN, [accept(asked[-1])], PERSON, "Ann", ownerless=True)).goes_on


async def claim(drive: Drive) -> object:
    return await drive.store.runs.claim(RUN, await drive.store.runs.owner_of(RUN))


async def pause(drive: Drive) -> object:
    await drive.store.journal(drive.claimed).pause({"next": question()}, {})
    return True


async def finish(drive: Drive) -> object:
    await drive.store.journal(drive.claimed).finish("done", {"sent": 1}, 1)
    return True


async def fail(drive: Drive) -> object:
    await drive.store.journal(drive.claimed).fail("timeout", "too long", 1)
    return True


RUN_EVENTS: dict[RunEvent, Callable[[Drive], Awaitable[object]]] = {
    RunEvent.CLAIMED: claim,
    RunEvent.PAUSED: pause,
    RunEvent.RESUMED: resume,
    RunEvent.FINISHED: finish,
    RunEvent.FAILED: fail,
    RunEvent.RETRIED: lambda drive: drive.store.runs.retry(RUN, "Ann"),
    RunEvent.CANCELLED: lambda drive: drive.store.runs.cancel(RUN, "Ann"),
}


def test_every_event_of_a_run_is_tried() -> None:
    assert set(RUN_EVENTS) == set(RunEvent)


@pytest.mark.parametrize(("status", "event"), list(product(RunStatus, RunEvent)))
async def test_a_run_moves_as_the_table_says(store: Store, status: RunStatus, event: RunEvent) -> None:
    drive = await run_in(store, status)
    before = await all_of(store)
    try:
        done = await RUN_EVENTS[event](drive)
    except REFUSED:
        done = None
    if run_takes(status, event):
        assert done
        assert (await store.runs.get("run")).status is run_after(status, event)
    else:
        assert not done
        assert await all_of(store) == before


async def interrupt_in(store: Store, status: InterruptStatus) -> Drive:
    """A run that asked one thing, which is of that status."""
    claimed = await paused(store)
    (asked,) = await interrupts_of(store)
    if status is InterruptStatus.SUPERSEDED:
        await store.runs.cancel(RUN, "Ann")
    elif status is not InterruptStatus.PENDING:
        claimed = await accepted(store)
    if status is InterruptStatus.APPLIED:
        await store.journal(claimed).pause({"next": question()}, {})
        claimed = await accepted(store)
    if status is InterruptStatus.UNKNOWN_OUTCOME:
        await store.journal(claimed).pause({}, {asked.interrupt_id: [0]})
    assert (await interrupts_of(store))[0].status is status
    return Drive(store, claimed)


async def decide(drive: Drive) -> object:
    asked = (await interrupts_of(drive.store))[0]
    return await drive.store.runs.decide(RUN, [choice(asked, DecisionType.REJECT)], PERSON, "Bob")


async def doubt(drive: Drive) -> object:
    asked = (await interrupts_of(drive.store))[0]
    await drive.store.journal(drive.claimed).pause({}, {asked.interrupt_id: [0]})
    return True


INTERRUPT_EVENTS: dict[InterruptEvent, Callable[[Drive], Awaitable[object]]] = {
    InterruptEvent.DECIDED: decide,
    InterruptEvent.APPLIED: finish,
    InterruptEvent.DOUBTED: doubt,
    InterruptEvent.SUPERSEDED: lambda drive: drive.store.runs.cancel(RUN, "Ann"),
}
ASKED = [status for status in InterruptStatus if status is not InterruptStatus.EXPIRED]
"""Nothing expires yet."""


def test_every_event_of_an_interrupt_is_tried() -> None:
    assert set(INTERRUPT_EVENTS) == set(InterruptEvent)


@pytest.mark.parametrize(("status", "event"), list(product(ASKED, InterruptEvent)))
async def test_an_interrupt_moves_as_the_table_says(
    store: Store, status: InterruptStatus, event: InterruptEvent
) -> None:
    drive = await interrupt_in(store, status)
    before = await all_of(store)
    try:
        await INTERRUPT_EVENTS[event](drive)
    except REFUSED:
        assert await all_of(store) == before
    after = (await interrupts_of(store))[0].status
    assert after is (interrupt_after(status, event) if status in interrupts_before(event) else status)


async def test_a_run_ends_with_what_came_of_it(store: Store) -> None:
    await store.journal(await started(store)).finish("done", {"sent": [1, None]}, 1)
    run = await store.runs.get("run")
    assert (run.answer, run.output, run.error) == ("done", {"sent": [1, None]}, None)


async def test_how_a_run_ends_is_told_with_what_resolves_once_it_is_kept(store: Store) -> None:
    told: list[tuple[Run, Future[None]]] = []
    await store.journal(await started(store)).finish("done", {"sent": [1, None]}, 1, lambda *soon: told.append(soon))
    ((run, kept),) = told
    assert run == await store.runs.get("run")
    assert kept.result() is None


async def test_an_end_that_is_not_kept_is_not_told_as_kept(store: Store) -> None:
    told: list[tuple[Run, Future[None]]] = []
    claimed = await started(store)
    assert await store.runs.cancel(RUN, "Ann")
    with pytest.raises(Fenced):
        await store.journal(claimed).finish("done", {}, 1, lambda *soon: told.append(soon))
    ((_, kept),) = told
    assert isinstance(kept.exception(), Fenced)


async def test_a_run_that_failed_says_why_until_it_is_tried_again(store: Store) -> None:
    first = await started(store)
    await store.journal(first).fail("timeout", "too long", 3)
    run = await store.runs.get("run")
    assert run.error is not None
    assert (run.error.code, run.error.message) == ("timeout", "too long")
    assert await store.runs.retry(RUN, "Ann")
    assert (await store.runs.get("run")).error is None
    again = await store.runs.claim(RUN, "one")
    assert again is not None
    assert (again.from_pause, again.driven_seconds) == (True, 0)
    # What is left of the driver that failed writes no more.
    with pytest.raises(Fenced):
        await store.journal(first).finish(None, None, 0)


async def test_a_pause_may_say_what_went_wrong_before_it(store: Store) -> None:
    await store.journal(await started(store)).pause({"asked": question()}, {}, error=("agent_error", "not so"))
    run = await store.runs.get("run")
    assert run.error is not None
    assert run.error.message == "not so"
    await accepted(store)
    assert (await store.runs.get("run")).error is None


@pytest.mark.parametrize(
    ("status", "error"), [(RunStatus.RUNNING, ThreadBusy), (RunStatus.INTERRUPTED, ThreadInterrupted)]
)
async def test_a_run_is_not_tried_again_while_another_is_active(
    store: Store, status: RunStatus, error: type[Error]
) -> None:
    await store.journal(await started(store)).fail("timeout", "too long", 1)
    claimed = await started(store, "next")
    if status is RunStatus.INTERRUPTED:
        await store.journal(claimed).pause({"asked": question()}, {})
    before = await all_of(store)
    with pytest.raises(error):
        await store.runs.retry(RUN, "Ann")
    assert await all_of(store) == before


async def test_a_run_is_not_tried_again_once_its_thread_went_on(store: Store) -> None:
    await store.journal(await started(store)).fail("timeout", "too long", 1)
    await store.journal(await started(store, "next")).finish(None, None, 0)
    with pytest.raises(RunFinished):
        await store.runs.retry(RUN, "Ann")
