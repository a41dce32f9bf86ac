"""Whatever is done to a token, or put in its place, it is nobody's, and nothing breaks."""

import base64
import json
import random
from typing import Any

import pytest

from interrupt_mcp.identity.access_tokens import ProviderBearers
from interrupt_mcp.identity.provider import Provider
from tests.identity.issuer import AUDIENCE, Issuer

pytestmark = pytest.mark.anyio
MANY = 10_000
SEED = 19
_VALUES: tuple[Any, ...] = (None, True, 0, -1, 1e308, "", "x", "one", "ES256", "none", [], ["one"], {}, {"a": []}, "\0")
_NAMES = ("alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5u", "zip", "enc", "")
_LETTERS = "ABCabc019-_=+/. \n\0\u00e9\u202e\ud800"


async def test_ten_thousand_changed_tokens_are_nobodys(issuer: Issuer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL")
    chance = random.Random(SEED)
    many, token = ProviderBearers(Provider(issuer.oauth(), lambda: 0.0), AUDIENCE), issuer.token()
    assert await many.known(token)
    for _ in range(MANY):
        changed = chance.choice((_letters, _parts, _header))(chance, token)
        assert changed == token or await many.known(changed) is None, changed
    assert await many.known(token)
    # As long as the clock stands still, nothing is asked for again.
    assert len(issuer.asked) == 2


def _letters(chance: random.Random, token: str) -> str:
    """The token with some of its characters changed, or left out, or twice."""
    listed = list(token)
    for _ in range(chance.randint(1, 4)):
        listed[chance.randrange(len(listed))] = chance.choice((*_LETTERS, "", "aa"))
    return "".join(listed)


def _parts(chance: random.Random, token: str) -> str:
    """Parts of the token, and of none, in some number and order."""
    return chance.choice("..::").join(chance.choices([*token.split("."), "", "e30", "W10"], k=chance.randint(0, 6)))


def _header(chance: random.Random, token: str) -> str:
    """The token with another header, which may say that it is to be taken otherwise."""
    _, _, rest = token.partition(".")
    header: dict[str, Any] = {"alg": "ES256", "kid": "one", "typ": "JWT"}
    for _ in range(chance.randint(1, 3)):
        header[chance.choice(_NAMES)] = chance.choice(_VALUES)
    return f"{base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b'=').decode()}.{rest}"
