"""Looking from a terminal: tables that fit and hide nothing, JSON as the tools give it, and nothing that changes."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.text.columns import columns
from tests.cli.conftest import Command
from tests.conftest import Door, Offer, Project, Serve
from tests.patience import PATIENCE
from tests.people.bidi import turned
from tests.people.policies import say
from tests.processes import commanded, surroundings

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

EVIL = "ok\x1b[2J\x07 \u202egnp.exe \u2066x\u2069 \u200b\n\tend"
UNSEEN = set("\x1b\x07\x85\x9b\u00a0\u202e\u2066\u2069\u200b\u2800\u3164\ud800")
WORSE = f"{EVIL} \ud800\x85\x9b\u00a0\u2800\u3164 pay 5 \u05d0 6 {'a' + 8 * chr(0x338)}"
WIDE = "東京ホテル予約"


@dataclass(frozen=True)
class Terminal:
    """The command line, in this process."""

    capsys: pytest.CaptureFixture[str]
    database: Path

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What the command prints."""
        assert commanded(*arguments, "--database", f"sqlite:///{self.database}") == code
        return self.capsys.readouterr().out

    def json(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self(*arguments, "--json"))
        return found


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("INTERRUPT_MCP_CONFIG", raising=False)
    return Terminal(capsys, tmp_path / "state.db")


async def some_runs(door: Door) -> list[dict[str, Any]]:
    """Two that wait, one of them with two questions, and one that is finished; the oldest first."""
    waiting = await door.call("start_run", agent="hotel", message="Book the Ritz and the Plaza", thread_id="trip")
    asked = await door.call("start_run", agent="revise_text", input={"some_text": f"{WIDE}, {EVIL}"})
    done = await door.call("start_run", agent="revise_text", input={"some_text": "x"})
    done = await door.call("resume_run", run_id=done["run_id"], decisions=[{"type": "respond", "value": "y"}])
    return [waiting, asked, done]


async def test_runs_and_interrupts_are_the_same_json_as_the_tools_give(serve: Serve, terminal: Terminal) -> None:
    async with serve() as door:
        await some_runs(door)
        listed = await door.call("list_runs")
        pending = await door.call("list_interrupts")
    assert terminal.json("runs") == listed
    assert terminal.json("interrupts") == pending
    of_hotel = [run for run in listed["runs"] if run["agent"] == "hotel"]
    assert terminal.json("runs", "--agent", "hotel")["runs"] == of_hotel
    assert terminal.json("runs", "--thread", "trip")["runs"] == of_hotel
    assert terminal.json("runs", "--status", "success")["runs"] == [listed["runs"][0]]
    assert terminal.json("runs", "--limit", "1")["runs"] == [listed["runs"][0]]
    assert terminal.json("interrupts", "--run", of_hotel[0]["run_id"])["interrupts"] == pending["interrupts"][:2]


