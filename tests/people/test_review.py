"""`interrupt-mcp review`: a person at a real terminal decides what waits."""

import json
import os
import pty
import re
import subprocess
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from tests.conftest import Door, Serve
from tests.people.bank import Effects
from tests.people.conftest import Ledger
from tests.people.terminal import editor, terminal
from tests.processes import PATIENCE, command, over_stdio, surroundings

pytestmark = pytest.mark.anyio
HUMAN = {"INTERRUPT_MCP_APPROVER": "human"}
THREE = {"agent": "hotel", "message": "Book the Ritz, the Plaza and the Savoy"}


async def at_the_terminal(keys: Any, *arguments: Any) -> Any:
    """The person acts while this test's own server goes on."""
    return await anyio.to_thread.run_sync(keys, *arguments)


async def waiting(serve: Serve, **start: Any) -> dict[str, Any]:
    """A run that waits, and no server any more."""
    async with serve(environ=HUMAN) as door:
        return await door.call("start_run", **(start or THREE))


async def run_of(door: Door, run: dict[str, Any]) -> dict[str, Any]:
    return await door.call("get_run", run_id=run["run_id"], wait_seconds=25)


async def decisions(door: Door) -> list[dict[str, Any]]:
    assert door.app is not None
    entries = (await door.app.store()).list_audit(0, 1000)
    return [entry["detail"] for entry in entries if entry["event"] == "decided"]


