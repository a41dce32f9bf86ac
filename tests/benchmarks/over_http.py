"""A client over HTTP that costs little, so that it takes none of the cores from what is measured: plain POSTs of JSON.

It knows 2026-07-28, whose requests are each on their own, and nothing of schemas.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks.processes import ERAS, META

_REVISION = f"MCP-Protocol-Version: {ERAS[0]}\r\nMcp-Method: tools/call\r\n"
_DATA = b"data: {"
_LONGEST = 1 << 20
"""Bytes of a line."""


class Connection:
    """One connection to one server, which stays open from one request to the next."""

    def __init__(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)

    async def call(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The structured result of a tool of an MCP server's."""
        params = {"name": tool, "arguments": arguments, "_meta": META}
        message = {"jsonrpc": "2.0", "id": next(self._numbers), "method": "tools/call", "params": params}
        answer = await self.post("/mcp", message, f"{_REVISION}Mcp-Name: {tool}\r\n")
        # As an event of a stream, behind others of the same request.
        told = answer[answer.rfind(_DATA) + len(_DATA) - 1 :] if answer[:1] != b"{" else answer
        result = json.loads(told.partition(b"\n")[0])["result"]
        assert not result.get("isError"), result
        found: dict[str, Any] = result["structuredContent"]
        return found

    async def post(self, path: str, body: Any, headers: str = "") -> bytes:
        """What the server answers."""
        sent = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Accept: application/json, text/event-stream\r\nContent-Length: {len(sent)}\r\n{headers}\r\n"
        )
        self._writer.write(head.encode() + sent)
        status, found = await self._head()
        answer = await self._body(found)
        assert status in (200, 201), (status, answer)
        return answer

    async def _head(self) -> tuple[int, Mapping[str, str]]:
        first, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        named = (line.partition(": ") for line in lines if line)
        return int(first.split()[1]), {name.lower(): value for name, _, value in named}

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        if "content-length" in headers:
            return await self._reader.readexactly(int(headers["content-length"]))
        assert headers["transfer-encoding"] == "chunked", headers
        parts = []
        while size := int(await self._reader.readline(), 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)


@asynccontextmanager
async def connected(base: str) -> AsyncIterator[Connection]:
    """A connection to the server at that address."""
    parts = urlsplit(base)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=_LONGEST)
    try:
        yield Connection(parts.netloc, reader, writer)
    finally:
        writer.close()
