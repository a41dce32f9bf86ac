"""Ids of sessions: one says, sealed, how its client began it and whose it is, so that any process can take it up.

A client that ended its session is remembered for as long as the id would count. It knows no requests.
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interrupt_mcp.secret import hash_of

if TYPE_CHECKING:
    from interrupt_mcp.mcp.sealing import Seal
    from interrupt_mcp.store.port import Sessions

_SECONDS = 30 * 24 * 3600
"""How long a session may last: its client begins a new one then, as the protocol has it."""
_LONGEST_ID = 4096
_LONGEST_WORD = 100
"""Characters that are kept of each thing that a client says of itself."""
_LARGEST = 1000
"""Characters of what a client can do, as JSON; of more only what matters here is kept."""
_MARK = "v1."
"""How what was sealed begins: other ids were made without a seal, and count where they were made."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What a client said when it began."""

    revision: str
    """Of the protocol, which it asked for."""
    name: str
    version: str
    capabilities: Mapping[str, Any]

    def message(self) -> dict[str, Any]:
        """Return it as the client's request."""
        info = {"name": self.name, "version": self.version}
        params = {"protocolVersion": self.revision, "capabilities": self.capabilities, "clientInfo": info}
        return {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}


def hello_in(body: bytes) -> Hello | None:
    """Return what a request that begins a session says, cut to what is kept of it; `None` where it begins none."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("method") != "initialize":
        return None
    params = _object(message.get("params"))
    info = _object(params.get("clientInfo"))
    return Hello(
        revision=_word(params.get("protocolVersion")),
        name=_word(info.get("name")),
        version=_word(info.get("version")),
        capabilities=_bounded(_object(params.get("capabilities"))),
    )


@dataclass(frozen=True, slots=True)
class SessionIds:
    """The ids of the sessions of one project."""

    seal: "Seal"
    sessions: "Callable[[], Awaitable[Sessions]]"
    """Opens the store, where it is kept which of them were ended."""

    async def made(self, hello: Hello, whose: str) -> str:
        """Return a new id.

        Raises:
            Unavailable: the store cannot be used.
        """
        await self.sessions()
        said = [int(time.time()), whose, hello.revision, hello.name, hello.version, hello.capabilities]
        return self.seal.seal(json.dumps(said, separators=(",", ":")).encode())

    async def read(self, session_id: str, whose: str) -> Hello | None:
        """Return how a session began; `None` where there is none of that id that is theirs, or it is too old.

        Raises:
            Unavailable: the store cannot be used.
        """
        await self.sessions()
        opened = self.seal.opened(session_id)
        if opened is None:
            return None
        # A later version may say more.
        began, owner, revision, name, version, capabilities, *_ = json.loads(opened)
        if owner != whose or time.time() - began >= _SECONDS:
            return None
        return Hello(revision, name, version, capabilities)

    async def ended(self, session_id: str) -> bool:
        """Whether its client ended the session, at whichever process.

        Raises:
            Unavailable: the store cannot be used.
        """
        return await (await self.sessions()).ended_by_client(hash_of(session_id))

    async def end(self, session_id: str) -> None:
        """Have all processes know that its client ended the session.

        Raises:
            Unavailable: the store cannot be used.
        """
        await (await self.sessions()).end_of_client(hash_of(session_id), _SECONDS)


def is_sealed(session_id: str) -> bool:
    """Whether it may be an id that any process can read."""
    return session_id.startswith(_MARK) and len(session_id) <= _LONGEST_ID


def _object(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def _word(said: Any) -> str:
    return said[:_LONGEST_WORD] if isinstance(said, str) else ""


def _bounded(capabilities: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a client can do; where that is long, only which forms it shows."""
    if len(json.dumps(capabilities)) <= _LARGEST:
        return capabilities
    forms = _object(capabilities.get("elicitation"))
    shown: dict[str, Any] = {each: {} for each in ("form", "url") if each in forms}
    return {"elicitation": shown} if "elicitation" in capabilities else {}