async def test_three_requests_are_accepted_edited_and_rejected_and_the_run_goes_on_to_its_end(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    run = await waiting(serve)
    change = editor(tmp_path, "text.replace('Plaza', 'Hilton')")
    with terminal(tmp_path, INTERRUPT_MCP_HOTEL_LEDGER=str(ledger.file), EDITOR=change) as keys:
        first = keys.until("q quit: ")
        for shown in (run["interrupts"][0]["code"], "book_hotel", '"hotel_name": "Ritz"'):
            assert shown in first
        keys.type("a")
        keys.until("The run goes on once the rest is decided.")
        assert '"Plaza"' in keys.until("q quit: ")
        keys.type("e")
        assert re.search(r'-\s+"hotel_name": "Plaza"\n.*\+\s+"hotel_name": "Hilton"', keys.until("Decide so? [y/N] "))
        keys.type("y")
        assert '"Savoy"' in keys.until("q quit: ")
        keys.type("r")
        keys.until("Reason")
        keys.type("too dear")
        assert "too dear" in keys.until("Nothing else waits for a decision.")
        assert keys.ended() == 0
    assert ledger.bookings == ["Hilton", "Ritz"]
    async with serve(environ=HUMAN) as door:
        assert (await run_of(door, run))["status"] == "success"
        kept = await decisions(door)
    assert [each["channel"] for each in kept] == ["terminal"] * 3
    assert all(each["who"].endswith(" in a terminal") for each in kept)
    assert kept[1]["args_before"] == {"hotel_name": "Plaza"}
    assert kept[1]["args"] == {"hotel_name": "Hilton"}
    assert all(each["digest_shown"] == each["digest"] for each in kept)


async def test_one_interrupt_is_reviewed_by_its_code(serve: Serve, tmp_path: Path, ledger: Ledger) -> None:
    run = await waiting(serve)
    code = run["interrupts"][1]["code"]
    with terminal(tmp_path, code.lower()) as keys:
        assert '"Plaza"' in keys.until("q quit: ")
        keys.type("r")
        keys.until("Reason")
        keys.type("")
        keys.until("Nothing else waits for a decision.")
        assert keys.ended() == 0
    with terminal(tmp_path, code) as keys:
        keys.until(f"{code} waits for no decision.")
        assert keys.ended() == 0
    with terminal(tmp_path, "Z99") as keys:
        keys.until("There is no interrupt 'Z99'")
        assert keys.ended() == 1


async def test_skipping_quitting_and_nonsense_decide_nothing(serve: Serve, tmp_path: Path, ledger: Ledger) -> None:
    run = await waiting(serve)
    with terminal(tmp_path, EDITOR="false") as keys:
        keys.until("q quit: ")
        keys.type("yes")
        keys.until("q quit: ")
        keys.type("")
        keys.until("q quit: ")
        keys.type("e")
        keys.until("Nothing was decided. false: ")
        keys.until("q quit: ")
        keys.type("s")
        assert '"Plaza"' in keys.until("q quit: ")
        keys.type("q")
        assert keys.ended() == 0
    with terminal(tmp_path) as keys:
        keys.until("q quit: ")
        keys.press(b"\x03")
        assert keys.ended() == 130
    with terminal(tmp_path) as keys:
        keys.until("q quit: ")
        keys.press(b"\x04")
        assert keys.ended() == 0
    async with serve(environ=HUMAN) as door:
        assert len((await run_of(door, run))["interrupts"]) == 3
    assert ledger.bookings == []


async def test_an_edit_that_changes_nothing_is_no_json_or_does_not_fit_decides_nothing(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    run = await waiting(serve, agent="hotel", message="Book the Ritz")
    for change, said in (
        ("text", "Nothing was changed"),
        ("'{'", "That is not JSON"),
        ("'[]'", "That is no JSON object"),
        ("'{}'", "hotel_name"),
        ("json.dumps({'hotel_name': 3})", "hotel_name"),
    ):
        with terminal(tmp_path, EDITOR=editor(tmp_path, change)) as keys:
            keys.until("q quit: ")
            keys.type("e")
            keys.until(said)
            if change in ("'{'", "'[]'"):
                keys.until("Edit it again? [y/N] ")
                keys.type("n")
            elif change != "text":
                keys.until("Decide so? [y/N] ")
                keys.type("y")
                keys.until("invalid_decision: ")
            keys.until("q quit: ")
            keys.type("q")
            assert keys.ended() == 0
    async with serve(environ=HUMAN) as door:
        assert len((await run_of(door, run))["interrupts"]) == 1
    assert ledger.bookings == []


async def test_a_question_is_answered_and_the_next_pause_is_shown(serve: Serve, tmp_path: Path, project: Any) -> None:
    config = project(
        steps="""
        from langgraph.graph import START, StateGraph
        from langgraph.types import interrupt
        from typing import TypedDict

        class State(TypedDict, total=False):
            said: list[str]

        def ask(state):
            return {"said": [interrupt(f"Question {number}?") for number in range(2)]}

        graph = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()
        """
    )
    async with serve(config, environ=HUMAN) as door:
        run = await door.call("start_run", agent="steps", input={"said": []})
    with terminal(tmp_path, "--config", str(config), EDITOR=editor(tmp_path, "'two\\nlines\\n'")) as keys:
        assert "Question 0?" in keys.until("q quit: ")
        keys.type("p")
        keys.until("Answer")
        keys.type("one")
        assert '    | "one"\n' in keys.until("Answer so? [y/N] ")
        keys.type("y")
        keys.until("The run waits again: ")
        assert "Question 1?" in keys.until("q quit: ")
        keys.type("p")
        keys.until("Answer")
        keys.type("")
        assert '"two\\nlines"' in keys.until("Answer so? [y/N] ")
        keys.type("y")
        keys.until("The run is finished.")
        assert keys.ended() == 0
    async with serve(config, environ=HUMAN) as door:
        assert (await run_of(door, run))["output"] == {"said": ["one", "two\nlines"]}


async def test_a_high_risk_takes_its_code_and_the_age_of_the_question_is_shown(
    serve: Serve, tmp_path: Path, project: Any, ledger: Ledger
) -> None:
    config = project(hotel="from interrupt_mcp_agents.hotel import graph")
    (config.parent / "interrupt-mcp.toml").write_text('[agents.hotel.tools."book_*"]\nrisk = "high"\n')
    async with serve(config, environ=HUMAN) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    code = run["interrupts"][0]["code"]
    with terminal(tmp_path, "--config", str(config), INTERRUPT_MCP_HOTEL_LEDGER=str(ledger.file)) as keys:
        assert re.search(r"It was asked (just now|\d+ (second|minute)s? ago)\.", keys.until("q quit: "))
        keys.type("a")
        keys.until(f"type {code} to go on: ")
        keys.type("yes")
        keys.until("Nothing was decided.")
        keys.until("q quit: ")
        assert ledger.bookings == []
        keys.type("a")
        keys.until(f"type {code} to go on: ")
        keys.type(code.lower())
        keys.until("The run is finished.")
        assert keys.ended() == 0
    assert ledger.bookings == ["Ritz"]


async def test_where_a_server_serves_the_project_the_run_goes_on_there(tmp_path: Path, ledger: Ledger) -> None:
    environ = {**HUMAN, "INTERRUPT_MCP_HOTEL_LEDGER": str(ledger.file)}
    async with over_stdio(tmp_path, environ=environ) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")

        def accept() -> None:
            # Its own ledger would be another file: a booking there would show that it drove the run itself.
            with terminal(tmp_path, INTERRUPT_MCP_HOTEL_LEDGER=str(tmp_path / "other.txt")) as keys:
                keys.until("q quit: ")
                keys.type("a")
                keys.until("The run goes on in the server that serves this project.")
                assert keys.ended() == 0

        await at_the_terminal(accept)
        done = await run_of(door, run)
    assert done["status"] == "success"
    assert ledger.bookings == ["Ritz"]
    assert not (tmp_path / "other.txt").exists()


async def test_what_was_decided_elsewhere_meanwhile_is_told(serve: Serve, tmp_path: Path, ledger: Ledger) -> None:
    async with serve(environ=HUMAN) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        with terminal(tmp_path) as keys:
            await at_the_terminal(keys.until, "q quit: ")
            await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
            keys.type("a")
            text = await at_the_terminal(keys.until, "Nothing else waits for a decision.")
            assert await at_the_terminal(keys.ended) == 0
    assert "already_decided: " in text
    assert ledger.bookings == []


async def test_text_that_would_move_the_cursor_or_hide_is_shown_as_what_it_is(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    hostile = "Ritz\u202e\u200b\x1b[2J\x1b[1;1Ha accept: "
    async with serve(environ=HUMAN) as door:
        await door.call(
            "start_run", agent="hotel", message=f"call book_hotel {json.dumps({'hotel_name': hostile + 'x' * 300})}"
        )
    with terminal(tmp_path) as keys:
        shown = keys.until("q quit: ")
        keys.type("q")
        assert keys.ended() == 0
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert r"Ritz\u{202e}\u{200b}" in shown
    assert all(len(line) <= 100 for line in shown.split("\n"))
    assert ledger.bookings == []


@pytest.mark.parametrize("which", ["stdin", "stdout"])
def test_without_a_terminal_it_refuses_in_one_sentence(tmp_path: Path, which: str) -> None:
    side, other = pty.openpty()
    ends: dict[str, Any] = {"stdin": other, "stdout": other, "stderr": subprocess.PIPE}
    ends[which] = subprocess.DEVNULL
    process = subprocess.Popen([command(), "review"], cwd=tmp_path, env=surroundings(tmp_path), **ends)
    said = process.communicate(timeout=PATIENCE)[1].decode()
    os.close(side)
    os.close(other)
    assert process.returncode == 2
    assert said.count("\n") == 1
    assert "no terminal" in said
    assert "Traceback" not in said


async def test_an_answer_is_shown_as_it_is_handed_on_and_that_it_may_lead_to_the_action_before_it_is_sent(
    serve: Serve, tmp_path: Path, effects: Effects
) -> None:
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"bank": "tests.people.heard:tool_text"}}))
    async with serve(config, environ=HUMAN) as door:
        run = await door.call("start_run", agent="bank", message="go")
    checkout = str(Path(__file__).parents[2])
    with terminal(tmp_path, "--config", str(config), PYTHONPATH=checkout, EFFECTS=str(effects.file)) as keys:
        assert "the asking tool goes on with your answer, even a no, and may do it; to stop it, reject" in keys.until(
            "q quit: "
        )
        keys.type("p")
        keys.until("Answer")
        keys.type("no, leave it\u202e")
        shown = keys.until("Answer so? [y/N] ")
        assert "Whoever asks goes on with just this, even if it says no, and may do it:" in shown
        assert '    | "no, leave it\\u{202e}"\n' in shown
        keys.type("")
        keys.until("Nothing was decided.")
        keys.until("q quit: ")
        keys.type("p")
        keys.until("Answer")
        keys.type("0")
        assert "    | 0\n" in keys.until("Answer so? [y/N] ")
        keys.type("y")
        keys.until("The run is finished.")
        assert keys.ended() == 0
    async with serve(config, environ=HUMAN) as door:
        assert (await run_of(door, run))["status"] == "success"
    assert effects.done == []
