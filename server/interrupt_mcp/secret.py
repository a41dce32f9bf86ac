"""Secrets that are handed out: one is made, its hash kept, what comes back compared. It knows nobody who has one."""

import hashlib
import hmac
import secrets

_BYTES = 32


def new_secret() -> str:
    """Return a secret that nobody can guess, fit for a URL."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether the two are equal, found out in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))
