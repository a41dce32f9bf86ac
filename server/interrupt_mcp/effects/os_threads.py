"""Threads that are started in a drive without its context: they are marked, to tell where their calls come from.

Neither `ThreadPoolExecutor.submit`, on which `map` and the event loop's `run_in_executor` rest, nor `Thread.start`
hands the context on. A tool that a person must be asked about is refused there, and nothing else is.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.thread import _worker
from functools import wraps
from typing import TYPE_CHECKING, Any

from interrupt_mcp.effects.active_gate import started_in, starting_gate
from interrupt_mcp.effects.replaced import is_replaced, replace_method

if TYPE_CHECKING:
    from interrupt_mcp.effects.gate import Gate


class _Marked:
    """A function that runs marked as started in a drive."""

    def __init__(self, gate: "Gate", function: Callable[..., Any]) -> None:
        self._gate = gate
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with started_in(self._gate):
            return self._function(*args, **kwargs)


def install() -> None:
    """Have threads marked that drives start. Calling it again changes nothing."""
    if is_replaced(ThreadPoolExecutor.submit):
        return
    submit: Any = ThreadPoolExecutor.submit
    start = threading.Thread.start

    @wraps(submit)
    def marking_submit(self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        gate = starting_gate()
        return submit(self, fn if gate is None else _Marked(gate, fn), *args, **kwargs)

    @wraps(start)
    def marking_start(self: threading.Thread) -> None:
        # A pool's worker serves others too; what it is given is marked one by one.
        if (gate := starting_gate()) is not None and getattr(self, "_target", None) is not _worker:
            self.run = _Marked(gate, self.run)  # type: ignore[method-assign]
        start(self)

    replace_method(ThreadPoolExecutor, "submit", marking_submit)
    replace_method(threading.Thread, "start", marking_start)
