"""Seals: request state, and ids of sessions, count after a restart, and in another process of the same store.

The key is looked up when the first state is sealed or opened: a server that was only started has no store yet.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState, RequestStateSecurity

from interrupt_mcp.config import Settings
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.mcp.caller import Callers

_YEAR = 365 * 24 * 3600.0
"""Seconds for which an answer counts. People take their time, and what is no longer asked cannot be decided anyhow."""


class Seal:
    """The library's own seal, with keys that are looked up when they are first needed."""

    def __init__(self, ring: Callable[[], tuple[Sequence[str], bool]]) -> None:
        """`ring` returns the keys, of which the first seals and all open, and whether these are all.

        Where they are not, it is asked again the next time.
        """
        self._ring = ring
        self._codec: AESGCMRequestStateCodec | None = None

    def seal(self, payload: bytes) -> str:
        """Return the payload so that nobody else can read or change it.

        Raises:
            Unavailable: the keys cannot be looked up.
        """
        return self._keyed().seal(payload)

    def unseal(self, token: str) -> bytes:
        """Return what was sealed.

        Raises:
            InvalidRequestState: none of the keys opens it, or they cannot be looked up.
        """
        try:
            return self._keyed().unseal(token)
        except Unavailable as error:
            raise InvalidRequestState(str(error)) from error

    def opened(self, token: str) -> bytes | None:
        """Return what was sealed; `None` where none of the keys opens it.

        Raises:
            Unavailable: the keys cannot be looked up.
        """
        codec = self._keyed()
        try:
            return codec.unseal(token)
        except InvalidRequestState:
            return None

    def _keyed(self) -> AESGCMRequestStateCodec:
        """Return the library's codec with our keys.

        Raises:
            Unavailable: they cannot be looked up.
        """
        if self._codec is not None:
            return self._codec
        secrets, complete = self._ring()
        codec = AESGCMRequestStateCodec([secret.encode("utf-8", "surrogateescape") for secret in secrets])
        if complete:
            self._codec = codec
        return codec


def sealing(settings: Settings, callers: Callers) -> RequestStateSecurity:
    """Return how this project's request state is sealed: it counts nowhere else, and from nobody else."""
    return RequestStateSecurity(
        codec=Seal(partial(_ring, settings)),
        ttl=_YEAR,
        audience=f"interrupt-mcp/{settings.project}",
        bind_principal=callers.bound,
    )


def session_seal(settings: Settings) -> Seal:
    """Return how ids of this project's sessions are sealed: what is sealed otherwise, or elsewhere, passes for none."""
    return Seal(partial(_ring_of_sessions, settings))


def _ring_of_sessions(settings: Settings) -> tuple[Sequence[str], bool]:
    secrets, complete = _ring(settings)
    named = [f"session\n{settings.project}\n{secret}".encode("utf-8", "surrogateescape") for secret in secrets]
    return [hashlib.sha256(each).hexdigest() for each in named], complete


def _ring(settings: Settings) -> tuple[Sequence[str], bool]:
    """Return the secrets that may have sealed something, the one that seals now first, and whether these are all.

    Where the settings give none, the store's own seals. Where they give some, the store's own still opens what was
    asked before. Where that is not made yet, these are not all: a process without settings may make it at any time.
    """
    from interrupt_mcp.store.opening import kept_secret, secret_of

    if not settings.secrets:
        return [secret_of(settings.database)], True
    try:
        kept = kept_secret(settings.database)
    except Unavailable:
        kept = None
    return list(dict.fromkeys([*settings.secrets, *([kept] if kept else [])])), kept is not None
