"""What an engine promises whoever submits runs to it (`engine/port.py`)."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from interrupt_mcp.engine.local import LocalEngine
from interrupt_mcp.engine.port import Engine
from interrupt_mcp.model import RunId
from interrupt_mcp.store.flight import InFlight

pytestmark = pytest.mark.anyio

PATIENCE = 30.0
A, B, C = RunId("a"), RunId("b"), RunId("c")


@dataclass(frozen=True)
class Of:
    """A claimed run, as far as an engine looks at it."""

    run_id: RunId
    epoch: int = 1
    is_suspect: bool = False


class Drives:
    """Drives that last until they are told to end, and the claim that each began with."""

    def __init__(self) -> None:
        self.begun: list[Of] = []
        self.going_on: Counter[RunId] = Counter()
        self.suspects: set[RunId] = set()
        self.deaths: dict[RunId, int] = {}
        self.got_on: set[RunId] = set()
        """Of the suspects, those that are none by their claim."""
        self._may_end = anyio.Event()
        self._changed = anyio.Event()

    async def claim(self, run_id: RunId, alone: bool) -> Any:
        if run_id in self.suspects and not alone:
            return InFlight(run_id, "dead", "desk", self.deaths.get(run_id, 2))
        return Of(run_id, is_suspect=run_id in self.suspects - self.got_on)

    async def drive(self, claimed: Any) -> None:
        run_id = claimed.run_id
        self.begun.append(claimed)
        self.going_on[run_id] += 1
        self._change()
        try:
            await self._may_end.wait()
        finally:
            self.going_on[run_id] -= 1
            self._change()

    def end_all(self) -> None:
        before, self._may_end = self._may_end, anyio.Event()
        before.set()

    async def until_begun(self, *drives: Of) -> None:
        with anyio.fail_after(PATIENCE):
            while self.begun != list(drives):
                await self._changed.wait()

    async def until_none(self) -> None:
        with anyio.fail_after(PATIENCE):
            while self.going_on.total():
                await self._changed.wait()

    def _change(self) -> None:
        before, self._changed = self._changed, anyio.Event()
        before.set()


@asynccontextmanager
async def local(drives: Drives, most: int) -> AsyncIterator[Engine]:
    async def got_on(run_id: RunId) -> bool:
        return run_id in drives.got_on

    async with anyio.create_task_group() as tasks:
        yield LocalEngine(tasks, drives.claim, drives.drive, most, got_on=got_on)
        tasks.cancel_scope.cancel()


async def test_a_run_that_is_driven_is_not_driven_twice() -> None:
    drives = Drives()
    async with local(drives, 2) as engine:
        engine.submit(A)
        engine.submit(A)
        await drives.until_begun(Of(A))
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(Of(A), Of(B))
        assert set(engine.driven) == {A, B}


async def test_a_run_keeps_what_was_claimed_until_its_turn_comes() -> None:
    drives, claimed = Drives(), Of(B, 7)
    async with local(drives, 1) as engine:
        engine.submit(A)
        await drives.until_begun(Of(A))
        engine.submit(B, claimed)  # type: ignore[arg-type]  # it is handed on as it is
        engine.submit(B)
        assert engine.drives(B)
        assert B not in engine.driven
        drives.end_all()
        await drives.until_begun(Of(A), claimed)


async def test_a_run_that_is_claimed_while_its_drive_ends_is_driven_again_after_that() -> None:
    drives, claimed = Drives(), Of(A)
    async with local(drives, 2) as engine:
        engine.submit(A)
        await drives.until_begun(Of(A))
        engine.submit(A, claimed)  # type: ignore[arg-type]  # it is handed on as it is
        engine.submit(B)
        await drives.until_begun(Of(A), Of(B))
        assert drives.going_on[A] == 1
        drives.end_all()
        await drives.until_begun(Of(A), Of(B), claimed)


async def test_what_was_claimed_before_the_claim_of_the_drive_that_goes_on_is_not_driven() -> None:
    drives = Drives()
    async with local(drives, 2) as engine:
        engine.submit(A)
        engine.submit(A, Of(A, 0))  # type: ignore[arg-type]  # it is handed on as it is
        await drives.until_begun(Of(A))
        engine.submit(B)
        drives.end_all()
        await drives.until_begun(Of(A), Of(B))
        assert not engine.drives(A)


async def test_a_run_that_is_cancelled_before_its_turn_is_not_driven() -> None:
    drives = Drives()
    async with local(drives, 1) as engine:
        for run_id in (A, B, C):
            engine.submit(run_id)
        await drives.until_begun(Of(A))
        engine.cancel(B)
        assert not engine.drives(B)
        drives.end_all()
        await drives.until_begun(Of(A), Of(C))
        engine.cancel(C)
        await drives.until_none()


async def test_a_place_is_held_for_one_run() -> None:
    async with local(Drives(), 1) as engine:
        with engine.place() as first, engine.place() as second:
            assert (first, second) == (True, False)
        with engine.place() as again:
            assert again
            engine.submit(A)
        with engine.place() as none_left:
            assert not none_left


async def test_those_who_are_refused_are_told_to_come_back_one_after_the_other() -> None:
    async with local(Drives(), 10) as engine:
        told = [engine.busy().seconds for _ in range(1000)]
    assert told[0] == 1
    assert told[-1] == 60
    assert max(Counter(told[:100]).values()) < 10


async def test_an_engine_that_drains_drives_nothing_more_and_cuts_off_what_does_not_end() -> None:
    drives = Drives()
    async with local(drives, 1) as engine:
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(Of(A))
        await engine.drain(0.1)
        await drives.until_none()
        engine.submit(C)
        assert engine.draining
        assert not engine.drives(B)
        assert drives.begun == [Of(A)]


async def test_of_the_suspects_one_is_driven_at_a_time_and_all_others_meanwhile() -> None:
    drives, suspect_a, suspect_b = Drives(), Of(A, is_suspect=True), Of(B, is_suspect=True)
    drives.suspects = {A, B}
    async with local(drives, 3) as engine:
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(suspect_a)
        engine.submit(C)
        await drives.until_begun(suspect_a, Of(C))
        assert engine.drives(B)
        assert set(engine.driven) == {A, C}
        drives.end_all()
        await drives.until_begun(suspect_a, Of(C), suspect_b)


async def test_of_the_suspects_those_with_the_fewest_deaths_come_first() -> None:
    drives = Drives()
    drives.suspects, drives.deaths = {A, B}, {A: 3, B: 2}
    async with local(drives, 3) as engine:
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(Of(B, is_suspect=True))


async def test_a_suspect_that_waits_takes_no_place() -> None:
    drives = Drives()
    drives.suspects = {A, B}
    async with local(drives, 2) as engine:
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(Of(A, is_suspect=True))
        await anyio.wait_all_tasks_blocked()
        with engine.place() as free:
            assert free


async def test_a_suspect_that_turns_out_to_be_none_holds_up_no_other() -> None:
    drives = Drives()
    drives.suspects, drives.got_on = {A, B}, {A}
    async with local(drives, 2) as engine:
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(Of(A), Of(B, is_suspect=True))


async def test_a_suspect_holds_up_others_only_until_it_got_on() -> None:
    drives, suspect_a, suspect_b = Drives(), Of(A, is_suspect=True), Of(B, is_suspect=True)
    drives.suspects = {A, B}
    async with local(drives, 2) as engine:
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(suspect_a)
        drives.got_on = {A}
        await drives.until_begun(suspect_a, suspect_b)
        assert drives.going_on[A] == 1


async def test_a_suspect_that_is_cancelled_before_its_turn_is_not_driven() -> None:
    drives = Drives()
    drives.suspects = {A, B}
    async with local(drives, 2) as engine:
        engine.submit(A)
        engine.submit(B)
        await drives.until_begun(Of(A, is_suspect=True))
        await anyio.wait_all_tasks_blocked()
        engine.cancel(B)
        assert not engine.drives(B)
        engine.submit(C)
        drives.end_all()
        await drives.until_begun(Of(A, is_suspect=True), Of(C))
