"""Two people, eight clients, one question: the first decision holds, and whoever comes later is told which it was."""

import re
from collections.abc import Sequence
from typing import Any

import anyio
import pytest

from interrupt_mcp.authority import this_user
from tests.together.conftest import Home, Pair, Process

pytestmark = pytest.mark.anyio

ROUNDS = 200
CROWDS = 50
AT_ONCE = 10
LATE = re.compile(
    r"already_decided: Interrupt [A-Z]\d+, request 0, was decided before: (accept|edit|reject)"
    r" by os:\w+ with mcp 0\.1\.0 through client at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00\. "
)


async def all_of(calls: Sequence[Any]) -> list[Any]:
    """What the calls gave, made at one instant, in their order."""
    found: list[Any] = [None] * len(calls)
    together = anyio.Event()

    async def one(number: int, call: Any) -> None:
        await together.wait()
        found[number] = await call()

    async with anyio.create_task_group() as tasks:
        for number, call in enumerate(calls):
            tasks.start_soon(one, number, call)
        await anyio.wait_all_tasks_blocked()
        together.set()
    return found


async def waiting(processes: Sequence[Process], first: int, count: int) -> list[dict[str, Any]]:
    """Runs that wait for a decision, each about an order of its own number."""
    started: list[dict[str, Any]] = [{}] * count
    limit = anyio.Semaphore(AT_ONCE)

    async def one(place: int) -> None:
        async with limit:
            door = processes[place % len(processes)].door
            started[place] = await door.call("start_run", agent="refunds", message=str(first + place))

    async with anyio.create_task_group() as tasks:
        for place in range(count):
            tasks.start_soon(one, place)
    assert [run for run in started if run["status"] != "interrupted"] == []
    return started


async def decide_all(
    home: Home, processes: Sequence[Process], run: dict[str, Any], number: int, decisions: Sequence[dict[str, Any]]
) -> None:
    """Have all decide at once, and look that one of them did."""

    def call(place: int, decision: dict[str, Any]) -> Any:
        door = processes[place % len(processes)].door
        return lambda: door.client.call_tool("resume_run", {"run_id": run["run_id"], "decisions": [decision]})

    results = await all_of([call(place, decision) for place, decision in enumerate(decisions)])
    (winner,) = [place for place, result in enumerate(results) if not result.is_error]
    for place, result in enumerate(results):
        if place != winner:
            told = LATE.match(result.content[0].text)
            assert told, result.content[0].text
            assert told[1] == decisions[winner]["type"]
    finished = results[winner].structured_content
    assert finished["status"] == "success"
    expected = {
        "accept": [f"refund {number}"],
        "edit": [f"refund {decisions[winner].get('args', {}).get('number')}"],
        "reject": [],
    }
    done = [act for act in home.acts if int(act.split()[1]) in {number, *(_edited(d) for d in decisions)}]
    assert done == expected[decisions[winner]["type"]]


def _edited(decision: dict[str, Any]) -> int:
    return int(decision.get("args", {}).get("number", -1))


async def test_two_processes_that_decide_differently_at_the_same_instant_have_one_winner(
    told: Home, pair: Pair
) -> None:
    runs = await waiting(pair, 0, ROUNDS)
    limit = anyio.Semaphore(AT_ONCE)

    async def one(number: int, run: dict[str, Any]) -> None:
        async with limit:
            decisions = [{"type": "accept"}, {"type": "reject", "message": "no"}]
            await decide_all(told, pair[:: 1 if number % 2 else -1], run, number, decisions)

    async with anyio.create_task_group() as tasks:
        for number, run in enumerate(runs):
            tasks.start_soon(one, number, run)


async def test_eight_callers_that_decide_differently_at_the_same_instant_have_one_winner(
    told: Home, pair: Pair
) -> None:
    runs = await waiting(pair, 1000, CROWDS)
    for place, run in enumerate(runs):
        number = 1000 + place
        edits = [{"type": "edit", "args": {"number": 2000 + 10 * place + each}} for each in range(5)]
        rejects = [{"type": "reject"}, {"type": "reject", "message": "not this one"}]
        await decide_all(told, pair, run, number, [*rejects, {"type": "accept"}, *edits])


async def test_the_same_decision_of_two_processes_at_the_same_instant_is_one_decision(told: Home, pair: Pair) -> None:
    (run,) = await waiting(pair, 5000, 1)
    again = {"run_id": run["run_id"], "decisions": [{"type": "accept"}]}
    results = await all_of([lambda door=each.door: door.call("resume_run", **again) for each in (*pair, *pair)])
    assert {result["status"] for result in results} == {"success"}
    first = f"was decided before: accept by {this_user().principal} with mcp 0.1.0"
    assert sum(first in result["next_step"] for result in results) == 3
    assert told.acts.count("refund 5000") == 1
