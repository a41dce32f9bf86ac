"""Requests as somebody sends them who may bring a token, in either era, and what is answered: status and text."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.patience import PATIENCE
from tests.processes import HttpServer

MODERN = "2026-07-28"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
SHOWS_FORMS: dict[str, Any] = {"elicitation": {"form": {}}}
_CLIENT = {"name": "raw", "version": "1"}


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What a client is told: of a tool, of an error of the protocol, or of the server itself."""
        if "error" in self.body:
            return str(self.body["error"]["message"])
        result = self.body.get("result", {})
        content = result.get("content", [])
        return str(content[0]["text"]) if content else json.dumps(result)

    @property
    def failed(self) -> bool:
        return "error" in self.body or bool(self.result.get("isError"))

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body.get("result", {})
        return found

    @property
    def value(self) -> dict[str, Any]:
        """The structured result of a tool."""
        assert self.status == 200, self
        assert not self.failed, self.text
        found: dict[str, Any] = self.result["structuredContent"]
        return found

    def word(self) -> str:
        """How the request came off: `served`, an error's code, or a status."""
        if self.status != 200:
            return str(self.status)
        if not self.failed:
            return "served"
        found = re.match(r"([a-z_]+): ", self.text)
        return found[1] if found else "error"


@dataclass
class Caller:
    """Somebody with one token, or none."""

    url: str
    http: httpx2.Client
    token: str | None
    version: str = MODERN
    capabilities: dict[str, Any] = field(default_factory=dict)
    session: str = ""
    begun: bool = False

    def ask(self, method: str, **params: Any) -> Answer:
        """Make a request, and read its answer to the end."""
        if self.version == MODERN:
            meta = {
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientInfo": _CLIENT,
                "io.modelcontextprotocol/clientCapabilities": self.capabilities,
            }
            params = {**params, "_meta": meta}
        elif not self.begun:
            self.session, self.begun = self._begun(), True
        answer = self.http.post(
            self.url,
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
            headers=self._headers(method, params),
        )
        return _read(answer)

    def call(self, tool: str, **arguments: Any) -> Answer:
        return self.ask("tools/call", name=tool, arguments=arguments)

    def read(self, uri: str) -> Answer:
        return self.ask("resources/read", uri=uri)

    @contextmanager
    def streaming(self, method: str, **params: Any) -> Iterator[httpx2.Response]:
        """Make a request whose answer goes on."""
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": _CLIENT,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        params = {**params, "_meta": meta}
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        with self.http.stream("POST", self.url, json=message, headers=self._headers(method, params)) as answer:
            yield answer

    def _begun(self) -> str:
        params = {"protocolVersion": self.version, "capabilities": self.capabilities, "clientInfo": _CLIENT}
        message = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}
        answer = self.http.post(self.url, json=message, headers=self._headers("initialize", {}))
        session = answer.headers.get("mcp-session-id", "")
        if session:
            headers = {**self._headers("", {}), "mcp-session-id": session}
            self.http.post(self.url, json={"jsonrpc": "2.0", "method": "notifications/initialized"}, headers=headers)
        return str(session)

    def _headers(self, method: str, params: dict[str, Any]) -> dict[str, str]:
        found = {"Accept": "application/json, text/event-stream"}
        # From somewhere else each time, so that no wrong token makes the next one slow.
        found["X-Forwarded-For"] = f"{secrets.randbelow(200) + 20}.{secrets.randbelow(256)}.{secrets.randbelow(256)}.1"
        if self.token is not None:
            found["Authorization"] = f"Bearer {self.token}"
        if method != "initialize":
            found["MCP-Protocol-Version"] = self.version
        if self.version == MODERN:
            found["Mcp-Method"] = method
            if method in _NAMED:
                found["Mcp-Name"] = params[_NAMED[method]]
        if self.session:
            found["mcp-session-id"] = self.session
        return found


def _read(answer: httpx2.Response) -> Answer:
    text = answer.text
    if answer.headers.get("content-type", "").startswith("text/event-stream"):
        lines = [line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")]
        messages = [json.loads(line) for line in lines if line.strip()]
        text = json.dumps(next((each for each in messages if each.get("id") == 1 and "method" not in each), {}))
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        body = {"error": {"message": text}}
    return Answer(answer.status_code, body)


@contextmanager
def calling(server: HttpServer, token: str | None, version: str = MODERN, **capabilities: Any) -> Iterator[Caller]:
    """Somebody who calls the server."""
    with httpx2.Client(timeout=PATIENCE) as http:
        yield Caller(server.url, http, token, version, capabilities)
