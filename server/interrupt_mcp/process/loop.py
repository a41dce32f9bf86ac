"""The event loop of a server, and how often it collects garbage."""

import gc
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVarTuple

import anyio

Ts = TypeVarTuple("Ts")
# Much of what a small run costs is the loop itself: a run takes a tenth less on libuv's than on Python's own.
_UVLOOP = sys.platform != "win32" and sys.implementation.name == "cpython"
_ALLOCATIONS = 2000, 20, 20
"""Python's thresholds for a collection. One of all objects stops everything: for half a second where a thousand runs go
on. By default it would come every two seconds then; with these, once in some hundred runs."""


def run(main: Callable[[*Ts], Awaitable[None]], *arguments: *Ts) -> None:
    """Run `main` until it returns."""
    gc.set_threshold(*_ALLOCATIONS)
    anyio.run(main, *arguments, backend_options={"use_uvloop": _UVLOOP})
