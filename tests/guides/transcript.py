"""What a guide's table prints of a conversation with a server: what is called, and what comes of it.

A row's first cell has a call as `tool {json}`, and the next one what is to be seen then, each in code: a request as
`action {json}`, the words that it takes, and any other text that is found in the result.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Door

_SPAN = re.compile(r"`([^`]+)`")
_CALL = re.compile(r"(\w+) (\{.*\})", re.DOTALL)
_WORDS = ("accept", "edit", "reject", "respond")


@dataclass(frozen=True)
class Row:
    """One row of a table, with the code in each of its cells."""

    cells: tuple[tuple[str, ...], ...]


def tables(page: Path) -> list[list[Row]]:
    """Return all tables of the page, without their heads."""
    found: list[list[Row]] = []
    lines = page.read_text("utf-8").splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        if re.fullmatch(r"\|( --- \|)+", line):
            found.append([])
        elif found and line.startswith("| ") and before.startswith("|"):
            cells = re.split(r"(?<!\\) \| ", line.strip().removeprefix("| ").removesuffix(" |"))
            found[-1].append(Row(tuple(tuple(_SPAN.findall(cell.replace(r"\|", "|"))) for cell in cells)))
    return found


def is_call(span: str) -> bool:
    return (found := _CALL.fullmatch(span)) is not None and found[1] in ("start_run", "resume_run", "list_interrupts")


async def made(door: Door, span: str, run: dict[str, Any]) -> dict[str, Any]:
    """Make the call, about the run where it needs one, and return the result."""
    found = _CALL.fullmatch(span)
    assert found is not None, span
    given = json.loads(found[2])
    about = {"run_id": run["run_id"]} if found[1] == "resume_run" else {}
    return await door.call(found[1], **about, **given)


def check(run: dict[str, Any], seen: tuple[str, ...]) -> None:
    """Fail unless the run shows all that the row says."""
    requests = [request for each in run["interrupts"] for request in each["requests"]]
    words = [span for span in seen if span in _WORDS]
    if words:
        assert [request["allowed"] for request in requests] == [words] * len(requests), requests
    text = json.dumps([run.get("answer"), run.get("output"), run["interrupts"]], ensure_ascii=False)
    for span in seen:
        if (found := _CALL.fullmatch(span)) is not None:
            assert (found[1], json.loads(found[2])) in [(each["action"], each["args"]) for each in requests], run
        elif span not in words:
            assert span in text, (span, text)


async def follow(door: Door, rows: list[Row]) -> list[dict[str, Any]]:
    """Make the calls of a table one after the other, and look at what comes of each; return all that came."""
    run: dict[str, Any] = {}
    results = []
    for row in rows:
        if not (row.cells[0] and is_call(row.cells[0][0])):
            continue
        run = await made(door, row.cells[0][0], run)
        check(run, row.cells[1])
        results.append(run)
    return results
