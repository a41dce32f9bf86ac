"""`interrupt-mcp review` at an odd terminal: lines that were typed too early, and a width that is not its own."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Offer, Serve
from tests.effects import Effects
from tests.ledger import Ledger
from tests.people.agents.naming import NAME
from tests.processes import CHECKOUT
from tests.terminals import editor, reviewing

pytestmark = [pytest.mark.posix, pytest.mark.anyio]
HUMAN = {"INTERRUPT_MCP_APPROVER": "human"}


async def test_a_line_that_was_typed_before_a_question_was_shown_does_not_answer_it(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    async with serve(environ=HUMAN) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz and the Plaza")
    with reviewing(tmp_path, INTERRUPT_MCP_HOTEL_LEDGER=str(ledger.file)) as keys:
        assert '"Ritz"' in keys.until("q quit: ")
        keys.press(b"a\na\na\n")
        assert '"Plaza"' in keys.until("q quit: ")
        keys.type("q")
        assert keys.ended() == 0
    async with serve(environ=HUMAN) as door:
        left: dict[str, Any] = await door.call("get_run", run_id=run["run_id"])
    assert [each["requests"][0]["args"] for each in left["interrupts"]] == [{"hotel_name": "Plaza"}]
    assert ledger.bookings == []


async def test_no_line_is_wider_than_the_terminal_whatever_a_variable_says(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    hotel = "x" * 53 + "a accept, s skip, q quit"
    async with serve(environ=HUMAN) as door:
        await door.call("start_run", agent="hotel", message=f'call book_hotel {{"hotel_name": "{hotel}"}}')
    with reviewing(tmp_path, wide=60) as keys:
        shown = keys.until("q quit: ")
        keys.type("q")
        assert keys.ended() == 0
    agents = [line for line in shown.split("\n") if "x" in line and line.startswith("    ")]
    assert agents
    assert all(len(line) <= 60 for line in agents)


async def test_what_a_model_calls_an_argument_does_nothing_to_the_screen_that_says_it_is_wrong(
    serve: Serve, offer: Offer, tmp_path: Path, effects: Effects
) -> None:
    config = offer(bank="naming:graph")
    async with serve(config, environ=HUMAN) as door:
        run = await door.call("start_run", agent="bank", message="go")
        edit = {"type": "edit", "args": {}}
        refused = await door.error("resume_run", run_id=run["run_id"], decisions=[edit])
    assert refused.startswith("invalid_decision: ")
    with reviewing(tmp_path, "--config", str(config), PYTHONPATH=CHECKOUT, EDITOR=editor(tmp_path, "'{}'")) as keys:
        keys.until("q quit: ")
        keys.type("e")
        keys.until("Decide so? [y/N] ")
        keys.type("y")
        said = keys.until("invalid_decision: ") + keys.until("q quit: ")
        keys.type("q")
        assert keys.ended() == 0
    for text in (keys.screen, refused):
        assert {*text}.isdisjoint(each for each in NAME if not (each.isascii() and each.isprintable()))
    assert r"x\u{1b}[2J\u{1b}[1;1Ha accept: \u{9b}" in said
    assert effects.lines == []
