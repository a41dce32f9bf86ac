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
    """The work's result; where the caller is cancelled, the work is too, once, and gets some time to end."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        with anyio.move_on_after(SECONDS_TO_STOP, shield=True):
            await asyncio.wait([task])
        if task.done() and not task.cancelled():
            task.exception()
        raise
