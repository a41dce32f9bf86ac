"""What every engine promises whoever submits runs to it (`engine/port.py`)."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import anyio
import pytest

from interrupt_mcp.model import RunId
from tests.engine.engines import ENGINES, Drives, Of, Tried, forget, local
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio
A, B, C = RunId("a"), RunId("b"), RunId("c")
Engines = Callable[[Drives, int], AbstractAsyncContextManager[Tried]]


@pytest.fixture(params=["local", pytest.param("procrastinate", marks=[pytest.mark.postgres, pytest.mark.posix])])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engines]:
    """Makes an engine of each kind, for drives, and for so many at once."""
    yield partial(ENGINES[request.param], folder=tmp_path)
    forget(tmp_path)


async def test_a_run_that_is_driven_is_not_driven_twice(engines: Engines) -> None:
    drives = Drives()
    async with engines(drives, 2) as on:
        await on.submit(A)
        await on.submit(A)
        await drives.until_begun(Of(A))
        await on.submit(A)
        await on.submit(B)
        await drives.until_begun(Of(A), Of(B))
        assert set(on.engine.driven) == {A, B}


async def test_a_run_keeps_what_was_claimed_until_its_turn_comes(engines: Engines) -> None:
    drives, claimed = Drives(), Of(B, 7)
    async with engines(drives, 1) as on:
        await on.submit(A)
        await drives.until_begun(Of(A))
        await on.submit(B, claimed)
        await on.submit(B)
        assert on.engine.drives(B)
        assert B not in on.engine.driven
        drives.end_all()
        await drives.until_begun(Of(A), claimed)


async def test_a_run_that_is_claimed_while_its_drive_ends_is_driven_again_after_that(engines: Engines) -> None:
    drives, claimed = Drives(), Of(A)
    async with engines(drives, 2) as on:
        await on.submit(A)
        await drives.until_begun(Of(A))
        await on.submit(A, claimed)
        await on.submit(B)
        await drives.until_begun(Of(A), Of(B))
        assert drives.going_on[A] == 1
        drives.end_all()
        await drives.until_begun(Of(A), Of(B), claimed)


async def test_what_was_claimed_before_the_claim_of_the_drive_that_goes_on_is_not_driven(tmp_path: Path) -> None:
    drives = Drives()
    async with local(drives, 2, tmp_path) as on:
        await on.submit(A)
        await on.submit(A, Of(A, 0))
        await drives.until_begun(Of(A))
        await on.submit(B)
        drives.end_all()
        await drives.until_begun(Of(A), Of(B))
        assert not on.engine.drives(A)


async def test_a_run_that_is_cancelled_before_its_turn_is_not_driven(engines: Engines) -> None:
    drives = Drives()
    async with engines(drives, 1) as on:
        for run_id in (A, B, C):
            await on.submit(run_id)
        await drives.until_begun(Of(A))
        await on.cancel(B)
        assert not on.engine.drives(B)
        drives.end_all()
        await drives.until_begun(Of(A), Of(C))
        await on.cancel(C)
        await drives.until_none()


async def test_a_place_is_held_for_one_run(engines: Engines) -> None:
    async with engines(Drives(), 1) as on:
        with on.engine.place() as first, on.engine.place() as second:
            assert (first, second) == (True, False)
        with on.engine.place() as again:
            assert again
            await on.submit(A)
        with on.engine.place() as none_left:
            assert not none_left


async def test_those_who_are_refused_are_told_to_come_back_one_after_the_other(engines: Engines) -> None:
    async with engines(Drives(), 10) as on:
        told = [on.engine.busy().seconds for _ in range(1000)]
    assert told[0] == 1
    assert told[-1] == 60
    assert max(Counter(told[:100]).values()) < 10


async def test_an_engine_that_drains_drives_nothing_more_and_cuts_off_what_does_not_end(engines: Engines) -> None:
    drives = Drives()
    async with engines(drives, 1) as on:
        await on.submit(A)
        await on.submit(B)
        await drives.until_begun(Of(A))
        await on.engine.drain(0.1)
        await drives.until_none()
        await on.submit(C)
        assert on.engine.draining
        assert not on.engine.drives(B)
        assert drives.begun == [Of(A)]


async def test_of_the_suspects_one_is_driven_at_a_time_and_all_others_meanwhile(engines: Engines) -> None:
    drives, suspect_a, suspect_b = Drives(), Of(A, is_suspect=True), Of(B, is_suspect=True)
    drives.suspects = {A, B}
    async with engines(drives, 3) as on:
        await on.submit(A)
        await on.submit(B)
        await drives.until_begun(suspect_a)
        await on.submit(C)
        await drives.until_begun(suspect_a, Of(C))
        assert on.engine.drives(B)
        assert set(on.engine.driven) == {A, C}
        drives.end_all()
        await drives.until_begun(suspect_a, Of(C), suspect_b)


async def test_of_the_suspects_those_with_the_fewest_deaths_come_first(tmp_path: Path) -> None:
    drives = Drives()
    drives.suspects, drives.deaths = {A, B}, {A: 3, B: 2}
    async with local(drives, 3, tmp_path) as on:
        await on.submit(A)
        await on.submit(B)
        await drives.until_begun(Of(B, is_suspect=True))


async def test_a_suspect_that_waits_takes_no_place(tmp_path: Path) -> None:
    drives = Drives()
    drives.suspects = {A, B}
    async with local(drives, 2, tmp_path) as on:
        await on.submit(A)
        await on.submit(B)
        await drives.until_begun(Of(A, is_suspect=True))
        await anyio.wait_all_tasks_blocked()
        with on.engine.place() as free:
            assert free


async def test_a_suspect_that_turns_out_to_be_none_holds_up_no_other(engines: Engines) -> None:
    drives = Drives()
    drives.suspects, drives.got_on = {A, B}, {A}
    async with engines(drives, 2) as on:
        await on.submit(A)
        await on.submit(B)
        await drives.until_begun(Of(A), Of(B, is_suspect=True))


async def test_a_suspect_holds_up_others_only_until_it_got_on(engines: Engines) -> None:
    drives, suspect_a, suspect_b = Drives(), Of(A, is_suspect=True), Of(B, is_suspect=True)
    drives.suspects = {A, B}
    async with engines(drives, 2) as on:
        await on.submit(A)
        await drives.until_begun(suspect_a)
        await on.submit(B)
        drives.got_on = {A}
        await drives.until_begun(suspect_a, suspect_b)
        assert drives.going_on[A] == 1


async def test_a_suspect_that_is_cancelled_before_its_turn_is_not_driven(engines: Engines) -> None:
    drives = Drives()
    drives.suspects = {A, B}
    async with engines(drives, 2) as on:
        await on.submit(A)
        await drives.until_begun(Of(A, is_suspect=True))
        await on.submit(B)
        with anyio.fail_after(PATIENCE):
            while not on.engine.drives(B):
                await anyio.sleep(0.01)
        await anyio.wait_all_tasks_blocked()
        await on.cancel(B)
        assert not on.engine.drives(B)
        await on.submit(C)
        drives.end_all()
        await drives.until_begun(Of(A, is_suspect=True), Of(C))
