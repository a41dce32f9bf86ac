"""The event loop of a server, and when its memory is searched for what only points at itself."""

import gc
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVarTuple

import anyio

Ts = TypeVarTuple("Ts")
# Of what a small run costs, much is the loop itself: on libuv's it takes a tenth less than on Python's own.
_UVLOOP = sys.platform != "win32" and sys.implementation.name == "cpython"
_ALLOCATIONS = 2000, 20, 20
"""A search of everything stops all that goes on: for half a second, where a thousand runs do. By default it would come
every two seconds then; with these, once in some hundred runs."""


def run(main: Callable[[*Ts], Awaitable[None]], *arguments: *Ts) -> None:
    """Run `main` until it returns."""
    gc.set_threshold(*_ALLOCATIONS)
    anyio.run(main, *arguments, backend_options={"use_uvloop": _UVLOOP})
