"""A session of a client that begins with a handshake, whose requests a test sends to whichever replica it likes."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

REVISION = "2025-11-25"
Answering = Callable[[Any], Awaitable[None]]
_ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@dataclass
class Session:
    """One session, with the id that the client was given."""

    http: httpx2.AsyncClient
    urls: Sequence[str]
    token: str
    id: str = ""
    numbers: list[int] = field(default_factory=list)

    def of(self, token: str) -> "Session":
        """The same session as somebody else would use it."""
        return replace(self, token=token)

    def named(self, session_id: str) -> "Session":
        return replace(self, id=session_id)

    async def begin(self, number: int, capabilities: Mapping[str, Any], name: str = "raw") -> None:
        self.id = ""
        info = {"name": name, "version": "1"}
        hello = {"protocolVersion": REVISION, "capabilities": capabilities, "clientInfo": info}
        answer = await self._post(number, self._request("initialize", hello))
        assert answer.status_code == 200, answer.text
        self.id = answer.headers["mcp-session-id"]

    async def ping(self, number: int) -> int:
        return (await self._post(number, self._request("ping", {}))).status_code

    async def end(self, number: int) -> int:
        return (await self.http.delete(self.urls[number], headers=self._headers())).status_code

    async def answer(self, number: int, question: Any, result: Mapping[str, Any]) -> None:
        """Answer a question of the server's."""
        said = await self._post(number, {"jsonrpc": "2.0", "id": question, "result": result})
        assert said.status_code == 202, said.text

    async def call(self, number: int, tool: str, answering: Answering | None = None, **arguments: Any) -> Any:
        """What a tool returns; questions that come on the way are answered by that."""
        request = self._request("tools/call", {"name": tool, "arguments": arguments})
        async with self.http.stream("POST", self.urls[number], json=request, headers=self._headers()) as answer:
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["mcp-session-id"] == self.id
            async for line in answer.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                message = json.loads(line.removeprefix("data: "))
                if message.get("method") == "elicitation/create":
                    assert answering is not None
                    await answering(message)
                elif "result" in message:
                    return message["result"]["structuredContent"]
        raise AssertionError("the stream ended without a result")

    async def _post(self, number: int, message: Any) -> httpx2.Response:
        return await self.http.post(self.urls[number], json=message, headers=self._headers())

    def _request(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.numbers.append(len(self.numbers))
        return {"jsonrpc": "2.0", "id": len(self.numbers), "method": method, "params": params}

    def _headers(self) -> dict[str, str]:
        known = {"Mcp-Session-Id": self.id, "MCP-Protocol-Version": REVISION} if self.id else {}
        return {**_ACCEPT, "Authorization": f"Bearer {self.token}", **known}
