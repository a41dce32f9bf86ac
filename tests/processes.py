"""Real server processes, each with a database and a home of its own, and clients of theirs in any protocol version."""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCRequest

from interrupt_mcp.cli import main
from tests.conftest import Door
from tests.database import variables_of
from tests.patience import PATIENCE

VERSIONS = ("2026-07-28", "2025-11-25", "2025-06-18")
CHECKOUT = str(Path(__file__).parents[1])
"""The `PYTHONPATH` of a server whose agents import modules of the tests."""
_ENDED = "it ended"
OF_ITS_OWN: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""On Windows a process that is to be asked to end is begun in a group of its own: all of a group are asked at once."""
_LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""
"""A program that becomes another one, which may open so many files."""


def command() -> str:
    """The `interrupt-mcp` that is installed beside this Python."""
    found = shutil.which("interrupt-mcp", path=str(Path(sys.executable).parent))
    assert found is not None, "interrupt-mcp is not installed beside this Python"
    return found


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The variables of a server process: nothing of the tester's own, and a database in `home`."""
    here = {"HOME": str(home), **variables_of(home), "INTERRUPT_MCP_INBOX": "off"}
    # The tester's own desktop is none of theirs.
    here["CI"] = "true"
    return {**kept_variables(), **here, **more}


def kept_variables() -> dict[str, str]:
    """What a server process has of the tester's own variables."""
    return {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}


def ran(
    command: Sequence[str], seconds: float, environ: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """A program that was run to its end, with no input; in this process's environment, unless another is given."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environ,
        timeout=seconds,
    )


def send(process: "subprocess.Popen[Any]", how: signal.Signals) -> None:
    """Ask a process to end, or end it. Windows can ask a group of processes alone, by Ctrl-Break."""
    if sys.platform == "win32" and how in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.send_signal(how)


@dataclass
class HttpServer:
    """A running `interrupt-mcp serve --http`."""

    process: subprocess.Popen[str]
    url: str = ""
    said: list[str] = field(default_factory=list)
    """What it wrote to stderr."""

    @property
    def base(self) -> str:
        return self.url.removesuffix("/mcp")

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        send(self.process, how)
        return self.process.wait(PATIENCE)


@contextmanager
def http_server(home: Path, *arguments: str, files: int | None = None, **environ: str) -> Iterator[HttpServer]:
    """A server on a free port, from when it tells its address until the end of the block.

    It may open so many `files`, where that is given.
    """
    limited = () if files is None else (sys.executable, "-c", _LIMITED, str(files))
    process = subprocess.Popen(
        [*limited, command(), "serve", "--http", "--port", "0", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=home,
        env=surroundings(home, **environ),
        creationflags=OF_ITS_OWN,
    )
    server = HttpServer(process)
    lines: queue.Queue[str] = queue.Queue()
    listener = threading.Thread(target=_listen, args=(process, server.said, lines))
    listener.start()
    try:
        while not (found := re.search(r"http://\S+/mcp", line := lines.get(timeout=PATIENCE))):
            assert line != _ENDED, server.said
        server.url = found[0]
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        listener.join(PATIENCE)
        # pytest shows it where a test failed.
        print(*server.said, sep="")
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()


def _listen(process: "subprocess.Popen[str]", said: list[str], lines: "queue.Queue[str]") -> None:
    assert process.stderr is not None
    for line in process.stderr:
        said.append(line)
        lines.put(line)
    lines.put(_ENDED)


@asynccontextmanager
async def over_http(url: str, version: str = "2026-07-28", **client: Any) -> AsyncIterator[Door]:
    """A client of the server at that address."""
    async with connected(streamable_http_client(url), version, client) as door:
        yield door


@asynccontextmanager
async def over_stdio(
    home: Path, version: str = "2026-07-28", environ: Mapping[str, str] = {}, **client: Any
) -> AsyncIterator[Door]:
    """A client, and the server process that it started."""
    variables = surroundings(home, **environ)
    server = StdioServerParameters(command=command(), args=["serve"], env=variables, cwd=home)
    with (home / "stderr.txt").open("a") as said:
        async with connected(stdio_client(server, errlog=said), version, client) as door:
            yield door


@asynccontextmanager
async def connected(transport: Any, version: str, options: Mapping[str, Any]) -> AsyncIterator[Door]:
    """A client of whatever is at the other end of the transport."""
    modern = version == "2026-07-28"
    asked = transport if modern else _asking_for(version, transport)
    async with Client(asked, mode="auto" if modern else "legacy", **options) as client:
        assert client.protocol_version == version
        yield Door(client)


@asynccontextmanager
async def _asking_for(version: str, transport: AbstractAsyncContextManager[Any]) -> AsyncIterator[Any]:
    """The transport, with that version in the handshake: `mcp.Client` always asks for the newest it knows."""
    async with transport as (read, write):
        yield read, _Older(write, version)


class _Older:
    """A stream to a server, on which `initialize` asks for an older version of the protocol."""

    def __init__(self, write: Any, version: str) -> None:
        self._write = write
        self._version = version

    async def send(self, item: SessionMessage) -> None:
        message = item.message
        if isinstance(message, JSONRPCRequest) and message.method == "initialize":
            assert message.params is not None
            message.params["protocolVersion"] = self._version
        await self._write.send(item)

    async def aclose(self) -> None:
        await self._write.aclose()

    async def __aenter__(self) -> "_Older":
        await self._write.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self._write.__aexit__(*error)


def commanded(*arguments: str) -> int:
    """The exit code of a command in this process, away from the test's own event loop: it runs one of its own."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(main, arguments).result(PATIENCE)
