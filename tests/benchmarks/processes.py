"""Processes that are spoken to in lines of JSON, by a client that costs little: it blocks, and knows no schemas."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.processes import surroundings

ROOT = Path(__file__).resolve().parents[2]
CONFIG = Path(__file__).with_name("langgraph.json")
SERVER = (sys.executable, "-m", "interrupt_mcp", "serve")
ERAS = ("2026-07-28", "2025-11-25")
PATIENCE = 120.0
"""Seconds that an answer may take."""
_CLIENT = {"name": "benchmark", "version": "1"}
META = {
    "io.modelcontextprotocol/protocolVersion": ERAS[0],
    "io.modelcontextprotocol/clientInfo": _CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def memory(pid: int) -> int:
    """Bytes in RAM that are the process's own, with its share of what it has in common with others. Linux only."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no Pss")


def cpu(pid: int) -> float:
    """Seconds of CPU that the process took so far. Linux only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Spoken:
    """A process that reads lines of JSON and writes such lines."""

    def __init__(self, command: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> None:
        with (cwd / "stderr.txt").open("ab") as said:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, cwd=cwd, env=environ, bufsize=0
            )
        self._said = cwd / "stderr.txt"
        self._lines = self._read()

    @property
    def pid(self) -> int:
        return self._process.pid

    def say(self, message: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    def hear(self) -> Any:
        """The next line; `TimeoutError` where there is none in time, `EOFError` where the process ended."""
        return json.loads(next(self._lines))

    def kill(self) -> None:
        self._process.kill()

    def ended(self) -> None:
        """Wait until it has ended."""
        self._process.wait(PATIENCE)

    def close(self) -> None:
        """Let it end by itself, as a client does, and wait for that."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait(PATIENCE)
            self._process.stdout.close()

    def _read(self) -> Iterator[bytes]:
        assert self._process.stdout is not None
        rest, file = b"", self._process.stdout.fileno()
        while True:
            if not select.select([file], [], [], PATIENCE)[0]:
                raise TimeoutError(f"No answer in {PATIENCE:g} s; see what it said: {self._said.read_text()}")
            if not (some := os.read(file, 1 << 20)):
                raise EOFError(f"The process ended: {self._said.read_text()}")
            *lines, rest = (rest + some).split(b"\n")
            yield from lines


class Server(Spoken):
    """An MCP server over stdio, spoken to in one of the protocol's eras."""

    def __init__(self, command: Sequence[str], cwd: Path, environ: Mapping[str, str], era: str = ERAS[0]) -> None:
        super().__init__(command, cwd, environ)
        self._modern = era == ERAS[0]
        self._asked = 0

    def begin(self) -> None:
        """What a client says first; the reply is the server's first."""
        if self._modern:
            self.ask("server/discover", {})
            return
        self.ask("initialize", {"protocolVersion": ERAS[1], "capabilities": {}, "clientInfo": _CLIENT})
        self.say({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, method: str, params: Mapping[str, Any]) -> int:
        """Ask without waiting; the number of the question."""
        self._asked += 1
        if self._modern:
            params = {**params, "_meta": META}
        self.say({"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params})
        return self._asked

    def answer(self) -> tuple[int, dict[str, Any]]:
        """The next answer, and the number of its question."""
        while "id" not in (message := self.hear()) or "method" in message:
            pass
        assert "result" in message, message
        assert not message["result"].get("isError"), message
        return message["id"], message["result"]

    def ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        number = self.send(method, params)
        answered, result = self.answer()
        assert answered == number
        return result

    def send_call(self, tool: str, **arguments: Any) -> int:
        return self.send("tools/call", {"name": tool, "arguments": arguments})

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The tool's structured result."""
        result: dict[str, Any] = self.ask("tools/call", {"name": tool, "arguments": arguments})["structuredContent"]
        return result


@contextmanager
def server(home: Path, era: str = ERAS[0], *, config: Path | None = CONFIG, **more: str) -> Iterator[Server]:
    """A server of ours on the database `state.db` in `home`, after its first reply. No `config`: the bundled agents."""
    if config is not None:
        more["INTERRUPT_MCP_CONFIG"] = str(config)
    started = Server(SERVER, home, surroundings(home, **more), era)
    try:
        started.begin()
        yield started
    finally:
        started.close()


@contextmanager
def written_by_hand(home: Path, era: str = ERAS[0]) -> Iterator[Server]:
    """The server written by hand on a database of its own in `home`, after its first reply."""
    command = (sys.executable, "-m", "tests.benchmarks.by_hand", str(home / "plain.db"))
    started = Server(command, home, surroundings(home, PYTHONPATH=str(ROOT)), era)
    try:
        started.begin()
        yield started
    finally:
        started.close()


@contextmanager
def program(module: str, home: Path, *arguments: str) -> Iterator[Spoken]:
    """A module of this folder as a process of its own, which finds the others."""
    command = (sys.executable, "-m", f"tests.benchmarks.{module}", *arguments)
    started = Spoken(command, home, surroundings(home, PYTHONPATH=str(ROOT)))
    try:
        yield started
    finally:
        started.close()
