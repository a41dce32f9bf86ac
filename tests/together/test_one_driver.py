"""A run has one driver: a living process takes up what a dead one left; one that only seemed dead writes no more."""

import re
import signal
import time
from collections.abc import Sequence

import anyio
import pytest

from tests.together.conftest import Home, Process, Start, until

pytestmark = pytest.mark.anyio


async def waiting_in(process: Process, home: Home, agent: str = "waits") -> str:
    """A run that this process drives, in a node that waits to be told."""
    run = await process.door.call("start_run", agent=agent, message="Hello", wait_seconds=0)
    await until(lambda: home.acts == [f"wait in {process.pid}"])
    return str(run["run_id"])


async def paused_in(process: Process, agent: str, number: int = 1) -> str:
    run = await process.door.call("start_run", agent=agent, message=str(number))
    assert run["status"] == "interrupted", run
    return str(run["run_id"])


def takers(home: Home, act: str) -> list[int]:
    """The processes that did this, in order."""
    return [int(found[1]) for line in home.acts if (found := re.fullmatch(rf"{act} in (\d+)", line))]


def is_linear(home: Home, run_id: str) -> bool:
    """Whether no checkpoint of the run's thread was followed by two."""
    parents = [
        row[0]
        for row in home.rows(
            "SELECT parent_checkpoint_id FROM checkpoints JOIN runs USING (thread_id) WHERE run_id = ?", run_id
        )
    ]
    return len(parents) == len(set(parents))


@pytest.mark.parametrize("living", [1, 3])
async def test_a_killed_process_is_noticed_within_two_seconds_and_one_living_process_goes_on(
    start: Start, home: Home, living: int
) -> None:
    async with anyio.create_task_group(), start() as doomed, start() as other, start() as third, start() as fourth:
        others: Sequence[Process] = (other, third, fourth)[:living]
        for process in others:
            await process.door.call("list_agents")
        run_id = await waiting_in(doomed, home)
        dead = home.owner(run_id)
        doomed.kill()
        killed = time.monotonic()
        await until(lambda: home.owner(run_id) != dead)
        assert time.monotonic() - killed < 2
        home.go()
        run = await other.door.call("get_run", run_id=run_id, wait_seconds=25)
    assert run["status"] == "success"
    assert len(takers(home, "wait")) == 2
    assert len(takers(home, "then")) == 1
    assert is_linear(home, run_id)


def make_dead(home: Home, run_id: str) -> str:
    """Make all others believe that the owner of the run is dead."""
    owner = home.owner(run_id)
    (home.owners / f"{owner}.lock").unlink()
    return owner


NO_LONGER = re.compile("run .* is no longer (to be )?driven here")


@pytest.mark.parametrize("agent", ["waits", "blocks"])
async def test_who_wakes_up_after_being_taken_for_dead_writes_nothing_more_and_serves_again(
    start: Start, home: Home, agent: str
) -> None:
    async with start() as sleeper, start() as other:
        await other.door.call("list_agents")
        run_id = await waiting_in(sleeper, home, agent)
        sleeper.signal(signal.SIGSTOP)
        dead = make_dead(home, run_id)
        await until(lambda: len(takers(home, "wait")) == 2)
        home.go()
        run = await other.door.call("get_run", run_id=run_id, wait_seconds=25)
        assert run["status"] == "success"
        before = [tuple(row) for row in home.rows("SELECT * FROM checkpoints")]
        sleeper.signal(signal.SIGCONT)
        await until(lambda: sleeper.said(NO_LONGER))
        assert await sleeper.door.call("get_run", run_id=run_id) == run
        assert [tuple(row) for row in home.rows("SELECT * FROM checkpoints")] == before
        # It is alive to the others again.
        again = await sleeper.door.call("start_run", agent="waits", message="Hello")
        assert again["status"] == "success"
        assert home.owner(again["run_id"]) == dead
        await until((home.owners / f"{dead}.lock").exists)
    assert takers(home, "then") == [other.pid, sleeper.pid]
    assert is_linear(home, run_id)


async def test_an_effect_of_who_was_taken_for_dead_is_asked_about_and_not_repeated(start: Start, home: Home) -> None:
    async with start() as sleeper, start() as other:
        await other.door.call("list_agents")
        run_id = await paused_in(sleeper, "slow_refunds", 7)
        accept = {"decisions": [{"type": "accept"}], "wait_seconds": 0}
        await sleeper.door.call("resume_run", run_id=run_id, **accept)
        await until(lambda: home.acts == ["begin 7"])
        sleeper.signal(signal.SIGSTOP)
        make_dead(home, run_id)
        run = await other.door.call("get_run", run_id=run_id, wait_seconds=25)
        while run["status"] != "interrupted":
            run = await other.door.call("get_run", run_id=run_id, wait_seconds=25)
        assert [i["status"] for i in run["interrupts"]] == ["unknown_outcome"]
        home.go()
        sleeper.signal(signal.SIGCONT)
        await until(lambda: sleeper.said(NO_LONGER) and len(home.acts) == 2)
        assert home.acts == ["begin 7", "refund 7"]
        taken = {"decisions": [{"type": "respond", "value": "it was refunded, I looked"}]}
        run = await sleeper.door.call("resume_run", run_id=run_id, **taken)
    assert run["status"] == "success"
    assert "it was refunded, I looked" in run["answer"]
    assert home.acts == ["begin 7", "refund 7"]
    assert is_linear(home, run_id)


async def test_a_run_cancelled_in_another_process_stops_where_it_is_driven(start: Start, home: Home) -> None:
    async with start() as driving, start() as other:
        await other.door.call("list_runs")
        run_id = await waiting_in(driving, home)
        began = time.monotonic()
        await other.door.call("cancel_run", run_id=run_id)
        run = await driving.door.call("get_run", run_id=run_id, wait_seconds=25)
        assert run["status"] == "cancelled"
        assert time.monotonic() - began < 1
        home.go()
        again = await driving.door.call("start_run", agent="waits", message="Hi", thread_id=run["thread_id"])
        assert again["status"] == "success"
    assert takers(home, "then") == [driving.pid]


async def test_what_dead_processes_left_beside_the_database_is_cleared_by_the_next(start: Start, home: Home) -> None:
    for _ in range(2):
        async with start() as process:
            await process.door.call("list_runs")
            await until(lambda: len(list(home.owners.iterdir())) == 2)
            process.kill()
    async with start() as process:
        await process.door.call("list_runs")
        assert sorted(path.suffix for path in home.owners.iterdir()) == [".bell", ".lock"]
        await anyio.to_thread.run_sync(process.server.stop)
    assert list(home.owners.iterdir()) == []
