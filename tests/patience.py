"""How long tests wait: generously, since machines are slow and busy, and no longer than until it is there."""

from collections.abc import Callable
from typing import Any

import anyio

PATIENCE = 60.0
"""Seconds that anything may take on a busy machine."""


async def until(true: Callable[[], Any]) -> None:
    """Wait until it is true."""
    with anyio.fail_after(PATIENCE):
        while not true():
            await anyio.sleep(0.01)
