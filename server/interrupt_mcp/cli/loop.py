"""The event loop of a server: libuv's where there is one, since much of what a small run costs is the loop itself."""

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVarTuple

import anyio

Ts = TypeVarTuple("Ts")
_UVLOOP = sys.platform != "win32" and sys.implementation.name == "cpython"


def run(main: Callable[[*Ts], Awaitable[None]], *arguments: *Ts) -> None:
    """Run `main` until it returns."""
    anyio.run(main, *arguments, backend_options={"use_uvloop": _UVLOOP})
