"""The end: of the input, by a signal, idle, or with tools that do not end. No test asserts how fast, only that."""

import json
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest

from tests.cli.conftest import CTRL_C, Command, StartWire, Wire, typed_at_a_terminal
from tests.conftest import Offer
from tests.patience import PATIENCE, until
from tests.processes import command, surroundings

WAYS: dict[str, Callable[[Wire], int]] = {
    "the end of its input": Wire.close,
    "SIGTERM": lambda server: server.signal(signal.SIGTERM),
    "SIGINT": lambda server: server.signal(signal.SIGINT),
}


@pytest.fixture(params=WAYS)
def leave(request: pytest.FixtureRequest) -> Callable[[Wire], int]:
    return WAYS[request.param]


def test_an_idle_server_leaves(wire: StartWire, leave: Callable[[Wire], int]) -> None:
    with wire() as server:
        assert server.ask("tools/list")["tools"]
        assert leave(server) == 0
        assert server.rest() == []
    assert server.said == []


def test_a_server_that_is_still_starting_leaves(wire: StartWire, leave: Callable[[Wire], int]) -> None:
    with wire() as server:
        code = leave(server)
        # Python itself says 1 where it is interrupted before anything of ours runs.
        of_python = code == 1 and not any("interrupt_mcp" in line for line in server.said)
        assert of_python or code in (0, -signal.SIGTERM, -signal.SIGINT, 130)
        assert server.rest() == []


@pytest.mark.parametrize(
    ("node", "way"),
    [
        ("in_thread", "the end of its input"),
        ("in_thread", "SIGINT"),
        ("in_loop", "the end of its input"),
        ("in_loop", "SIGTERM"),
    ],
)
def test_a_server_leaves_although_a_tool_does_not_end_and_the_run_is_on_disk(
    wire: StartWire, run: Command, offer: Offer, tmp_path: Path, node: str, way: str
) -> None:
    config = str(offer(blocked=f"blocked:{node}"))
    with wire("--config", config) as server:
        server.send("tools/call", name="start_run", arguments={"agent": "blocked", "input": {"a": 1}})
        # In a thread of its own: another module's client may have left a loop to this one.
        with ThreadPoolExecutor(1) as waiting:
            waiting.submit(anyio.run, until, (tmp_path / "begun").exists).result()
        assert WAYS[way](server) == 0
    runs = json.loads(run("runs", "--json", "--config", config).out)["runs"]
    assert [each["status"] for each in runs] == ["running"]


@pytest.mark.posix
def test_at_a_terminal_it_says_what_it_waits_for_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    told, code = typed_at_a_terminal(tmp_path, typed=[CTRL_C], after=("\n",))
    # 130 is what a shell sees where the key came before the server had its own way of leaving.
    assert code in (0, 130)
    assert "waits here for an MCP client" in told
    assert "Traceback" not in told


def test_answers_that_are_being_made_at_the_end_of_the_input_still_go_out(wire: StartWire) -> None:
    with wire() as server:
        for _ in range(5):
            server.send("tools/list")
        assert server.close() == 0
        assert len(server.rest()) == 5


def test_a_client_that_reads_no_more_ends_the_server(tmp_path: Path) -> None:
    server = subprocess.Popen(
        [command()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=surroundings(tmp_path)
    )
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        ask = Wire(server)
        ask.send("tools/list")
        assert server.stdout.readline()
        server.stdout.close()
        ask.send("tools/list")
        assert server.wait(PATIENCE) == 0
