"""A place: the Agent Server at which an agent runs, and under which name. It asks that server nothing."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from interrupt_mcp.remote.faults import RemoteFault

FENCED = "__interrupt_mcp_fenced"
"""Key in the configuration of a graph: what returns once it is certain that no other process has the run."""
_THREADS = uuid.UUID("6c1f1f0e-3c52-4a53-9e0b-0d5a2f0c9a51")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Place:
    """As an entry of `langgraph.json` names it."""

    url: str
    graph_id: str
    """The name of the graph there."""
    api_key_env: str = ""
    """The variable that has the key; none where the server takes whoever comes."""
    project: str = ""
    """Whose threads are there."""

    @property
    def origin(self) -> str:
        """The server as it is told to people: `SCHEME://HOST:PORT`."""
        return origin_of(self.url)

    @property
    def named(self) -> str:
        """The server as the beginning of a sentence."""
        return f"The Agent Server {self.origin}"

    @property
    def note(self) -> str:
        """What whoever looks at its runs should know."""
        return (
            f"It runs at the Agent Server {self.origin}. What it asks is decided here, once; but no gate is there, so"
            " what its tools do unasked is neither held nor recorded here."
        )

    @property
    def is_open(self) -> bool:
        """Whether the key goes through a network in the clear."""
        parts = urlsplit(self.url)
        return bool(self.api_key_env) and parts.scheme == "http" and parts.hostname not in _LOOPBACK

    def key(self, environ: Mapping[str, str] = os.environ) -> str:
        """Return the key, empty where none is named.

        Raises:
            RemoteFault: the variable is not set, or what it has is no key.
        """
        if not self.api_key_env:
            return ""
        key = environ.get(self.api_key_env, "").strip()
        if not key:
            raise RemoteFault(
                f"{self.api_key_env}, which `api_key_env` names for {self.origin}, is not set: set it in the server's"
                " environment, or in `env` of langgraph.json"
            )
        if not (key.isascii() and key.isprintable()):
            raise RemoteFault(f"{self.api_key_env} has characters that no key for {self.origin} has")
        return key

    def thread_of(self, thread_id: str) -> str:
        """Return the id there of a thread here: the server wants UUIDs."""
        return str(uuid.uuid5(_THREADS, f"{self.project}\n{thread_id}"))

    def without_key(self, text: str) -> str:
        """Return a text of the server's without the key, whatever its variable is called."""
        key = os.environ.get(self.api_key_env, "").strip() if self.api_key_env else ""
        return text.replace(key, "***") if key else text


def fault_of(url: object) -> str | None:
    """Return what is wrong with the address of a server, as the end of a sentence; `None` where nothing is."""
    if not isinstance(url, str):
        return "must be the address of an Agent Server, like http://127.0.0.1:2024"
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        named = False
    if not named or any(character.isspace() or not character.isprintable() for character in url):
        return "must be the address of an Agent Server, like http://127.0.0.1:2024"
    if parts.username is not None or parts.password is not None:
        return "has a name or a password in it; name the variable that has the key as `api_key_env`"
    if parts.query or parts.fragment:
        return "must end before `?` and `#`"
    return None


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address: what comes after may hold secrets."""
    try:
        parts: SplitResult = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "an address that cannot be read"
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}")
