"""How long a client waits for a fresh server: from spawn to its first reply and the list of its tools.

Beside it, the least that the MCP library allows: a server with one tool.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import ERAS, HELLO, SERVER, Server
from tests.benchmarks.row import Row, Target
from tests.processes import surroundings

PEER = f"hello-world of mcp {version('mcp')}"
TARGET = Target(1.05)


@contextmanager
def listed(command: Sequence[str], era: str) -> Iterator[Server]:
    """A fresh server that has told its tools."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(command, Path(folder), surroundings(Path(folder)), era)
        try:
            server.begin()
            assert server.ask("tools/list", {})["tools"]
            yield server
        finally:
            server.close()


def seconds(command: Sequence[str], era: str) -> float:
    began = time.perf_counter()
    with listed(command, era):
        return time.perf_counter() - began


def measured(pairs: int = 9) -> Iterator[Row]:
    for era in ERAS:
        found = in_turn(lambda era=era: seconds(SERVER, era), lambda era=era: seconds(HELLO, era), pairs)  # type: ignore[misc]
        yield Row.of_pairs("startup", f"spawn to first reply and tools/list, {era}", "s", PEER, found, TARGET)
