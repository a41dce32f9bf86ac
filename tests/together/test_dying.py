"""Processes die: what they drove goes on in one that lives, or in the next; what they left on disk is cleared."""

import pytest

from tests.conftest import Serve
from tests.patience import until
from tests.processes import over_stdio
from tests.together.conftest import Home, Start, is_linear, takers, waiting_in

pytestmark = pytest.mark.anyio


async def test_a_killed_process_is_noticed_and_one_living_process_goes_on(start: Start, home: Home) -> None:
    """`tests/benchmarks/together.py` measures how soon."""
    async with start() as doomed, start() as other, start() as third:
        for process in (other, third):
            await process.door.call("list_agents")
        run_id = await waiting_in(doomed, home)
        dead = home.owner(run_id)
        doomed.kill()
        await until(lambda: home.owner(run_id) != dead)
        home.go()
        run = await other.door.call("get_run", run_id=run_id, wait_seconds=25)
        assert run["status"] == "success"
        assert len(takers(home, "wait")) == 2
        assert len(takers(home, "then")) == 1
        assert is_linear(home, run_id)


@pytest.mark.sqlite
async def test_what_dead_processes_left_beside_the_database_is_cleared_by_the_next(serve: Serve, home: Home) -> None:
    home.owners.mkdir()
    for name in ("a" * 32, "b" * 32, "c" * 32):
        for suffix in ("lock", "bell", "new"):
            (home.owners / f"{name}.{suffix}").write_text("1 somewhere")
    async with serve() as door:
        await door.call("list_runs")
        assert sorted(path.suffix for path in home.owners.iterdir()) == [".bell", ".lock"]
        async with serve() as another:
            await another.call("list_runs")
            assert len(list(home.owners.iterdir())) == 4
    assert list(home.owners.iterdir()) == []


@pytest.mark.sqlite
@pytest.mark.posix
async def test_two_names_of_one_file_are_one_database(serve: Serve, home: Home) -> None:
    link = home.path / "elsewhere.db"
    async with serve() as door:
        await door.call("list_runs")
        link.symlink_to(home.path / "state.db")
        async with serve(environ={"INTERRUPT_MCP_DATABASE": f"sqlite:///{link}"}) as other:
            await other.call("list_runs")
            assert len(list(home.owners.glob("*.lock"))) == 2
            assert not list(home.path.glob("elsewhere.db-*"))


async def test_the_first_answers_come_before_anything_that_is_taken_up(start: Start, home: Home) -> None:
    async with start() as doomed:
        door = doomed.door
        for number in range(20):
            await door.call("start_run", agent="refunds", message=str(number), wait_seconds=20 if number == 19 else 0)
        waiting = [await door.call("start_run", agent="waits", message="Hello", wait_seconds=0) for _ in range(5)]
        await until(lambda: len(home.acts) == 5)
        blocking = await door.call("start_run", agent="blocks", message="Hello", wait_seconds=0)
        await until(lambda: len(home.acts) == 6)
        doomed.kill()
    async with over_stdio(home.path, environ=home.environ) as door:
        # The run that blocks whole processes is driven again right after these.
        assert len((await door.client.list_tools()).tools) > 5
        await until(lambda: len(home.acts) > 6)
        home.go()
        for run in (*waiting, blocking):
            ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
            assert ended["status"] == "success"
        assert len((await door.call("list_interrupts", limit=100))["interrupts"]) == 20
