"""A cycle, start → interrupt → accept → end, over stdio, beside LangGraph alone, and beside a server written by hand.

All run the same agent on an instant model. LangGraph alone keeps checkpoints in its own SQLite checkpointer, in a
process of its own; so does the server written by hand, which is asked over stdio as ours is. Ours keeps runs,
questions, decisions and effects besides. Short windows in turn, and the median of their ratios.

    python -m tests.benchmarks cycle
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.pairs import in_turn, medians
from tests.benchmarks.peers import BY_HAND, LANGGRAPH
from tests.benchmarks.processes import ERAS, ROOT, Server, Spoken, program, server, written_by_hand
from tests.benchmarks.row import Row, beside

ALONE, AT_ONCE, CYCLES = 15, 50, 100
_PAIRS = 7
START = {"agent": "refunds", "message": "go"}
ACCEPT = [{"type": "accept"}]


Result = Mapping[str, Any]
Call = tuple[str, Result]
"""The name of a tool, and its arguments."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """How a server is asked for a cycle: the call that starts it, and the one that resumes what the first one gave."""

    start: Call
    resume: Callable[[Result], Call]


OURS = Dialog(("start_run", START), lambda run: ("resume_run", {"run_id": run["run_id"], "decisions": ACCEPT}))
THEIRS = Dialog(
    ("start", {"message": START["message"]}),
    lambda run: (
        "resume",
        {"thread_id": run["thread_id"], "interrupt_id": run["interrupts"][0]["id"], "decision": ACCEPT[0]},
    ),
)
"""Of the server written by hand."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one window took: seconds of each half of a cycle alone, and cycles a second with many at once."""

    interrupt: float
    finish: float
    rate: float


def one_by_one(process: Server, cycles: int, dialog: Dialog = OURS) -> tuple[float, float]:
    """Seconds from a start to its interrupt, and from the answer to the end: medians of so many cycles."""
    halves = []
    for _ in range(cycles):
        began = time.perf_counter()
        name, arguments = dialog.start
        run: Result = process.call(name, **arguments)
        assert run["status"] == "interrupted", run
        name, arguments = dialog.resume(run)
        half = time.perf_counter()
        run = process.call(name, **arguments)
        assert run["status"] == "success", run
        halves.append((half - began, time.perf_counter() - half))
    return medians(halves)


def of_server(process: Server, dialog: Dialog = OURS) -> Window:
    halves = one_by_one(process, ALONE, dialog)
    return Window(*halves, rate(process, dialog))


def rate(process: Server, dialog: Dialog = OURS) -> float:
    """Cycles a second with many at once."""
    began = time.perf_counter()
    at_once(process, CYCLES, AT_ONCE, dialog)
    return CYCLES / (time.perf_counter() - began)


def at_once(process: Server, cycles: int, most: int, dialog: Dialog = OURS) -> None:
    """So many cycles over one connection, at most so many at a time."""

    def send(call: Call) -> int:
        return process.send_call(call[0], **call[1])

    left = cycles - most
    resumed = {send(dialog.start): False for _ in range(most)}
    while resumed:
        number, result = process.answer()
        run: Result = result["structuredContent"]
        if not resumed.pop(number):
            assert run["status"] == "interrupted", run
            resumed[send(dialog.resume(run))] = True
            continue
        assert run["status"] == "success", run
        if left > 0:
            left -= 1
            resumed[send(dialog.start)] = False


def of_langgraph(process: Spoken) -> Window:
    process.say([ALONE, 1])
    _, halves = process.hear()
    process.say([CYCLES, AT_ONCE])
    took, _ = process.hear()
    return Window(*medians(halves), CYCLES / took)


@contextmanager
def both(era: str) -> Iterator[tuple[Server, Spoken]]:
    """The server, and LangGraph alone, on disks of their own that are the same disk."""
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as ours,
        tempfile.TemporaryDirectory(dir=ROOT) as alone,
        server(Path(ours), era) as one,
        program("bare", Path(alone), str(Path(alone) / "plain.db")) as other,
    ):
        yield one, other


@contextmanager
def both_servers(era: str) -> Iterator[tuple[Server, Server]]:
    """The server, and one that was written by hand."""
    with (
        tempfile.TemporaryDirectory(dir=ROOT) as ours,
        tempfile.TemporaryDirectory(dir=ROOT) as theirs,
        server(Path(ours), era) as one,
        written_by_hand(Path(theirs), era) as other,
    ):
        yield one, other


@dataclass(frozen=True, slots=True)
class Targets:
    """Ratios to a peer: at most, of each half of a cycle; at least, of cycles a second."""

    peer: str
    interrupt: float
    finish: float
    rate: float


def measured() -> Iterator[Row]:
    for era in ERAS:
        with both(era) as (one, other):
            found = in_turn(lambda: of_server(one), lambda: of_langgraph(other), _PAIRS)
        yield from _rows(era, found, Targets(LANGGRAPH, 1.0, 1.0, 2.0))
        with both_servers(era) as (one, by_hand):
            found = in_turn(lambda: of_server(one), lambda: of_server(by_hand, THEIRS), _PAIRS)
        yield from _rows(era, found, Targets(BY_HAND, 1.1, 1.1, 1.0))


def _rows(era: str, found: Sequence[tuple[Window, Window]], targets: Targets) -> Iterator[Row]:
    halves = [(ours.interrupt, theirs.interrupt) for ours, theirs in found]
    yield beside(
        f"start to interrupt over stdio ({era})", halves, targets.peer, targets.interrupt, unit="ms", scale=1000
    )
    halves = [(ours.finish, theirs.finish) for ours, theirs in found]
    yield beside(f"resume to end over stdio ({era})", halves, targets.peer, targets.finish, unit="ms", scale=1000)
    rates = [(ours.rate, theirs.rate) for ours, theirs in found]
    what = f"cycles a second, {AT_ONCE} at once on one connection ({era})"
    yield beside(what, rates, targets.peer, targets.rate, unit="/s", at_least=True)


def by_concurrency(levels: Sequence[int]) -> dict[str, list[float]]:
    """Milliseconds from the beginning of a cycle to its end with so many at once: the server's, and LangGraph's."""
    found: dict[str, list[float]] = {"interrupt-mcp": [], "LangGraph alone": []}
    with both(ERAS[0]) as (one, other):
        of_server(one), of_langgraph(other)
        for level in levels:
            cycles = max(2 * level, 30)

            def ours(cycles: int = cycles, level: int = level) -> float:
                began = time.perf_counter()
                at_once(one, cycles, level)
                return (time.perf_counter() - began) * level / cycles

            def theirs(cycles: int = cycles, level: int = level) -> float:
                other.say([cycles, level])
                took, _ = other.hear()
                return float(took) * level / cycles

            for name, took in zip(found, medians(in_turn(ours, theirs, 3, warm=0)), strict=True):
                found[name].append(took * 1000)
    return found
