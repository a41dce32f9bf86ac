"""Standard output is the protocol's, whatever an agent prints, and wherever."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command, StartWire
from tests.conftest import Offer

WAYS = (
    "print",
    "flushed",
    "unflushed",
    "the first stdout",
    "descriptor",
    "thread",
    "child",
    "warning",
    "log",
    "handler",
)


@pytest.fixture
def noisy(offer: Offer) -> str:
    return str(offer(noisy="noisy:graph"))


def test_what_an_agent_prints_goes_to_stderr_and_the_protocol_stays_clean(wire: StartWire, noisy: str) -> None:
    with wire("--config", noisy, INTERRUPT_MCP_LOG="info") as server:
        assert server.ask("tools/list")["tools"]
        run = server.call("start_run", agent="noisy", input={"text": "x"}, wait_seconds=25)["structuredContent"]
        assert run["status"] == "success", run
        assert server.close() == 0
        assert server.rest() == []
    said = "".join(server.said)
    assert [f"{where}: {way}" for where in ("import", "run") for way in WAYS if f"{where}: {way}" not in said] == []
    assert "read ''" in said
    assert [line for line in server.said if " INFO " in line and run["run_id"] in line and run["thread_id"] in line]


def test_a_list_of_agents_is_only_the_list(run: Command, noisy: str) -> None:
    ended = run("agents", "--json", "--config", noisy)
    assert ended.code == 0, ended.err
    assert [agent["name"] for agent in json.loads(ended.out)["agents"]] == ["noisy"]
    assert "import: print" in ended.err


def test_what_is_printed_before_the_start_is_no_part_of_the_protocol(wire: StartWire, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("print('early, and not flushed')")
    with wire(PYTHONPATH=str(folder)) as server:
        assert server.ask("tools/list")["tools"]
        assert server.close() == 0
        assert server.rest() == []
    assert "early, and not flushed" in "".join(server.said)
