"""What the doctor says of agents: which load, what asks, and what it guesses should."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.doctor.looking import Said, looked

TOOLS = Path(__file__).with_name("agents") / "tools.py"
ODD = {
    "exits": "import sys; sys.exit(3)",
    "ends": "import os; os._exit(7)",
    "raises": "class Stop(BaseException): pass\nraise Stop('sk-proj-abcdefgh12345678')",
    "interrupts": "raise KeyboardInterrupt",
    "fails": "x = 1\nx.nothing",
    "lacks": "import no_such_module",
    "broken": "def (",
    "noise": "import os; print('noise', flush=True); os.write(1, b'{\"name\": \"noise\"}\\n'); graph = 3",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with agents that load, and with others that do all they can not to, before and after them."""
    home = tmp_path_factory.mktemp("doctor")
    for name, source in ODD.items():
        (home / f"{name}.py").write_text(source)
    graphs = {name: f"./{name}.py:graph" for name in ODD}
    good = {name: f"{TOOLS}:{name}" for name in ("batched", "per_call", "nodes")}
    graphs |= good | {"scripted": "./script.ts:graph"}
    (home / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    (home / "interrupt-mcp.toml").write_text('[agents.batched.tools."gon*"]\nsensitive = true\n')
    return home


@pytest.fixture(scope="module")
def said(home: Path) -> Said:
    return looked(home)


def test_agents_that_cannot_be_loaded_are_problems_whatever_they_do(said: Said) -> None:
    assert said.code == 1
    for name in ODD:
        assert len(said.of("agents", name, "problem")) == 1, name
    assert "exit code 7" in said.text("agents", "ends")
    assert "fails.py:2" in said.text("agents", "fails")
    assert "no_such_module" in said.text("agents", "lacks")
    assert "SystemExit" in said.text("agents", "exits")
    assert "Stop" in said.text("agents", "raises")
    assert "abcdefgh12345678" not in said.out
    assert said.err == ""
    assert len(said.of("agents", "scripted", "warning")) == 1


@pytest.mark.parametrize("agent", ["batched", "per_call"])
def test_what_asks_is_told_with_how(said: Said, agent: str) -> None:
    (loads,) = said.of("agents", agent, "ok")
    asked, _, silent = loads["text"].partition("Nothing is known to ask about")
    assert "drop_table (by its middleware)" in asked
    assert "pay_bill (it is sensitive)" in asked
    for name in ("transfer", "deploy"):
        assert f"{name} (its code names interrupt())" in asked
    for name in ("delete_user", "get_update", "send_mail"):
        assert name in silent
    assert ("gone (by policy)" in asked) == (agent == "batched")
    assert "nodes ask" not in loads["text"]


def test_what_looks_sensitive_and_does_not_ask_is_a_guess_with_lines_that_make_it_ask(said: Said, home: Path) -> None:
    warned = {agent: said.of("agents", agent, "warning") for agent in ("batched", "per_call")}
    names = {agent: {each["text"].partition(" ")[0] for each in found} for agent, found in warned.items()}
    assert names["batched"] == {"delete_user", "send_mail", "odd*name"}
    assert names["per_call"] == names["batched"] | {"gone"}
    assert all("guess" in each["text"] for found in warned.values() for each in found)
    lines = "\n".join(each["do"].partition("\n")[2] for found in warned.values() for each in found)
    rules = tomllib.loads(lines)["agents"]
    assert rules["batched"]["tools"]["delete_user"] == {"sensitive": True}
    (home / "again").mkdir()
    (home / "again" / "langgraph.json").write_text(json.dumps({"graphs": {"batched": f"{TOOLS}:batched"}}))
    of_one = lines[: lines.index("[agents.per_call")]
    (home / "again" / "interrupt-mcp.toml").write_text(of_one)
    again = looked(home / "again")
    assert again.of("agents", "batched", "warning") == [
        each for each in again.of("agents", "batched") if each["text"].startswith("gone ")
    ]


def test_nodes_that_ask_are_named(said: Said) -> None:
    assert "`interrupt()` in their code: asks_itself." in said.text("agents", "nodes")


def test_an_agent_that_hangs_is_told_within_the_time_and_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "hangs.py").write_text("import threading; threading.Event().wait()")
    graphs = {"hangs": "./hangs.py:graph", "later": f"{TOOLS}:nodes"}
    (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": graphs}))
    said = looked(tmp_path, "--seconds", "2")
    assert "2 seconds" in said.text("agents", "hangs", "problem")
    assert "hangs took too long" in said.text("agents", "later", "problem")
    assert said.of("processes")
