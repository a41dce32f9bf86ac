"""Futures that another thread resolves, waited for on the event loop.

Whoever waits may be cancelled; the future is not, since what it stands for is on its way. It knows nothing of threads.
"""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def result_of(future: Future[T]) -> T:
    """Wait for the future and return its result, or raise its error."""
    await end_of(future)
    return future.result()


async def end_of(future: Future[T]) -> None:
    """Wait until the future has a result or an error, without raising that."""
    if future.done():
        return
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def wake(_: Future[T]) -> None:
        # Whoever waited may be gone by then, and so may the loop.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, ended)

    future.add_done_callback(wake)
    await ended


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
