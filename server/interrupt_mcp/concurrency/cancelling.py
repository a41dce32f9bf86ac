"""Cancelling what runs a graph: once, and then waiting until it has ended. It knows nothing of graphs.

A scope of anyio cancels again at every `await`. LangGraph, interrupted while it stops its nodes, would leave them
running: a run that was cancelled would go on to act.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")
SECONDS_TO_STOP = 1.0
"""How long a cancelled graph is waited for; MCP clients kill a server about two seconds after they close its input."""


async def cancelled_once(work: Coroutine[Any, Any, T]) -> T:
    """Wait for the work and return its result; cancel it once where the caller is cancelled, and let it end.

    It gets `SECONDS_TO_STOP` for that.
    """
    task = asyncio.get_running_loop().create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        with anyio.move_on_after(SECONDS_TO_STOP, shield=True):
            await asyncio.wait([task])
        # Read, so that asyncio does not report an error that nobody waits for.
        if task.done() and not task.cancelled():
            task.exception()
        raise
