"""Raw wires to a server: whatever is sent arrives as it is, and whatever comes back is handed on unread.

They know lines, HTTP and ids of requests, not what messages say.
"""

import json
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import anyio
import anyio.to_thread
import httpx2

from tests.patience import PATIENCE
from tests.processes import command, surroundings

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
Message = dict[str, Any]
Asked = Callable[[Message], Awaitable[Any]]
"""What is answered to a request of the server's, or `None` for nothing."""


class Silent(Exception):
    """No answer came in time."""


class Wire(Protocol):
    """One connection."""

    version: str

    async def ask(self, message: Message, seconds: float) -> Message | None:
        """Send it, and give the answer to it; `None` where the wire itself refused it, which it may."""

    async def tell(self, raw: str) -> None:
        """Send something to which no answer can be told apart."""


class Stdio:
    """A process of its own, and lines."""

    def __init__(self, process: "subprocess.Popen[bytes]", version: str, asked: Asked) -> None:
        self.version = version
        self.process = process
        self._asked = asked
        self._waiting: dict[Any, tuple[anyio.Event, list[Message]]] = {}
        self._writing = anyio.Lock()
        self.strays: list[Message] = []
        """Answers to what has no id, or not one that was waited for."""

    async def ask(self, message: Message, seconds: float) -> Message | None:
        key = json.dumps(message["id"])
        here: tuple[anyio.Event, list[Message]] = (anyio.Event(), [])
        self._waiting[key] = here
        try:
            await self.tell(json.dumps(message))
            with anyio.move_on_after(seconds):
                await here[0].wait()
                return here[1][0]
            raise Silent
        finally:
            self._waiting.pop(key, None)

    async def tell(self, raw: str) -> None:
        line = raw.replace("\n", " ").encode("utf-8", "surrogatepass") + b"\n"
        async with self._writing:
            await anyio.to_thread.run_sync(self._write, line)

    def _write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()

    async def listen(self) -> None:
        """Hand on what comes, until nothing does."""
        assert self.process.stdout is not None
        async with anyio.create_task_group() as tasks:
            while line := await anyio.to_thread.run_sync(self.process.stdout.readline, abandon_on_cancel=True):
                message = json.loads(line)
                if (listened := _listened(message)) is not None:
                    await self.tell(json.dumps(_cancelled(listened)))
                    message = {"id": listened, "result": {}}
                if "method" in message:
                    if "id" in message:
                        tasks.start_soon(self._answer, message)
                elif (here := self._waiting.get(json.dumps(message.get("id")))) is not None:
                    here[1].append(message)
                    here[0].set()
                else:
                    self.strays.append(message)

    async def _answer(self, message: Message) -> None:
        if (answer := await self._asked(message)) is not None:
            await self.tell(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}))


@asynccontextmanager
async def stdio(home: Path, version: str, asked: Asked, **environ: str) -> AsyncIterator[Stdio]:
    with (home / f"stderr-{version}.txt").open("ab") as said:
        process = subprocess.Popen(  # noqa: ASYNC220  it begins at once
            [command(), "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            cwd=home,
            env=surroundings(home, **environ),
        )
    wire = Stdio(process, version, asked)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wire.listen)
            yield wire
            tasks.cancel_scope.cancel()
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
        if await _lasts(process):
            process.kill()
        process.stdout.close()


async def _lasts(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it does not end by itself."""
    with anyio.move_on_after(10, shield=True):
        while process.poll() is None:
            await anyio.sleep(0.02)
    return process.poll() is None


class Http:
    """An address, and a request for each message; with a session, where the revision has one."""

    def __init__(self, url: str, version: str, client: httpx2.AsyncClient, asked: Asked) -> None:
        self.version = version
        self.url = url
        self.session = ""
        self.faults: list[str] = []
        self._client = client
        self._asked = asked

    async def ask(self, message: Message, seconds: float) -> Message | None:
        with anyio.move_on_after(seconds):
            return await self._post(json.dumps(message), self._headers(message), message.get("id"))
        raise Silent

    async def tell(self, raw: str) -> None:
        with anyio.move_on_after(PATIENCE):
            await self._post(raw, self._headers({}), None)
            return
        raise Silent

    async def _post(self, raw: str, headers: dict[str, str], id_: Any) -> Message | None:
        body = raw.encode("utf-8", "surrogatepass")
        async with self._client.stream("POST", self.url, content=body, headers=headers) as answer:
            if answer.status_code >= 500 and answer.status_code != 503:
                self.faults.append(f"HTTP {answer.status_code} to {raw[:2000]}")
            self.session = self.session or answer.headers.get("mcp-session-id", "")
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                text = (await answer.aread()).decode()
                found = json.loads(text) if text.startswith("{") else None
                return found if found and (answer.status_code == 200 or "error" in found) else None
            return await self._followed(answer, id_)

    async def _followed(self, answer: Any, id_: Any) -> Message | None:
        async with anyio.create_task_group() as tasks:
            async for line in answer.aiter_lines():
                if not line.startswith("data:") or not line.removeprefix("data:").strip():
                    continue
                message = json.loads(line.removeprefix("data:"))
                if _listened(message) is not None:
                    message = {"id": id_, "result": {}}
                if "method" not in message and message.get("id") == id_:
                    tasks.cancel_scope.cancel()
                    return message  # type: ignore[no-any-return]
                if "method" in message and "id" in message:
                    tasks.start_soon(self._answer, message)
        return None

    async def _answer(self, message: Message) -> None:
        if (answer := await self._asked(message)) is not None:
            await self.tell(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}))

    def _headers(self, message: Message) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if self.version == LEGACY:
            if self.session:
                headers |= {"Mcp-Session-Id": self.session, "MCP-Protocol-Version": LEGACY}
            return headers
        headers["MCP-Protocol-Version"] = MODERN
        method, params = message.get("method"), message.get("params")
        named = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}.get(str(method))
        name = params.get(named) if isinstance(params, dict) and named else None
        headers |= {header: text for header, text in (("Mcp-Method", method), ("Mcp-Name", name)) if _fits(text)}
        return headers


def _listened(message: Message) -> Any:
    """Which request has a stream from here on, that never ends by itself; `None` for any other message."""
    if message.get("method") != "notifications/subscriptions/acknowledged":
        return None
    return message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"]


def _cancelled(id_: Any) -> Message:
    return {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id_}}


def _fits(text: object) -> bool:
    """Whether a header can be this."""
    return (
        isinstance(text, str) and text.isascii() and text.isprintable() and len(text) < 5_000 and text.strip() == text
    )
