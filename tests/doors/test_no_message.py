"""Lines that are no messages: who sent one as a request is answered, and the connection goes on."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.processes import command, surroundings

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
FIRST = {
    "modern": {"jsonrpc": "2.0", "id": 0, "method": "server/discover", "params": {"_meta": META}},
    "legacy": {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO},
}
BAD: dict[str, tuple[str, Any, int]] = {
    "half a surrogate": ('{"jsonrpc": "2.0", "id": 7, "method": "ping", "params": {"a": "\\ud83d"}}', 7, -32700),
    "half a surrogate as id": ('{"jsonrpc": "2.0", "id": "\\ud83d", "method": "ping"}', "?", -32700),
    "nested without end": (
        '{"jsonrpc": "2.0", "id": "deep", "method": "ping", "params": {"a": ' + "[" * 500 + "]" * 500 + "}}",
        "deep",
        -32700,
    ),
    "parameters that are text": ('{"jsonrpc": "2.0", "id": 8, "method": "ping", "params": "x"}', 8, -32600),
    "a method that is a number": ('{"jsonrpc": "2.0", "id": 9, "method": 5}', 9, -32600),
    "an id that is a list": ('{"jsonrpc": "2.0", "id": [1], "method": "ping"}', None, -32600),
    "no JSON": ("hello", None, -32700),
    "half a message": ('{"jsonrpc": "2.0", "id": 1', None, -32700),
    "a batch": ('[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', None, -32600),
    "brackets": ("[" * 100_000, None, -32700),
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [command(), "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=surroundings(tmp_path),
    ) as process:
        yield process
        process.communicate(timeout=PATIENCE)


def said(server: "subprocess.Popen[str]", line: str) -> dict[str, Any]:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(line + "\n")
    server.stdin.flush()
    found: dict[str, Any] = json.loads(server.stdout.readline())
    return found


@pytest.mark.parametrize("era", FIRST)
def test_a_line_that_is_no_message_is_answered_and_the_connection_goes_on(
    server: "subprocess.Popen[str]", era: str
) -> None:
    assert "result" in said(server, json.dumps(FIRST[era]))
    for name, (line, id_, code) in BAD.items():
        answer = said(server, line)
        assert (answer["id"], answer["error"]["code"]) == (id_, code), name
        assert answer["error"]["message"].startswith("The line is no message of the protocol: ")
        assert len(answer["error"]["message"]) < 300
    again = {"jsonrpc": "2.0", "id": "again", "method": "tools/list", "params": {"_meta": META}}
    # What answers nothing and asks nothing is no reason to say anything.
    said_nothing = '{"jsonrpc": "2.0", "id": 3, "result": {"a": "\\ud83d"}}\n\n   \n'
    assert said(server, said_nothing + json.dumps(again))["id"] == "again"
