"""Agents that context managers make, which write down in the journal when they are entered and left."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

import anyio
import anyio.lowlevel

from tests.agents import journal
from tests.agents.agents.shouting import builder, graph


@asynccontextmanager
async def with_tasks() -> AsyncIterator[Any]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(anyio.sleep_forever)
        journal.lines.append("entered")
        yield builder
        await anyio.lowlevel.checkpoint()
        journal.lines.append("left")
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def with_trouble() -> AsyncIterator[Any]:
    async with anyio.create_task_group() as tasks:

        async def fail() -> None:
            await journal.trouble.wait()
            journal.trouble = anyio.Event()
            raise ValueError("the connection is gone")

        tasks.start_soon(fail)
        yield graph
        tasks.cancel_scope.cancel()


@contextmanager
def plain() -> Iterator[Any]:
    journal.lines.append("entered")
    yield graph
    journal.lines.append("left")


async def later() -> AbstractAsyncContextManager[Any]:
    return with_tasks()


@asynccontextmanager
async def of_no_graph() -> AsyncIterator[Any]:
    try:
        yield 4
    finally:
        journal.lines.append("left")


@asynccontextmanager
async def that_fails() -> AsyncIterator[Any]:
    async with anyio.create_task_group():
        raise ValueError("no such host")
        yield


@asynccontextmanager
async def that_fails_in_the_end() -> AsyncIterator[Any]:
    yield graph
    raise ValueError("already closed")


@asynccontextmanager
async def without_end() -> AsyncIterator[Any]:
    yield graph
    await anyio.sleep_forever()
