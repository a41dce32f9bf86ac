"""The guide for graphs that call `interrupt()`, followed on both sides: with LangGraph alone, and here."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from langgraph.types import Command

from tests.conftest import Door, Serve
from tests.guides import transcript
from tests.guides.transcript import Row
from tests.printed import DOCS, write

pytestmark = pytest.mark.anyio
GUIDE = DOCS / "guides" / "interrupts.md"
PATTERNS = ["approve", "review", "mail", "age", "several", "steps"]
CONFIG = {"configurable": {"thread_id": "1"}}


def graph_of(file: Path) -> Any:
    """The graph of a file that the guide prints, as it is."""
    spec = importlib.util.spec_from_file_location(f"printed_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.graph


def alone(graph: Any, rows: list[Row]) -> list[dict[str, Any]]:
    """What each line of the left column returns."""
    results: list[dict[str, Any]] = []
    for row in rows:
        names = {"graph": graph, "config": CONFIG, "Command": Command}
        if results and len(asked := results[-1].get("__interrupt__", ())) == 2:
            names |= {"first": asked[0], "second": asked[1]}
        results.append(eval(row.cells[0][0], names))
    return results


async def here(door: Door, rows: list[Row]) -> list[dict[str, Any]]:
    """The run after each call of the middle column."""
    runs: list[dict[str, Any]] = [{}]
    for row in rows:
        call = row.cells[1][0]
        for name, interrupt in zip(("FIRST", "SECOND"), runs[-1].get("interrupts", ()), strict=False):
            call = call.replace(name, interrupt["interrupt_id"])
        runs.append(await transcript.made(door, call, runs[-1]))
    return runs[1:]


@pytest.mark.parametrize("at", range(len(PATTERNS)), ids=PATTERNS)
async def test_both_columns_ask_the_same_and_come_to_the_same_state(
    at: int, serve: Serve, tmp_path: Path, era: str
) -> None:
    rows = transcript.tables(GUIDE)[at]
    config = write(GUIDE, tmp_path)
    assert list(json.loads(config.read_text())["graphs"]) == PATTERNS
    results = alone(graph_of(tmp_path / f"{PATTERNS[at]}.py"), rows)
    async with serve(config, mode=era) as door:
        runs = await here(door, rows)
    assert [run["status"] for run in runs] == ["interrupted"] * (len(rows) - 1) + ["success"]
    for row, result, run in zip(rows, results, runs, strict=True):
        (seen, *words) = row.cells[2]
        if "__interrupt__" in result:
            assert any(seen in str(each.value) for each in result["__interrupt__"])
        if seen.startswith("{"):
            assert {name: value for name, value in result.items() if name != "__interrupt__"} == json.loads(seen)
            assert run["output"] == json.loads(seen)
        elif "messages" in result and run["status"] == "success":
            assert seen in result["messages"][-1].text
            assert seen in run["answer"]
        else:
            transcript.check(run, (seen, *words))


async def test_a_tool_with_words_of_its_own_does_not_hear_them_in_an_accept(serve: Serve, tmp_path: Path) -> None:
    rows = transcript.tables(GUIDE)[PATTERNS.index("mail")]
    async with serve(write(GUIDE, tmp_path)) as door:
        (run,) = await here(door, rows[:1])
        run = await transcript.made(door, 'resume_run {"decisions": [{"type": "accept"}]}', run)
    assert "not sent" in run["answer"]


async def test_without_the_condition_all_four_words_do_what_they_say(serve: Serve, tmp_path: Path) -> None:
    config = write(GUIDE, tmp_path)
    file = tmp_path / "mail.py"
    (condition,) = [line for line in file.read_text().splitlines() if line.startswith("    if ")]
    plain = file.read_text().replace("answer = interrupt", "interrupt").replace(f"{condition}\n    ", "")
    file.write_text(plain.replace("answer.get('to', to)", "to").replace("answer.get('subject', subject)", "subject"))
    rows = transcript.tables(GUIDE)[PATTERNS.index("mail")][:1]
    async with serve(config) as door:
        said = []
        for decision in (
            {"type": "accept"},
            {"type": "edit", "args": {"to": "ben", "subject": "Ho"}},
            {"type": "reject", "message": "No."},
        ):
            (run,) = await here(door, rows)
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
            said.append(run["answer"])
    assert "sent to ann: Hi" in said[0]
    assert "sent to ben: Ho" in said[1]
    assert "did not succeed" in said[2]
