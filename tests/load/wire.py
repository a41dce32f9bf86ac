"""A client as light as it can be, of either protocol era: one HTTP connection pool, and tool calls as plain POSTs."""

import itertools
import json
import ssl
import time
from collections import defaultdict
from typing import Any

import httpx2

_JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
_MODERN, _LEGACY = "2026-07-28", "2025-11-25"
_INFO = {"name": "load", "version": "1"}
_META = {
    "io.modelcontextprotocol/protocolVersion": _MODERN,
    "io.modelcontextprotocol/clientInfo": _INFO,
    "io.modelcontextprotocol/clientCapabilities": {},
}
_IDLE_SECONDS = 2.0
"""A server closes a connection after five idle seconds, maybe just when the next call is written to it."""
_PATIENCE = 60.0
_PLAIN = ssl.create_default_context()


class Refused(Exception):
    """The tool answered with an error."""

    @property
    def code(self) -> str:
        return str(self).partition(":")[0]


class Full(Exception):
    """The server answered 503."""

    def __init__(self, retry_after: str) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


Latencies = defaultdict[str, list[float]]
"""Seconds of each call that was answered, by what it was."""


class Caller:
    """One HTTP client."""

    def __init__(self, url: str, latencies: Latencies, *, modern: bool) -> None:
        limits = httpx2.Limits(max_connections=None, keepalive_expiry=_IDLE_SECONDS)
        self._http = httpx2.AsyncClient(timeout=_PATIENCE, verify=_PLAIN, limits=limits, trust_env=False)
        self._url = url
        self._latencies = latencies
        self._modern = modern
        self._session = ""
        self._ids = itertools.count(1)

    async def __aenter__(self) -> "Caller":
        if not self._modern:
            params = {"protocolVersion": _LEGACY, "capabilities": {}, "clientInfo": _INFO}
            response = await self._post({"id": next(self._ids), "method": "initialize", "params": params})
            self._session = response.headers["mcp-session-id"]
            await self._post({"method": "notifications/initialized"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The tool's structured result. A call that waits for the run is another one than one that does not.

        Raises:
            Refused, Full
        """
        began = time.monotonic()
        params: dict[str, Any] = {"name": tool, "arguments": arguments}
        if self._modern:
            params["_meta"] = _META
        response = await self._post({"id": next(self._ids), "method": "tools/call", "params": params}, tool)
        result = _message(response)["result"]
        refused = result.get("isError", False)
        what = f"{tool}, refused" if refused else f"{tool}, waiting" if arguments.get("wait_seconds") else tool
        self._latencies[what].append(time.monotonic() - began)
        if refused:
            raise Refused(result["content"][0]["text"])
        body: dict[str, Any] = result["structuredContent"]
        return body

    async def _post(self, message: dict[str, Any], name: str = "") -> httpx2.Response:
        headers = {**_JSON, "MCP-Protocol-Version": _MODERN if self._modern else _LEGACY}
        if self._modern:
            headers |= {"Mcp-Method": message["method"], "Mcp-Name": name}
        elif self._session:
            headers["Mcp-Session-Id"] = self._session
        content = json.dumps({"jsonrpc": "2.0", **message})
        response = await self._http.post(self._url, content=content, headers=headers)
        if response.status_code == 503:
            raise Full(response.headers.get("retry-after", ""))
        response.raise_for_status()
        return response


def _message(response: httpx2.Response) -> dict[str, Any]:
    """The answer, which is the last thing on a stream of events."""
    text = response.text
    if response.headers["content-type"].startswith("text/event-stream"):
        text = [line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")][-1]
    message: dict[str, Any] = json.loads(text)
    return message
