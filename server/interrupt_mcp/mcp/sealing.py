"""Request state, sealed so that an answer counts after a restart and in another process of the same store.

The key is looked up when the first state is sealed or opened: a server that was only started has no store yet.
"""

from collections.abc import Callable, Sequence
from functools import partial

from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState, RequestStateSecurity

from interrupt_mcp.config import Settings
from interrupt_mcp.errors import Unavailable

_YEAR = 365 * 24 * 3600.0
"""People take their time. What is asked no longer cannot be decided by an old answer anyhow."""


class Seal:
    """The library's own seal, with keys that are looked up when they are first needed: the first seals, all open.

    A look-up that could not tell all keys yet says so, and is made again for the next.
    """

    def __init__(self, ring: Callable[[], tuple[Sequence[str], bool]]) -> None:
        self._ring = ring
        self._codec: AESGCMRequestStateCodec | None = None

    def seal(self, payload: bytes) -> str:
        """Return the payload so that nobody else can read or change it."""
        return self._opened().seal(payload)

    def unseal(self, token: str) -> bytes:
        """Return what was sealed.

        Raises:
            InvalidRequestState: none of the keys opens it, or they cannot be looked up.
        """
        try:
            return self._opened().unseal(token)
        except Unavailable as error:
            raise InvalidRequestState(str(error)) from error

    def _opened(self) -> AESGCMRequestStateCodec:
        if self._codec is not None:
            return self._codec
        secrets, complete = self._ring()
        codec = AESGCMRequestStateCodec([secret.encode("utf-8", "surrogateescape") for secret in secrets])
        if complete:
            self._codec = codec
        return codec


def sealing(settings: Settings) -> RequestStateSecurity:
    """Return how this project's state is sealed: no other project's servers open it."""
    return RequestStateSecurity(
        codec=Seal(partial(_ring, settings)), ttl=_YEAR, audience=f"interrupt-mcp/{settings.project}"
    )


def _ring(settings: Settings) -> tuple[Sequence[str], bool]:
    """Return the secrets that may have sealed something, the sealing one first, and whether these are all.

    The store's own sealed what was asked before any was given, and where none is given it still seals. A process that
    was given none may make it at any time.
    """
    from interrupt_mcp.store.opening import kept_secret, secret_of

    if not settings.secrets:
        return [secret_of(settings.database_path)], True
    try:
        kept = kept_secret(settings.database_path)
    except Unavailable:
        kept = None
    return list(dict.fromkeys([*settings.secrets, *([kept] if kept else [])])), kept is not None
