"""The hotel agent, driven through a door."""

from typing import Any

from tests.conftest import Door

THREE = "Book the Ritz, the Plaza and the Savoy"


async def start(door: Door, message: str = "Book the Ritz", **more: Any) -> dict[str, Any]:
    run = await door.call("start_run", agent="hotel", message=message, **more)
    assert run["status"] == "interrupted"
    return run


async def decide(door: Door, run: dict[str, Any], *decisions: dict[str, Any]) -> dict[str, Any]:
    return await door.call("resume_run", run_id=run["run_id"], decisions=list(decisions))
