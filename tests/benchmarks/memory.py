"""Memory of a server that has told its tools and did nothing else, its share of pages counted (PSS). Linux only."""

from collections.abc import Iterator, Sequence

from tests.benchmarks.pairs import in_turn
from tests.benchmarks.processes import ERAS, HELLO, SERVER, megabytes
from tests.benchmarks.row import Row, Target
from tests.benchmarks.startup import PEER, listed

TARGET = Target(1.15)


def of(command: Sequence[str]) -> float:
    with listed(command, ERAS[0]) as server:
        return megabytes(server.pid)


def measured(pairs: int = 5) -> Iterator[Row]:
    found = in_turn(lambda: of(SERVER), lambda: of(HELLO), pairs)
    yield Row.of_pairs("memory", "memory after tools/list", "MB", PEER, found, TARGET)
