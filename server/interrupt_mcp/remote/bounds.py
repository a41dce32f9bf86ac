"""Bounds: how much a server elsewhere may answer at once. It does not know what it answers."""

from collections.abc import AsyncIterator
from typing import cast

import httpx

from interrupt_mcp.remote.faults import RemoteFault

LARGEST = 16 * 1024 * 1024
"""Bytes of an answer, or of one event of a stream."""
_EVENT_ENDS = (b"\n\n", b"\r\n\r\n", b"\r\r")


class Bounded(httpx.AsyncByteStream):
    """The bytes of an answer, until there are too many."""

    def __init__(self, response: httpx.Response, where: str) -> None:
        self._stream = cast("httpx.AsyncByteStream", response.stream)
        self._ends = _EVENT_ENDS if "text/event-stream" in response.headers.get("content-type", "") else ()
        self._where = where

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, last = 0, b""
        async for chunk in self._stream:
            near = last + chunk
            begins = max((near.rfind(each) + len(each) for each in self._ends if each in near), default=0)
            size = len(near) - begins if begins else size + len(chunk)
            if size > LARGEST:
                raise RemoteFault(f"{self._where} answers with more than {LARGEST:,} bytes at once")
            last = near[-3:]
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
