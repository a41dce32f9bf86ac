"""Futures that another thread resolves, waited for on the event loop.

Whoever waits may be cancelled; the future is not, since what it stands for is on its way. It knows nothing of threads.
"""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def result_of(future: Future[T]) -> T:
    """Wait for the future and return its result, or raise its error."""
    return await asyncio.shield(_on_loop(future))


async def end_of(future: Future[T]) -> None:
    """Wait until the future has a result or an error, without raising that."""
    await asyncio.wait([_on_loop(future)])


def _on_loop(future: Future[T]) -> asyncio.Future[T]:
    answer = asyncio.wrap_future(future)
    # Otherwise asyncio reports the error of a future that nobody waits for any more.
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    return answer
