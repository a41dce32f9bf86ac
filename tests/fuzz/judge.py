"""What holds after the fuzz: nothing acknowledged is lost, each thread is usable, acts are as they were decided."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import anyio

from tests.conftest import Door
from tests.fuzz.agents import GOOD
from tests.fuzz.known import Known
from tests.patience import PATIENCE
from tests.processes import command, ran, surroundings

_AT_ONCE = 8
_MOST = 100_000
"""Entries of the record that the command gives at once."""


async def judged(door: Door, known: Known, home: Path) -> list[str]:
    """What is wrong."""
    listed = await _listed(door)
    lost = [f"run {run_id} was acknowledged and is not listed" for run_id in known.acknowledged if run_id not in listed]
    threads = {run["thread_id"]: run["agent"] for run in listed.values()}
    unusable: list[str] = []
    limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def use(thread_id: str, agent: str) -> None:
        async with limiter:
            if (why := await _used(door, thread_id, agent)) is not None:
                unusable.append(f"thread {thread_id!r} of {agent} is not usable: {why}")

    async with anyio.create_task_group() as tasks:
        for thread_id, agent in threads.items():
            tasks.start_soon(use, thread_id, agent)
    return [*lost, *unusable, *_acts(home)]


async def _listed(door: Door) -> dict[str, Any]:
    found: dict[str, Any] = {}
    cursor = ""
    while True:
        page = await door.call("list_runs", limit=100, cursor=cursor)
        found |= {run["run_id"]: run for run in page["runs"]}
        if "next_cursor" not in page:
            return found
        cursor = page["next_cursor"]


async def _used(door: Door, thread_id: str, agent: str) -> str | None:
    """Why the thread takes no new run, or cannot be looked at."""
    for run in (await door.call("list_runs", thread_id=thread_id, limit=5))["runs"]:
        if run["status"] in ("pending", "running", "interrupted"):
            await door.call("cancel_run", run_id=run["run_id"])
    given = GOOD[agent] if agent != "notes" else {"input": {"notes": ["another"]}}
    result = await door.client.call_tool(
        "start_run", {"agent": agent, "thread_id": thread_id, "wait_seconds": 25, **given}
    )
    if result.is_error:
        return str(result.content[0].text)  # type: ignore[union-attr]
    run = result.structured_content or {}
    if run["status"] not in ("success", "interrupted"):
        return f"a new run ends in {run['status']}: {run.get('error')}"
    looked = await door.client.call_tool("get_thread", {"thread_id": thread_id})
    if looked.is_error:
        return str(looked.content[0].text)  # type: ignore[union-attr]
    return str(looked.structured_content["error"]) if "error" in (looked.structured_content or {}) else None


def _acts(home: Path) -> list[str]:
    """Each act was decided, as it was done, and was done as often as it was decided."""
    file = home / "effects"
    done = Counter(file.read_text().splitlines()) if file.exists() else Counter()
    decided = _decided(home)
    return [
        f"{line} was done {count} times, and decided {decided[line]} times"
        for line, count in done.items()
        if count > decided[line]
    ]


def _decided(home: Path) -> "Counter[str]":
    """The acts that the record says may be done, and how often."""
    config = {"INTERRUPT_MCP_CONFIG": str(home / "langgraph.json")}
    told = ran([command(), "audit", "--json", "--limit", str(_MOST)], PATIENCE, surroundings(home, **config))
    assert told.returncode == 0, told.stderr
    record = json.loads(told.stdout)["audit"]
    assert len(record) < _MOST, "there may be more on record"
    found: Counter[str] = Counter()
    for entry in record:
        decided = entry["detail"]
        if entry["event"] != "decided" or not _lets_act(decided):
            continue
        args = decided["args"] if decided["type"] == "edit" else decided["args_before"] or {}
        if {"to", "amount"} <= args.keys():
            found[json.dumps({"to": args["to"], "amount": args["amount"]})] += 1
    return found


def _lets_act(decided: dict[str, Any]) -> bool:
    """Whether the decision has the tool act: `order` gets what a response says as it is, and goes by its type."""
    if decided["type"] == "respond" and decided["action"] == "order":
        value = decided.get("value")
        return isinstance(value, dict) and value.get("type") == "accept"
    return decided["type"] in ("accept", "edit")
