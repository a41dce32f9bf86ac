"""Cycles a second, many at once on one connection, with two workers: beside one process, and a server by hand.

python -m tests.benchmarks.workers
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.cycle import AT_ONCE, THEIRS, rate
from tests.benchmarks.pairs import in_turn
from tests.benchmarks.peers import BY_HAND, ONE_PROCESS
from tests.benchmarks.processes import ERAS, ROOT, Server, server, written_by_hand
from tests.benchmarks.row import Row, beside, table

_PAIRS, _WORKERS = 7, "2"


@contextmanager
def three(era: str) -> Iterator[tuple[Server, Server, Server]]:
    """A server with workers, one without, and one written by hand, each on a database of its own."""
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as several,
        tempfile.TemporaryDirectory(dir=ROOT) as single,
        tempfile.TemporaryDirectory(dir=ROOT) as theirs,
        server(Path(several), era, INTERRUPT_MCP_WORKERS=_WORKERS) as workers,
        server(Path(single), era) as one,
        written_by_hand(Path(theirs), era) as by_hand,
    ):
        yield workers, one, by_hand


def measured() -> Iterator[Row]:
    for era in ERAS:
        with three(era) as (workers, one, by_hand):
            what = f"cycles a second, {AT_ONCE} at once, two workers ({era})"
            found = in_turn(lambda: rate(workers), lambda: rate(one), _PAIRS)
            yield beside(what, found, ONE_PROCESS, 1.5, unit="/s", at_least=True)
            found = in_turn(lambda: rate(workers), lambda: rate(by_hand, THEIRS), _PAIRS)
            yield beside(what, found, BY_HAND, 1.2, unit="/s", at_least=True)


if __name__ == "__main__":
    print(table(list(measured())))
