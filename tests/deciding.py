"""Decisions, as tests write them, and the requests of a run that they are about."""

from pathlib import Path
from typing import Any

from tests.conftest import Door, Serve

ACCEPT: dict[str, Any] = {"type": "accept"}


def decision(interrupt: dict[str, Any], type_: str, **more: Any) -> dict[str, Any]:
    """Return a decision about the interrupt; `more` are its other fields."""
    return {"interrupt_id": interrupt["interrupt_id"], "type": type_, **more}


async def decide(door: Door, run: dict[str, Any], *decisions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Deliver the decisions, and return the run after them."""
    return await door.call("resume_run", run_id=run["run_id"], decisions=list(decisions), **more)


async def decided_in_turn(serve: Serve, config: Path, *decisions: dict[str, Any]) -> dict[str, Any]:
    """Start a run of the agent `desk`, and return it after one decision after the other."""
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        for one in decisions:
            run = await decide(door, run, one)
    return run


def requests(run: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return what the run asks, each request with the interrupt that it is in."""
    return [(interrupt, request) for interrupt in run["interrupts"] for request in interrupt["requests"]]


def by_name(run: dict[str, Any]) -> dict[str, tuple[dict[str, Any], int]]:
    """Return the interrupt and the index of each request, by the `name` among its arguments."""
    return {request["args"]["name"]: (interrupt, request["index"]) for interrupt, request in requests(run)}
