"""Two workers beside one process, and beside a server by hand: many at once on one connection, and one by one.

What a worker adds to a run that is alone is told in milliseconds, by pairs of short windows.

    python -m tests.benchmarks workers
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.cycle import ALONE, AT_ONCE, THEIRS, one_by_one, rate
from tests.benchmarks.pairs import in_turn
from tests.benchmarks.peers import BY_HAND, ONE_PROCESS
from tests.benchmarks.processes import ERAS, ROOT, Server, server, written_by_hand
from tests.benchmarks.row import Row, alone, beside

_PAIRS, _WORKERS = 7, "2"
_ADDED = 3.0
"""Milliseconds."""


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
            yield from _added(era, in_turn(lambda: alone_in(workers), lambda: alone_in(one), _PAIRS))
            found = in_turn(lambda: rate(workers), lambda: rate(one), _PAIRS)
            yield beside(what, found, ONE_PROCESS, 1.5, unit="/s", at_least=True)
            found = in_turn(lambda: rate(workers), lambda: rate(by_hand, THEIRS), _PAIRS)
            yield beside(what, found, BY_HAND, 1.2, unit="/s", at_least=True)


def alone_in(process: Server) -> tuple[float, float]:
    return one_by_one(process, ALONE)


def _added(era: str, pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> Iterator[Row]:
    for half, what in enumerate(("start to interrupt", "resume to end")):
        found = [(ours[half] - theirs[half]) * 1000 for ours, theirs in pairs]
        yield alone(f"{what}, what workers add to it ({era})", found, _ADDED, unit="ms")
