"""Request state, sealed so that an answer counts after a restart and in another process of the same store.

The key is looked up when the first state is sealed or opened: a server that was only started has no store yet.
"""

from collections.abc import Callable
from functools import partial

from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState, RequestStateSecurity

from interrupt_mcp.config import Settings
from interrupt_mcp.errors import Unavailable

_YEAR = 365 * 24 * 3600.0
"""People take their time. What is asked no longer cannot be decided by an old answer anyhow."""


class Seal:
    """The library's own seal, with a key that is looked up when it is first needed."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret
        self._codec: AESGCMRequestStateCodec | None = None

    def seal(self, payload: bytes) -> str:
        return self._opened().seal(payload)

    def unseal(self, token: str) -> bytes:
        try:
            return self._opened().unseal(token)
        except Unavailable as error:
            raise InvalidRequestState(str(error)) from error

    def _opened(self) -> AESGCMRequestStateCodec:
        if self._codec is None:
            self._codec = AESGCMRequestStateCodec([self._secret()])
        return self._codec


def sealing(settings: Settings) -> RequestStateSecurity:
    """How this project's state is sealed: no other project's servers open it."""
    return RequestStateSecurity(
        codec=Seal(partial(_secret, settings)), ttl=_YEAR, audience=f"interrupt-mcp/{settings.project}"
    )


def _secret(settings: Settings) -> str:
    if settings.secret is not None:
        return settings.secret
    from interrupt_mcp.store.secret import secret_of

    return secret_of(settings.database_path)
