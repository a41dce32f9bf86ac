"""A thousand of one do not hold up another's one, whether they are requests or runs."""

from dataclasses import dataclass
from typing import Any

import anyio
import pytest

from interrupt_mcp.concurrency.rounds import Rounds
from interrupt_mcp.concurrency.turns import Turns
from interrupt_mcp.engine.local import LocalEngine
from interrupt_mcp.model import RunId
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio


async def test_whoever_comes_last_has_a_turn_before_the_rest_of_a_thousand() -> None:
    turns, order = Turns(), []

    async def begin(whose: str) -> None:
        await turns.mine(whose)
        order.append(whose)

    async with anyio.create_task_group() as tasks:
        for _ in range(1000):
            tasks.start_soon(begin, "one")
        tasks.start_soon(begin, "another")
    assert len(order) == 1001
    assert order.index("another") < 5


async def test_who_gives_up_leaves_the_turn_to_the_next() -> None:
    turns, order = Turns(), []

    async def begin(name: str) -> None:
        await turns.mine(name)
        order.append(name)

    async with anyio.create_task_group() as tasks:
        for name in "abc":
            tasks.start_soon(begin, name)
        with anyio.move_on_after(0):
            await begin("gone")
        with anyio.fail_after(PATIENCE):
            await begin("d")
    assert {"a", "b", "c", "d"} <= set(order)


@dataclass(frozen=True)
class Of:
    """A claimed run, as far as an engine looks at it."""

    run_id: RunId
    epoch: int = 1
    is_suspect: bool = False


async def test_runs_are_driven_by_turns_between_those_whose_they_are() -> None:
    driven: list[str] = []
    free = anyio.Semaphore(0)

    async def drive(claimed: Any) -> None:
        driven.append(claimed.run_id)
        await free.acquire()

    async def claim(run_id: RunId) -> None:
        raise AssertionError(run_id)

    def whose(claimed: Any) -> str:
        return str(claimed.run_id).partition("-")[0]

    async with anyio.create_task_group() as tasks:
        engine = LocalEngine(tasks, claim, drive, 1, whose)
        for name in (*(f"one-{number}" for number in range(5)), "other-0", "other-1"):
            engine.submit(RunId(name), Of(RunId(name)))  # type: ignore[arg-type]
        engine.cancel(RunId("one-2"))
        for _ in range(7):
            free.release()
        with anyio.fail_after(PATIENCE):
            while engine.drives(RunId("one-4")):
                await anyio.sleep(0.01)
    assert driven == ["one-0", "one-1", "other-0", "one-3", "other-1", "one-4"]


def test_what_waits_is_handed_out_in_rounds_but_for_what_is_not_ready() -> None:
    rounds: Rounds[str] = Rounds()
    for one in ("a1", "a2", "b1", "a1"):
        rounds.add(one, one[0])
    assert len(rounds) == 3
    assert rounds.next(lambda one: one != "a1") == "a2"
    assert rounds.next() == "b1"
    assert "a1" in rounds
    assert [rounds.next(), rounds.next()] == ["a1", None]
