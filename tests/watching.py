"""Clients that watch resources, each in the way of its version of the protocol."""

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
from mcp.shared.exceptions import MCPDeprecationWarning
from mcp_types import ResourceUpdatedNotification

from tests.conftest import Door
from tests.patience import PATIENCE

Watching = Callable[[], Awaitable[str]]


@asynccontextmanager
async def watching(
    opened: Callable[..., AbstractAsyncContextManager[Door]], *uris: str
) -> AsyncIterator[tuple[Door, Watching]]:
    """A client that watches, and the next resource that it is told of; `opened` makes the client, with its options."""
    send, receive = anyio.create_memory_object_stream[str](1000)

    async def told(message: Any) -> None:
        if isinstance(message, ResourceUpdatedNotification):
            send.send_nowait(message.params.uri)

    async def following() -> str:
        with anyio.fail_after(PATIENCE):
            return await receive.receive()

    async with opened(message_handler=told) as door:
        if (door.client.protocol_version or "") < "2026-07-28":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", MCPDeprecationWarning)
                for uri in uris:
                    await door.client.subscribe_resource(uri)
            yield door, following
        else:
            async with (
                door.client.listen(resource_subscriptions=list(uris)) as events,
                anyio.create_task_group() as tasks,
            ):

                async def follow() -> None:
                    async for event in events:
                        send.send_nowait(event.uri)  # type: ignore[union-attr]

                tasks.start_soon(follow)
                yield door, following
                tasks.cancel_scope.cancel()
    send.close()
    receive.close()


async def until(following: Watching, *uris: str) -> None:
    """Wait until each of them was told."""
    missing = set(uris)
    while missing:
        missing -= {await following()}
