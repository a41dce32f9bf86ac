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

from interrupt_mcp.authority import this_user
from tests.conftest import Door, Offer, Serve
from tests.ledger import Ledger
from tests.patience import PATIENCE
from tests.people.policies import say
from tests.processes import command, over_stdio, surroundings
from tests.terminals import editor, reviewing

pytestmark = [pytest.mark.posix, pytest.mark.anyio]
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
    return [entry["detail"] for entry in await door.record() if entry["event"] == "decided"]


async def test_three_requests_are_accepted_edited_and_rejected_and_the_run_goes_on_to_its_end(
    serve: Serve, tmp_path: Path, ledger: Ledger
) -> None:
    run = await waiting(serve)
    change = editor(tmp_path, "text.replace('Plaza', 'Hilton')")
    with reviewing(tmp_path, INTERRUPT_MCP_HOTEL_LEDGER=str(ledger.file), EDITOR=change) as keys:
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
    assert {(each["who"], each["channel"]) for each in kept} == {(str(this_user().principal), "terminal")}
    assert kept[1]["args_before"] == {"hotel_name": "Plaza"}
    assert kept[1]["args"] == {"hotel_name": "Hilton"}
    assert all(each["digest_shown"] == each["digest"] for each in kept)


async def test_one_interrupt_is_reviewed_by_its_code(serve: Serve, tmp_path: Path, ledger: Ledger) -> None:
    run = await waiting(serve)
    code = run["interrupts"][1]["code"]
    with reviewing(tmp_path, code.lower()) as keys:
        assert '"Plaza"' in keys.until("q quit: ")
        keys.type("r")
        keys.until("Reason")
        keys.type("")
        keys.until("Nothing else waits for a decision.")
        assert keys.ended() == 0
    with reviewing(tmp_path, code) as keys:
        keys.until(f"{code} waits for no decision.")
        assert keys.ended() == 0
    with reviewing(tmp_path, "Z99") as keys:
        keys.until("There is no interrupt 'Z99'")
        assert keys.ended() == 1


async def test_skipping_quitting_and_nonsense_decide_nothing(serve: Serve, tmp_path: Path, ledger: Ledger) -> None:
    run = await waiting(serve)
    with reviewing(tmp_path, EDITOR="false") as keys:
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
    with reviewing(tmp_path) as keys:
        keys.until("q quit: ")
        keys.press(b"\x03")
        assert keys.ended() == 130
    with reviewing(tmp_path) as keys:
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
        with reviewing(tmp_path, EDITOR=editor(tmp_path, change)) as keys:
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


async def test_a_high_risk_takes_its_code_and_the_age_of_the_question_is_shown(
    serve: Serve, tmp_path: Path, offer: Offer, ledger: Ledger
) -> None:
    policy = '[agents.hotel.tools."book_*"]\nrisk = "high"\n'
    config = say(offer(hotel="interrupt_mcp_agents.hotel:graph"), policy)
    async with serve(config, environ=HUMAN) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
    code = run["interrupts"][0]["code"]
    with reviewing(tmp_path, "--config", str(config), INTERRUPT_MCP_HOTEL_LEDGER=str(ledger.file)) as keys:
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
            with reviewing(tmp_path, INTERRUPT_MCP_HOTEL_LEDGER=str(tmp_path / "other.txt")) as keys:
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
        with reviewing(tmp_path) as keys:
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
    with reviewing(tmp_path) as keys:
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
