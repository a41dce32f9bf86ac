"""Commands and stdio servers as processes: shared by a module where they are not hurt, raw where they are."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door
from tests.patience import PATIENCE
from tests.processes import OF_ITS_OWN, command, over_stdio, send, surroundings
from tests.terminals import at_a_terminal

CTRL_C = "\x03"
_CLIENT = {"name": "raw", "version": "1"}
_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": _CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the module's servers have their database and their files."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module", params=["2026-07-28", "2025-11-25"])
async def door(home: Path, request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    """A client of one server process for the module, in each protocol era."""
    async with over_stdio(home, request.param, {"INTERRUPT_MCP_HOTEL_LEDGER": str(home / "ledger.txt")}) as opened:
        yield opened


@dataclass
class Wire:
    """A server process and its three streams, without a client library between."""

    process: subprocess.Popen[bytes]
    lines: "queue.Queue[bytes]" = field(default_factory=queue.Queue)
    said: list[str] = field(default_factory=list)
    """What it wrote to stderr."""
    number: int = 0

    def send(self, method: str, **params: Any) -> int:
        """A modern request; its id."""
        self.number += 1
        body = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": {**params, "_meta": _META}}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(body).encode() + b"\n")
        self.process.stdin.flush()
        return self.number

    def answer(self) -> dict[str, Any]:
        """The next line, which has to be a message of the protocol."""
        message: dict[str, Any] = json.loads(self.lines.get(timeout=PATIENCE))
        assert message["jsonrpc"] == "2.0"
        return message

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a request, past notifications."""
        number = self.send(method, **params)
        while (message := self.answer()).get("id") != number:
            assert "method" in message
        result: dict[str, Any] = message["result"]
        return result

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self.ask("tools/call", name=tool, arguments=arguments)

    def signal(self, number: signal.Signals) -> int:
        """The exit code after it."""
        send(self.process, number)
        return self.process.wait(PATIENCE)

    def close(self) -> int:
        """The exit code after the end of its input."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE)

    def rest(self) -> list[bytes]:
        """All lines that nobody took, once the process has ended."""
        found = []
        while line := self.lines.get(timeout=PATIENCE):
            found.append(line)
        return found


StartWire = Callable[..., AbstractContextManager[Wire]]


@pytest.fixture
def wire(tmp_path: Path) -> StartWire:
    """`with wire(*arguments, **environ) as wire`: a server in `tmp_path`, killed at the end if it still lives."""

    @contextmanager
    def started(*arguments: str, **environ: str) -> Iterator[Wire]:
        process = subprocess.Popen(
            [command(), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=surroundings(tmp_path, **environ),
            creationflags=OF_ITS_OWN,
        )
        opened = Wire(process)
        threads = [threading.Thread(target=hear, args=(opened,)) for hear in (_hear_output, _hear_errors)]
        for thread in threads:
            thread.start()
        try:
            yield opened
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE)
            for thread in threads:
                thread.join(PATIENCE)
            print(*opened.said, sep="")
            for stream in (process.stdin, process.stdout, process.stderr):
                assert stream is not None
                stream.close()

    return started


def _hear_output(wire: Wire) -> None:
    assert wire.process.stdout is not None
    for line in wire.process.stdout:
        wire.lines.put(line)
    wire.lines.put(b"")


def _hear_errors(wire: Wire) -> None:
    assert wire.process.stderr is not None
    for line in wire.process.stderr:
        wire.said.append(line.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """`run(*arguments, environ=…, folder=…)`: a command, in `tmp_path` or in that folder, until its end."""

    def ran(*arguments: str, environ: Mapping[str, str] = {}, folder: Path = tmp_path) -> Ended:
        ended = subprocess.run(
            [command(), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            env=surroundings(tmp_path, **environ),
            timeout=PATIENCE,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))

    return ran


def kill(process: int) -> None:
    """Without any chance to clean up."""
    os.kill(process, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def typed_at_a_terminal(
    home: Path, *arguments: str, typed: Sequence[str], after: tuple[str, ...] = (": ", "? ")
) -> tuple[str, int]:
    """What a terminal shows of a command, when each of these is typed where `after` stands; and the exit code."""
    with at_a_terminal(home, *arguments, environ=surroundings(home, TERM="xterm")) as keys:
        for line in typed:
            keys.ends(*after)
            keys.press(line.encode() if line == CTRL_C else line.encode() + b"\n")
        code = keys.ended()
    return keys.screen, code
