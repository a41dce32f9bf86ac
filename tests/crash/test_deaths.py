"""A run that kills whoever drives it is ended after some deaths; no other run is, whatever its process dies of."""

from collections import Counter
from contextlib import closing
from typing import Any

import pytest

from interrupt_mcp.config.settings import read_settings
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import NOBODY, Reach
from tests.conftest import Door, Offer
from tests.crash.dying import Crash, Crashing, killed, server_process, settled
from tests.database import address_of
from tests.deciding import ACCEPT, decide, decision
from tests.effects import Effects

pytestmark = pytest.mark.anyio
INPUT: dict[str, Any] = {"said": ""}
MOST_DEATHS = 6
"""One dies in vain where the run's first checkpoint was not on disk yet."""


async def start(door: Door, agent: str = "desk") -> str:
    run = await door.call("start_run", agent=agent, input=INPUT, wait_seconds=0)
    return str(run["run_id"])


async def started_and_died(crash: Crash) -> str:
    """Return the id of the run of `desk` that the first process died with."""
    await killed(crash.address, crash.home, crash.config, start)
    async with crash.serve(crash.config) as door:
        (run,) = (await door.call("list_runs", agent="desk"))["runs"]
    return str(run["run_id"])


async def until_it_stands(crash: Crash, run_id: str) -> tuple[dict[str, Any], int]:
    """Return the run once a process outlived it, and how many did not; one is started after the other."""
    word = crash.home / "killed"
    for deaths in range(MOST_DEATHS + 1):
        word.unlink(missing_ok=True)
        try:
            async with server_process(crash.address, crash.home, crash.config) as door:
                return await settled(door, run_id), deaths
        except Exception:
            if not word.exists():
                raise
    raise AssertionError("there is no end to it")


@pytest.mark.parametrize("graph", ["exiting", "faulting"])
async def test_a_run_that_kills_its_process_is_ended_and_says_so_until_it_is_tried_again(
    crashing: Crashing, offer: Offer, effects: Effects, graph: str
) -> None:
    crash = crashing(offer(desk=f"killing:{graph}"))
    run, deaths = await until_it_stands(crash, await started_and_died(crash))
    assert (run["status"], run["error"]["code"]) == ("error", "process_died")
    assert "died 4 times in a row at the same place" in run["error"]["message"]
    assert "resume_run without decisions" in run["error"]["message"]
    assert 3 <= deaths < MOST_DEATHS
    assert len(effects.lines) == deaths + 1
    effects.leave_word("that all is well")
    async with crash.next_process() as door:
        assert (await door.call("resume_run", run_id=run["run_id"]))["status"] == "success"


async def test_runs_beside_one_that_kills_their_process_complete(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="killing:exiting", other="killing:momentary"))

    async def calls(door: Door) -> None:
        for agent in (*["other"] * 4, "desk", *["other"] * 4):
            await start(door, agent)

    await killed(crash.address, crash.home, crash.config, calls)
    async with crash.serve(crash.config) as door:
        runs = (await door.call("list_runs"))["runs"]
    (run_id,) = (each["run_id"] for each in runs if each["agent"] == "desk")
    run, _ = await until_it_stands(crash, run_id)
    assert run["error"]["code"] == "process_died"
    async with server_process(crash.address, crash.home, crash.config) as door:
        others = [await settled(door, each["run_id"]) for each in runs if each["agent"] == "other"]
    assert Counter(each["status"] for each in others) == {"success": len(others)}
    assert others


async def test_a_run_that_gets_on_between_the_deaths_of_its_processes_is_never_ended(
    crashing: Crashing, offer: Offer
) -> None:
    crash = crashing(offer(desk="killing:stepping"))
    run_id = ""

    async def calls(door: Door) -> str:
        return run_id or await start(door)

    for number in range(2, 8):
        run_id = await killed(crash.address, crash.home, crash.config, calls, DIE=f"step {number}")
    async with server_process(crash.address, crash.home, crash.config) as door:
        run = await settled(door, run_id)
    assert (run["status"], run["output"]["said"]) == ("success", "8")


async def let_go(crash: Crash) -> set[str]:
    """Return the owners of all runs in flight, as whoever takes them up finds them."""
    with closing(open_database(address_of(crash.home))) as database:
        project = read_settings({"INTERRUPT_MCP_CONFIG": str(crash.config)}, cwd=crash.home).project
        return {each.owner for each in await database.store(Reach(project), "next").runs.in_flight()}


@pytest.mark.parametrize("graphs", [("sleeping", "blocking"), ("staying",)])
async def test_a_process_that_leaves_in_order_died_of_nothing(
    crashing: Crashing, offer: Offer, effects: Effects, graphs: tuple[str, ...]
) -> None:
    """Neither of what ends as it is told, nor of what goes on in a thread, nor of what does not end."""
    crash = crashing(offer(**{graph: f"killing:{graph}" for graph in graphs}))
    async with server_process(crash.address, crash.home, crash.config) as door:
        run_ids = [await start(door, graph) for graph in graphs]
        for run_id in run_ids:
            run = await door.call("get_run", run_id=run_id, wait_seconds=0.3)
            assert run["status"] == "running"
    assert await let_go(crash) == {NOBODY}
    effects.leave_word("to end")
    async with server_process(crash.address, crash.home, crash.config) as door:
        said = [(await settled(door, run_id))["output"]["said"] for run_id in run_ids]
    assert said == list(graphs)


async def test_an_approved_call_that_kills_its_process_is_asked_about_and_not_repeated(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="killing:paying"))
    run = await crash.begin()
    await killed(crash.address, crash.home, crash.config, lambda door: decide(door, run, ACCEPT, wait_seconds=0))
    run, deaths = await until_it_stands(crash, run["run_id"])
    assert (run["status"], deaths, effects.lines) == ("interrupted", 0, ["pay 5"])
    assert [each["status"] for each in run["interrupts"]] == ["unknown_outcome"]


async def test_what_began_is_asked_about_where_even_loading_the_agent_kills(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="killing:paying"))
    run = await crash.begin()
    await killed(crash.address, crash.home, crash.config, lambda door: decide(door, run, ACCEPT, wait_seconds=0))
    effects.leave_word("that loading kills")
    run, deaths = await until_it_stands(crash, run["run_id"])
    assert (run["status"], run["error"]["code"], deaths) == ("interrupted", "process_died", 3)
    (asked,) = run["interrupts"]
    assert asked["status"] == "unknown_outcome"
    (crash.home / "effects.that loading kills").unlink()
    async with crash.next_process() as door:
        run = await decide(door, run, decision(asked, "reject"))
    assert (run["status"], effects.lines) == ("success", ["pay 5"])
