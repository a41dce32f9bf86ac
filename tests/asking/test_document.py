"""The examples of docs/dialects.md, each run, and its table of dialects, held against what the tests hold true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.asking.conftest import Asking
from tests.asking.table import NODES, TOOLS, call

pytestmark = pytest.mark.anyio

DOCUMENT = Path(__file__).parents[2] / "docs" / "dialects.md"


def rows(columns: int, heading: str) -> list[list[str]]:
    """The cells of the table under this heading, without the marks of code."""
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text[text.index(f"| {heading}") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip().strip("`") for cell in line.strip()[1:-1].split("|")] for line in table]
    assert all(len(row) == columns for row in cells), cells
    return cells


def identify(row: list[str]) -> str:
    return re.sub(r"\W+", " ", " ".join(row))[:60]


@pytest.mark.parametrize("row", rows(4, "the graph passes"), ids=identify)
async def test_an_example_of_a_node_is_true(asking: Asking, row: list[str]) -> None:
    payload, schema, decision, answer = (json.loads(cell) if cell else None for cell in row)
    run = await asking.start(
        "documented_node", input={"payload": payload, "response_schema": schema, "answer": "none yet"}
    )
    run = await asking.decide(run, decision)
    assert run["status"] == "success", run
    assert run["output"]["answer"] == answer


@pytest.mark.parametrize("row", rows(4, "the tool passes"), ids=identify)
async def test_an_example_of_a_tool_is_true(asking: Asking, monkeypatch: pytest.MonkeyPatch, row: list[str]) -> None:
    payload, decision, args, answer = row
    monkeypatch.setenv("ASKING_PAYLOAD", payload)
    run = await asking.start("documented_tool", message=call("pay", {"to": "bob", "amount": 5}))
    decided: dict[str, Any] = json.loads(decision)
    run = await asking.decide(run, decided)
    assert run["status"] == "success", run
    if args:
        assert asking.effects == [["went on", [json.loads(args), json.loads(answer)]]]
    else:
        assert asking.effects == []
        assert decided.get("message", "rejected") in run["answer"]


def test_the_table_of_dialects_has_a_cell_for_each_word_that_some_question_takes() -> None:
    found: dict[str, set[str]] = {"breakpoint": {"accept", "edit", "reject", "respond"}}
    for way in [*TOOLS.values(), *NODES.values()]:
        found.setdefault(way.dialect, set()).update(way.allowed)
    words = ("accept", "edit", "reject", "respond")
    documented = {
        row[0]: {word for word, cell in zip(words, row[2:], strict=True) if cell} for row in rows(6, "dialect |")
    }
    assert documented == found
