"""Requests as they are on the wire, over sockets that a test can leave open or cut."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from tests.patience import PATIENCE
from tests.processes import HttpServer


def call_of(tool: str, **arguments: Any) -> bytes:
    """A whole request of a modern client, to be sent over a socket."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
        "progressToken": 1,
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
    head = (
        "POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n"
        f"Mcp-Method: tools/call\r\nMcp-Name: {tool}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def sent(server: HttpServer, request: bytes) -> Iterator[socket.socket]:
    """A connection on which the request was sent, and which is cut at the end of the block."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as connection:
        connection.sendall(request.replace(b"{host}", f"127.0.0.1:{server.port}".encode()))
        yield connection


def read_until(connection: socket.socket, words: bytes) -> None:
    read = b""
    while words not in read:
        more = connection.recv(4096)
        assert more, read
        read += more
