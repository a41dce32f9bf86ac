"""Signed: the claims of a JWT that the provider signed, for somebody, at a time at which it counts.

It does not know what the claims let anybody do.
"""

import base64
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from interrupt_mcp.identity.jwks import SigningKey
from interrupt_mcp.identity.provider import Provider
from interrupt_mcp.text.visible import visible

LARGEST = 16 * 1024
"""Characters of a token."""
LEEWAY_SECONDS = 30
_LONGEST_SUBJECT = 255
_SHOWN = 80
_REQUIRED = ("iss", "sub", "aud", "exp")


class DoesNotCount(Exception):
    """A token does not count; the text says why, and holds nothing of it that nobody may see."""


async def claims_of(token: str, provider: Provider, audience: str, kinds: Collection[str]) -> Mapping[str, Any]:
    """Return the claims of a token that the provider made for that audience.

    `kinds` are those that its header may call it, in lower case; it may be silent.

    Raises:
        DoesNotCount: it is another's, for somebody else, too old, or not signed.
        Unavailable: the provider does not answer, and its keys are not known.
    """
    if len(token) > LARGEST:
        raise DoesNotCount(f"it has more than {LARGEST} characters")
    header = _header(token)
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ")
    if algorithm not in provider.oauth.algorithms:
        raise DoesNotCount(f"it is signed with {_shown(algorithm)}, which is not among the algorithms")
    if "crit" in header or "b64" in header:
        raise DoesNotCount("its header asks for what is not done here")
    if kind is not None and not (isinstance(kind, str) and kind.lower() in kinds):
        raise DoesNotCount(f"it is of the kind {_shown(kind)}")
    if not (kid is None or isinstance(kid, str)):
        raise DoesNotCount("its key has no name")
    # What else the header says of keys (jku, x5u, jwk) is the sender's word, and nobody's here.
    keys = await provider.keys(kid, algorithm)
    if not keys:
        raise DoesNotCount(f"the provider has no key {_shown(kid)} for {algorithm}")
    claims = _verified(token, keys, algorithm, provider.oauth.issuer, audience)
    subject = claims["sub"]
    if not subject.strip() or len(subject) > _LONGEST_SUBJECT or not subject.isprintable():
        raise DoesNotCount("its subject cannot be shown, or is too long")
    return claims


def _header(token: str) -> Mapping[str, Any]:
    """Return what the header says, of which each thing is said once."""
    if not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]*", token, re.ASCII):
        raise DoesNotCount("it is no JWT")
    first = token.partition(".")[0]
    try:
        found = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise DoesNotCount("its header is no JSON that says each thing once") from None
    if not isinstance(found, dict):
        raise DoesNotCount("its header is no JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("something is said twice")
    return found


def _verified(token: str, keys: Sequence[SigningKey], algorithm: str, issuer: str, audience: str) -> Mapping[str, Any]:
    import jwt

    options: Any = {"require": list(_REQUIRED)}
    reason = ""
    for each in keys:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token, each.key, [algorithm], options, audience=audience, issuer=issuer, leeway=LEEWAY_SECONDS
            )
        except jwt.InvalidSignatureError:
            reason = "its signature is wrong"
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise DoesNotCount(_reason(error)) from None
        else:
            return claims
    raise DoesNotCount(reason)


def _reason(error: Exception) -> str:
    import jwt

    match error:
        case jwt.ExpiredSignatureError():
            return "it has expired"
        case jwt.ImmatureSignatureError():
            return "it does not count yet; see whether the clocks of both machines are right"
        case jwt.InvalidAudienceError():
            return "it is made for another audience"
        case jwt.InvalidIssuerError():
            return "it names another issuer"
        case jwt.MissingRequiredClaimError():
            return f"it has no {error.claim}"
        case _:
            return "its claims are not as they should be"


def _shown(text: object) -> str:
    return visible(str(text)[:_SHOWN])
