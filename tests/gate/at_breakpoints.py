"""Runs that stand at a breakpoint before tool calls, as tests start, decide and read them."""

from typing import Any

from tests.conftest import Door
from tests.deciding import decision

WAYS = ("create", "after", "v1", "v2", "hand_built", "own_way", "configured", "sub", "kept", "inside")
EVERY_WORD = ["accept", "edit", "reject", "respond"]
ANN = {"to": "ann", "amount": 1, "currency": "EUR"}


async def start(door: Door, agent: str) -> dict[str, Any]:
    run = await door.call("start_run", agent=agent, message="go", thread_id="t")
    assert run["status"] == "interrupted", run
    return run


def words(run: dict[str, Any], *types: str, **more: Any) -> list[dict[str, Any]]:
    """One decision on each request of the run's only interrupt."""
    (asked,) = run["interrupts"]
    assert len(asked["requests"]) == len(types)
    return [decision(asked, type_, index=at, **more) for at, type_ in enumerate(types)]


def actions(run: dict[str, Any]) -> list[str]:
    return [request["action"] for asked in run["interrupts"] for request in asked["requests"]]


async def results(door: Door, run: dict[str, Any]) -> list[tuple[str, str]]:
    """Status and text of each tool result that the model got, in order."""
    values = (await door.call("get_thread", thread_id=run["thread_id"]))["values"]
    return [(each["status"], each["content"]) for each in values["messages"] if each["type"] == "tool"]
