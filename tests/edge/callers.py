"""Callers of a shared server: those who made themselves known, and those who did not."""

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import Door
from tests.patience import PATIENCE
from tests.processes import HttpServer, command, connected, ran, surroundings

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}},
}


def token_for(home: Path, environ: Mapping[str, str], name: str, *scopes: str) -> str:
    """A new token of that name, as the command prints it."""
    return operator(home, environ, "create", name, "--scopes", ",".join(scopes)).strip()


def operator(home: Path, environ: Mapping[str, str], *words: str) -> str:
    """What `interrupt-mcp token` prints."""
    done = ran([command(), "token", *words], PATIENCE, surroundings(home, **environ))
    assert done.returncode == 0, done.stderr
    return done.stdout


@asynccontextmanager
async def as_bearer(server: HttpServer, token: str, version: str = "2026-07-28") -> AsyncIterator[Door]:
    """A client that brings the token."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as http,
        connected(streamable_http_client(server.url, http_client=http), version, {}) as door,
    ):
        yield door


def called(tool: str, **arguments: Any) -> dict[str, Any]:
    """A call of a modern client."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
        "progressToken": 1,
    }
    return asked("tools/call", name=tool, arguments=arguments, _meta=meta)


def asked(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def headers_of(token: str | None, message: Any = None, **more: str) -> dict[str, str]:
    """The headers with which such a message is sent."""
    found = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **more}
    # From somewhere else each time, so that no wrong one makes the next one slow.
    found["X-Forwarded-For"] = f"198.51.100.{secrets.randbelow(256)}, 203.0.113.{secrets.randbelow(256)}"
    params = message.get("params", {}) if isinstance(message, dict) else {}
    if "_meta" in params:
        found |= {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": message["method"], "Mcp-Name": params["name"]}
    return found if token is None else {**found, "Authorization": f"Bearer {token}"}


def post(server: HttpServer, message: Any, token: str | None = None, **more: str) -> httpx2.Response:
    """What is answered to a message."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return httpx2.post(server.url, content=body, headers=headers_of(token, message, **more), timeout=PATIENCE)
