"""How long a client waits for a fresh server, from spawn to the list of its tools, and what memory that takes.

Beside it, the least that the MCP library allows: a server with one tool. Both in turn.

    python -m tests.benchmarks startup
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.pairs import in_turn
from tests.benchmarks.peers import HELLO
from tests.benchmarks.processes import ERAS, SERVER, Server, memory
from tests.benchmarks.row import Row, beside
from tests.processes import surroundings

_HELLO = (sys.executable, str(Path(__file__).parents[1] / "hello.py"))
_PAIRS = 9


def started(command: Sequence[str], home: Path, era: str) -> tuple[float, float]:
    """Seconds from spawn to the list of tools, and bytes of memory by then."""
    began = time.perf_counter()
    server = Server(command, home, surroundings(home), era)
    try:
        server.begin()
        assert server.ask("tools/list", {})["tools"]
        return time.perf_counter() - began, memory(server.pid)
    finally:
        server.close()


def measured() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for era in ERAS:
            found = in_turn(lambda: started(SERVER, home, era), lambda: started(_HELLO, home, era), _PAIRS)  # noqa: B023
            seconds = [(ours[0], theirs[0]) for ours, theirs in found]
            yield beside(f"spawn to list of tools ({era})", seconds, HELLO, 1.05, unit="s")
        memories = [(ours[1], theirs[1]) for ours, theirs in found]
        yield beside("memory by then", memories, HELLO, 1.15, unit="MB", scale=1e-6)
