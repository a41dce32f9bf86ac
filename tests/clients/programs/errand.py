"""The errand that every client runs: hotels are booked, one of them changed and one of them not, until the run ends.

It knows no client library, and runs in the environment of any.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""Calls a tool, and gives its structured result."""


@dataclass(frozen=True)
class Job:
    """What the program was started for."""

    way: str
    """`stdio` or `http`."""
    era: str
    """`auto`, or `legacy` for a client that can be told to use the handshake."""
    target: Sequence[str]
    """The server's command, or its address."""
    environ: dict[str, str]
    messages: Sequence[str]
    asks: bool
    """Whether the client shows forms. If not, the program decides."""


@dataclass
class Person:
    """Who is shown forms, and what they were shown."""

    shown: list[str] = field(default_factory=list)

    def fill_in(self, message: str, schema: dict[str, Any]) -> dict[str, Any]:
        self.shown.append(message)
        filled = {name: each["default"] for name, each in schema["properties"].items() if "default" in each}
        if '"Plaza"' in message:
            return {**filled, "decision": "edit", "arg_hotel_name": "Hilton"}
        if '"Savoy"' in message:
            return {**filled, "decision": "reject", "message": "too dear"}
        return {**filled, "decision": "accept"}


def given() -> Job:
    return Job(**json.loads(sys.argv[1]))


async def run(job: Job, call: Call) -> list[dict[str, Any]]:
    """What each message came to: the run at its end."""
    return [await _run(message, call, job.asks) for message in job.messages]


def tell(version: str, era: str | None, runs: list[dict[str, Any]], person: Person | None = None) -> None:
    shown = [] if person is None else person.shown
    print(json.dumps({"version": version, "era": era, "runs": runs, "shown": shown}))


def structured(text: str) -> dict[str, Any]:
    """The structured result in a tool's text, for clients that give no more than that."""
    found: dict[str, Any] = json.loads(text[text.index("{") :])
    return found


async def _run(message: str, call: Call, asks: bool) -> dict[str, Any]:
    start = {"agent": "hotel", "message": message}
    run = await _settled(call, await call("start_run", start))
    if run["status"] == "interrupted":
        decisions = [] if asks else [decision_on(interrupt) for interrupt in run["interrupts"]]
        run = await _settled(call, await call("resume_run", {"run_id": run["run_id"], "decisions": decisions}))
    return run


async def _settled(call: Call, run: dict[str, Any]) -> dict[str, Any]:
    """The run once it waits for a decision, or has ended."""
    while run["status"] in ("pending", "running"):
        run = await call("get_run", {"run_id": run["run_id"], "wait_seconds": 20})
    return run


def decision_on(interrupt: dict[str, Any]) -> dict[str, Any]:
    """What is decided on a booking, where the client shows no forms."""
    which = {"interrupt_id": interrupt["interrupt_id"]}
    match interrupt["requests"][0]["args"]["hotel_name"]:
        case "Plaza":
            return {**which, "type": "edit", "args": {"hotel_name": "Hilton"}}
        case "Savoy":
            return {**which, "type": "reject", "message": "too dear"}
        case _:
            return {**which, "type": "accept"}
