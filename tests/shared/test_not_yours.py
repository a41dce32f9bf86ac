"""What is another's takes no longer to be unknown, and no less long, than what never was."""

from collections.abc import Callable
from statistics import median, quantiles
from time import perf_counter

import pytest

from tests.shared.asking import Caller, calling
from tests.shared.columns import NEVER, Subject, owner, started
from tests.shared.served import D, L, R, Shared

Ask = Callable[[Caller, Subject], object]
CALLS = 40
"""Of each kind, one after the other by turns."""
TRIES = 5
ASKS: dict[str, Ask] = {
    "get_run": lambda caller, of: caller.call("get_run", run_id=of.run),
    "get_thread": lambda caller, of: caller.call("get_thread", thread_id=of.thread),
    "resume_run": lambda caller, of: caller.call("resume_run", run_id=of.run, decisions=[{"type": "accept"}]),
    "fork_thread": lambda caller, of: caller.call("fork_thread", thread_id=of.thread),
    "cancel_run": lambda caller, of: caller.call("cancel_run", run_id=of.run),
}


@pytest.mark.parametrize("name", list(ASKS))
def test_the_times_of_both_overlap(at: Shared, name: str) -> None:
    with owner(at) as caller, calling(at.server, at.token("other", R, L, D)) as other:
        theirs = started(caller, "four", f"timed-{name}")
        try:
            # A machine that is busy with something else spoils some of the tries; a difference would be in all.
            assert any(_overlap(*_times(ASKS[name], other, theirs)) for _ in range(TRIES))
        finally:
            caller.call("cancel_run", run_id=theirs.run)


def _times(
    ask: Callable[[Caller, Subject], object], caller: Caller, theirs: Subject
) -> tuple[list[float], list[float]]:
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(CALLS):
        for subject, times in zip((theirs, NEVER), found, strict=True):
            began = perf_counter()
            ask(caller, subject)
            times.append(perf_counter() - began)
    return found


def _overlap(one: list[float], other: list[float]) -> bool:
    return _is_within(median(one), other) and _is_within(median(other), one)


def _is_within(time: float, times: list[float]) -> bool:
    tenths = quantiles(times, n=10)
    return tenths[0] <= time <= tenths[-1]
