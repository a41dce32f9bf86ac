"""How long a client waits for a fresh server: from spawn to its first reply and the list of its tools.

Beside it, the least that the MCP library allows: a server with one tool. Both in turn, so that a busy machine slows
both; on one that is busy by fits and starts, the fastest of each say more than the medians.
`python -m tests.benchmarks.startup [ROUNDS]` prints both for both protocol eras.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HELLO = """
from mcp.server import MCPServer

server = MCPServer("hello", version="1")


@server.tool()
def add(a: int, b: int) -> int:
    return a + b


server.run()
"""
CLIENT = {"name": "benchmark", "version": "1"}
META = {
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": CLIENT,
        "io.modelcontextprotocol/clientCapabilities": {},
    }
}
ERAS: Mapping[str, Sequence[dict[str, Any]]] = {
    "2026-07-28": (
        {"id": 1, "method": "server/discover", "params": META},
        {"id": 2, "method": "tools/list", "params": META},
    ),
    "2025-11-25": (
        {
            "id": 1,
            "method": "initialize",
            "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": CLIENT},
        },
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/list"},
    ),
}
LIMIT = 1.05


def seconds(command: Sequence[str], messages: Sequence[dict[str, Any]], environ: Mapping[str, str]) -> float:
    """From spawn to the last answer."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for message in messages:
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        process.stdin.flush()
        if "id" in message:
            answer = json.loads(process.stdout.readline())
            assert "result" in answer, answer
    took = time.perf_counter() - began
    process.stdin.close()
    process.wait(10)
    process.stdout.close()
    return took


def measured(commands: Mapping[str, Sequence[str]], rounds: int, environ: Mapping[str, str]) -> Iterator[str]:
    for era, messages in ERAS.items():
        took: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(-1, rounds):
            # Who goes first gets a cold cache; the first round warms it up and does not count.
            for name in sorted(commands, reverse=bool(number % 2)):
                spent = seconds(commands[name], messages, environ)
                if number >= 0:
                    took[name].append(spent)
        hello, ours = took["hello"], took["interrupt-mcp"]
        ratio = statistics.median(ours) / statistics.median(hello)
        yield (
            f"{era}  medians of {rounds}: hello {statistics.median(hello):.3f} s, interrupt-mcp"
            f" {statistics.median(ours):.3f} s, ratio {ratio:.3f} ({'within' if ratio <= LIMIT else 'above'} {LIMIT});"
            f" the fastest: {min(hello):.3f} s, {min(ours):.3f} s, ratio {min(ours) / min(hello):.3f}"
        )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO)
        commands = {
            "hello": [sys.executable, str(hello)],
            "interrupt-mcp": [sys.executable, "-m", "interrupt_mcp"],
        }
        environ = {**os.environ, "INTERRUPT_MCP_DATABASE": f"sqlite:///{folder}/state.db", "HOME": folder}
        for line in measured(commands, rounds, environ):
            print(line, flush=True)


if __name__ == "__main__":
    main()