async def test_tables_are_no_wider_than_the_terminal_and_what_is_cut_is_marked(
    serve: Serve, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve() as door:
        runs = await some_runs(door)
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        for name in ("runs", "interrupts", "audit"):
            lines = terminal(name).splitlines()
            assert max(map(columns, lines)) <= width, name
            assert any("…" in line for line in lines) or width == 120, name
    monkeypatch.setenv("COLUMNS", "400")
    rows = terminal("runs").splitlines()
    assert [run["run_id"] in row for run, row in zip(reversed(runs), rows[1:], strict=True)] == [True] * 3
    first, second, third = terminal("interrupts").splitlines()[1:]
    assert '{"hotel_name": "Ritz"}' in first
    assert '{"hotel_name": "Plaza"}' in second
    assert WIDE in third


async def test_a_terminal_obeys_nothing_that_an_agent_says(serve: Serve, terminal: Terminal) -> None:
    async with serve() as door:
        await door.call("start_run", agent="revise_text", input={"some_text": "x"}, thread_id="a b")
        text = json.dumps(WORSE)
        await door.call("start_run", agent="hotel", message=f'call book_hotel {{"hotel_name": {text}}}')
    for name in ("interrupts", "audit", "runs"):
        table, as_json = terminal(name), terminal(name, "--json")
        for out in (table, as_json):
            assert UNSEEN.isdisjoint(out), name
            assert 5 * "\u0338" not in out, name
            assert not any("6" in part for line in out.splitlines() for part in turned(line)), name
        assert name == "runs" or r"\u{3164}" in table or "…" in table
    (asked,) = [each for each in terminal.json("interrupts")["interrupts"] if each["agent"] == "hotel"]
    assert asked["requests"][0]["args"] == {"hotel_name": WORSE.replace("\ud800", "\ufffd")}


async def test_looking_makes_no_database_and_takes_no_run_up(serve: Serve, terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("runs") == "No runs.\n"
    assert terminal("interrupts") == "Nothing waits for a decision.\n"
    assert terminal("audit") == "Nothing is on record.\n"
    assert terminal.json("audit", "--verify")["entries"] == 0
    assert terminal.json("runs") == {"runs": []}
    assert not terminal.database.exists()
    async with serve() as door:
        (run, *_) = await some_runs(door)
    with closing(sqlite3.connect(terminal.database)) as connection, connection:
        connection.execute("UPDATE runs SET status = 'running', owner = 'dead' WHERE run_id = ?", (run["run_id"],))
    for name in ("runs", "interrupts", "audit"):
        terminal(name)
    with closing(sqlite3.connect(terminal.database)) as connection:
        (row,) = connection.execute("SELECT status, owner FROM runs WHERE run_id = ?", (run["run_id"],))
    assert row == ("running", "dead")


async def test_another_project_in_the_same_database_is_not_seen(serve: Serve, terminal: Terminal, offer: Offer) -> None:
    async with serve() as door:
        await some_runs(door)
    config = str(offer(other="interrupt_mcp_agents.hotel:graph"))
    assert terminal.json("runs", "--config", config) == {"runs": []}
    assert terminal.json("audit", "--config", config) == {"audit": []}
    assert terminal.json("audit", "--verify", "--config", config)["unbroken"]


async def test_the_record_tells_who_decided_what_and_shows_the_latest_entries_last(
    serve: Serve, terminal: Terminal
) -> None:
    async with serve() as door:
        _, _, done = await some_runs(door)
    entries = terminal.json("audit", "--run", done["run_id"])["audit"]
    assert [entry["event"] for entry in entries] == ["started", "asked", "decided", "finished"]
    assert entries[2]["detail"]["type"] == "respond"
    assert entries[2]["detail"]["channel"] == "client"
    assert terminal.json("audit", "--limit", "2")["audit"] == entries[-2:]


async def test_a_record_that_was_changed_or_thinned_out_is_found_out(
    serve: Serve, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serve() as door:
        await some_runs(door)
    whole = terminal.json("audit", "--verify")
    assert whole["unbroken"]
    assert whole["last_hash"] in terminal("audit", "--verify")
    entries = terminal.json("audit")["audit"]
    for change in ("UPDATE audit SET detail = '{}' WHERE seq = 2", "DELETE FROM audit WHERE seq = 2"):
        with closing(sqlite3.connect(terminal.database)) as connection, connection:
            for trigger in ("update", "delete"):
                connection.execute(f"DROP TRIGGER IF EXISTS audit_is_append_only_{trigger}")
            connection.execute(change)
        assert commanded("audit", "--verify", "--database", f"sqlite:///{terminal.database}") == 1
        assert "was changed, or one before it was removed" in capsys.readouterr().err
    assert len(entries) == whole["entries"]


def test_agents_are_listed_as_the_tool_gives_them_and_one_that_fails_says_why(run: Command, project: Project) -> None:
    # What is wrong with it is its source.
    config = project(broken="import nothing_of_this_name")
    both = {"broken": "./broken.py:graph", "fine": "interrupt_mcp_agents.revise_text:graph"}
    config.write_text(json.dumps({"graphs": both}))
    broken, fine = json.loads(run("agents", "--json", "--config", str(config)).out)["agents"]
    assert "nothing_of_this_name" in broken["error"]
    assert fine["name"] == "fine"
    assert fine["input_schema"]["properties"]
    config.write_text(json.dumps({"graphs": {"broken": "./broken.py:graph"}}))
    table = run("agents", "--config", str(config), environ={"COLUMNS": "70"}).out.splitlines()
    assert table[0].split() == ["NAME", "DESCRIPTION"]
    assert table[1].startswith("broken")
    assert max(map(columns, table)) <= 70


def test_what_an_agent_logs_and_raises_does_nothing_to_the_terminal(run: Command, offer: Offer) -> None:
    config = offer(raising="raising:graph")
    for form in ((), ("--json",)):
        ended = run("agents", "--config", str(config), *form)
        assert r"logged x\u{1b}[2J\u{9b}\u{85}\u{202e}" in ended.err
        assert "cannot be loaded" in ended.out or "could not be loaded" in ended.out
        for said in (ended.out, ended.err):
            assert UNSEEN.isdisjoint(said)
            assert not any("6" in part for line in said.splitlines() for part in turned(line))


def test_agents_tells_which_names_of_the_policy_fit_nothing(run: Command, offer: Offer) -> None:
    config = offer(desk="interrupt_mcp_agents.desk:graph")
    say(config, "[agents.desk.tools.refund_odrer]\nsensitive = true\n")
    warned = run("agents", "--config", str(config))
    assert warned.code == 0
    assert 'agents.desk.tools."refund_odrer"' in warned.err
    assert "fits no tool" in warned.err
    say(config, "[agents.dseks]\nsensitive = true\n")
    refused = run("agents", "--config", str(config))
    assert refused.code == 2
    assert "`agents.dseks` in interrupt-mcp.toml is no agent; there are desk." in refused.err


def test_a_reader_that_has_enough_ends_the_command_quietly(run: Command, tmp_path: Path) -> None:
    script = f"{sys.executable} -m interrupt_mcp runs --help | head -1; {sys.executable} -m interrupt_mcp runs | true"
    ended = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, env=surroundings(tmp_path), timeout=PATIENCE, check=False
    )
    assert ended.stderr == ""
