"""Threads that are begun in a drive without its context: they are marked, to tell a lost call from a free one.

Neither `ThreadPoolExecutor.submit`, on which `map` and the event loop's `run_in_executor` rest, nor `Thread.start`
hands the context on. A tool that a person must be asked about is refused there, and nothing else is.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.thread import _worker
from functools import wraps
from typing import TYPE_CHECKING, Any

from interrupt_mcp.effects import finding

if TYPE_CHECKING:
    from interrupt_mcp.effects.gate import Gate

_MARK = "_interrupt_mcp_original"


class _Marked:
    """A function that runs as begun in a drive."""

    def __init__(self, gate: "Gate", function: Callable[..., Any]) -> None:
        self._gate = gate
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with finding.begun_in(self._gate):
            return self._function(*args, **kwargs)


def install() -> None:
    """Have threads marked that drives begin. Calling it again changes nothing."""
    if hasattr(ThreadPoolExecutor.submit, _MARK):
        return
    submit: Any = ThreadPoolExecutor.submit
    start = threading.Thread.start

    @wraps(submit)
    def marking_submit(self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        gate = finding.beginner()
        return submit(self, fn if gate is None else _Marked(gate, fn), *args, **kwargs)

    @wraps(start)
    def marking_start(self: threading.Thread) -> None:
        # A pool's worker serves others too; what it is given is marked one by one.
        if (gate := finding.beginner()) is not None and getattr(self, "_target", None) is not _worker:
            self.run = _Marked(gate, self.run)  # type: ignore[method-assign]
        start(self)

    setattr(marking_submit, _MARK, submit)
    setattr(marking_start, _MARK, start)
    ThreadPoolExecutor.submit = marking_submit  # type: ignore[assignment,method-assign]
    threading.Thread.start = marking_start  # type: ignore[method-assign]
