"""Keys: what the pages sign, made of the store's secret, which every process that shares the store can read.

It does not know where the secret is kept.
"""

import hashlib
import hmac


class Keys:
    """The keys of one project."""

    def __init__(self, secret: str, project: str) -> None:
        self._secret = secret.encode()
        self._project = project

    @property
    def cookie(self) -> str:
        """The cookie's name: all servers of a machine share one set of cookies, whatever their ports."""
        return f"interrupt_mcp_{self._signed('cookie')[:16]}"

    def proof(self, address: str, nonce: str) -> str:
        """Return what only a process of this store can answer who is asked at that address."""
        return self._signed("proof", address, nonce)

    def token(self, session_id: str) -> str:
        """Return what a form of this session carries, so that no other page can send it."""
        return self._signed("form", session_id)

    def of_sign_in(self, what: str, begun: str) -> str:
        """Return one of the secrets of a sign-in elsewhere, which is known again by what a browser keeps of it."""
        return self._signed("sign-in", what, begun)

    def of_preview(self, *shown: str) -> str:
        """Return what a preview comes back with that was shown so."""
        return self._signed("preview", *shown)

    def _signed(self, *parts: str) -> str:
        text = "\n".join((self._project, *parts))
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()
