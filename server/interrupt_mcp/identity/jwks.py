"""JWKS: the keys with which what a provider signed is looked at. It does not know where they come from."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)
MOST_KEYS = 100
_SHORTEST_RSA = 2048
"""Bits."""
_OF_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_EDWARDS = ("Ed25519", "Ed448")
_RSA = frozenset(f"{kind}{size}" for kind in ("RS", "PS") for size in (256, 384, 512))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One public key."""

    kid: str | None
    algorithms: frozenset[str]
    """Those that fit its kind, or the one that it is for."""
    key: Any
    """As the library for tokens takes it."""


def signing_keys(document: Mapping[str, Any]) -> tuple[SigningKey, ...]:
    """Return the keys of a set that are for signatures. What else is in it, or is none of these, is left out."""
    listed = document.get("keys")
    listed = listed if isinstance(listed, list) else []
    if len(listed) > MOST_KEYS:
        log.warning("of the %d keys of the OpenID provider only the first %d count", len(listed), MOST_KEYS)
    return tuple(key for each in listed[:MOST_KEYS] if (key := _signing_key(each)) is not None)


def fitting(keys: Iterable[SigningKey], kid: str | None, algorithm: str) -> Sequence[SigningKey]:
    """Return the keys of that id for the algorithm; without an id, the only key that there is for it."""
    found = [each for each in keys if algorithm in each.algorithms and (kid is None or each.kid == kid)]
    return found if kid is not None or len(found) == 1 else []


def _signing_key(listed: object) -> SigningKey | None:
    # A secret has no place among public keys, and a private one that is there belongs to everybody.
    if not isinstance(listed, dict) or listed.get("use", "sig") != "sig" or "d" in listed or "k" in listed:
        return None
    operations, kid = listed.get("key_ops", ["verify"]), listed.get("kid")
    if not isinstance(operations, list) or "verify" not in operations or not (kid is None or isinstance(kid, str)):
        return None
    algorithms = _algorithms(listed)
    key = _read(listed, algorithms)
    return None if key is None else SigningKey(kid, algorithms, key)


def _algorithms(listed: Mapping[str, Any]) -> frozenset[str]:
    kind, curve = listed.get("kty"), listed.get("crv")
    fit: frozenset[str] = frozenset()
    if kind == "RSA":
        fit = _RSA
    elif kind == "EC" and isinstance(curve, str) and curve in _OF_CURVES:
        fit = frozenset((_OF_CURVES[curve],))
    elif kind == "OKP" and curve in _EDWARDS:
        fit = frozenset(("EdDSA",))
    return fit if (named := listed.get("alg")) is None else frozenset(each for each in fit if each == named)


def _read(listed: Mapping[str, Any], algorithms: frozenset[str]) -> Any:
    """Return the key; `None` where it is none, or one that is too weak."""
    from jwt.algorithms import get_default_algorithms
    from jwt.exceptions import PyJWTError

    if not algorithms:
        return None
    try:
        key = get_default_algorithms()[min(algorithms)].from_jwk(dict(listed))
    except (PyJWTError, ValueError, TypeError, AttributeError, KeyError) as error:
        log.warning("a key of the OpenID provider is not as it should be: %s", type(error).__name__)
        return None
    if listed["kty"] == "RSA" and key.key_size < _SHORTEST_RSA:
        log.warning("a key of the OpenID provider has fewer than %d bits, and does not count", _SHORTEST_RSA)
        return None
    return key
