"""Whose a provider's token is: what does not count is nobody's, whatever is wrong with it, and the log says what."""

import base64
import hashlib
import hmac
import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from interrupt_mcp.identity import Bearer
from interrupt_mcp.identity.access_tokens import ProviderBearers
from interrupt_mcp.identity.provider import Provider
from interrupt_mcp.identity.signed import LARGEST
from interrupt_mcp.model import Scope
from tests.identity.issuer import AUDIENCE, CLIENT, Issuer

pytestmark = pytest.mark.anyio


async def bearer(issuer: Issuer, token: str, **oauth: Any) -> Bearer | None:
    """Whose the token is, where nothing is known yet of the issuer."""
    return await ProviderBearers(Provider(issuer.oauth(**oauth)), AUDIENCE).known(token)


async def known(issuer: Issuer, token: str, **oauth: Any) -> Bearer:
    found = await bearer(issuer, token, **oauth)
    assert found is not None
    return found


def part(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


async def test_a_token_is_its_subjects_at_this_issuer_with_its_scopes_until_it_expires(issuer: Issuer) -> None:
    token = issuer.token(scope="openid run decide Admin", exp=2_000_000_000)
    found = await known(issuer, token)
    assert str(found.access.principal) == f"oidc:{issuer.url}#ann"
    assert found.access.scopes == {Scope.RUN, Scope.DECIDE}
    assert found.access.groups == frozenset()
    assert found.expires_at == datetime.fromtimestamp(2_000_000_000, UTC)
    assert token not in repr(found)
    assert found.key == (await known(issuer, token)).key
    assert found.key != (await known(issuer, issuer.token(exp=2_000_000_001))).key


@pytest.mark.parametrize("algorithm", ["RS256", "PS512", "EdDSA"])
async def test_a_provider_signs_with_any_algorithm_that_it_alone_can_sign_with(issuer: Issuer, algorithm: str) -> None:
    issuer.rotate("two", algorithm=algorithm)
    assert await bearer(issuer, issuer.token("two"))
    assert await bearer(issuer, issuer.token("two"), algorithms=("ES256",)) is None


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": None, "scp": "read  decide"}, "read decide"),
        ({"scope": None, "scp": ["read", "admin", 3, {}]}, "read admin"),
        ({"scope": "", "scp": "run"}, ""),
        ({"scope": None}, ""),
        ({"scope": {"run": True}}, ""),
        ({"scope": "run\tread,decide"}, ""),
    ],
)
async def test_scopes_are_a_text_or_a_list_and_only_our_words_count(
    issuer: Issuer, claims: dict[str, Any], scopes: str
) -> None:
    assert (await known(issuer, issuer.token(**claims))).access.scopes == set(scopes.split())


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("groups", {"groups": ["ops", "ops", "sales team"]}, {"ops", "sales team"}),
        ("groups", {"groups": "ops"}, {"ops"}),
        ("realm_access.roles", {"realm_access": {"roles": ["ops"]}}, {"ops"}),
        ("https://a.example/groups", {"https://a.example/groups": ["ops"]}, {"ops"}),
        ("realm_access.roles", {"realm_access": ["roles"]}, set()),
        ("groups", {"groups": {"ops": 1}}, set()),
        ("groups", {}, set()),
        ("groups", {"groups": ["os:ann", "token:ci", "oidc:a#b", "ok"]}, {"ok"}),
        ("groups", {"groups": ["", " ", "ok", "a\nb", "\u202eab", "x" * 201, 7, None, []]}, {"ok"}),
        ("groups", {"groups": [f"g{n}" for n in range(300)]}, {f"g{n}" for n in range(200)}),
    ],
)
async def test_groups_are_what_the_claim_lists_and_none_passes_for_somebody(
    issuer: Issuer, claim: str, claims: dict[str, Any], groups: set[str]
) -> None:
    assert (await known(issuer, issuer.token(**claims), groups_claim=claim)).access.groups == groups
    assert (await known(issuer, issuer.token(**claims))).access.groups == frozenset()


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "http://127.0.0.1:1/"}, "another audience"),
        ({"aud": ["http://127.0.0.1:1/mcp/", CLIENT]}, "another audience"),
        ({"aud": {AUDIENCE: 1}}, "another audience"),
        ({"aud": None}, "no aud"),
        ({"iss": "http://127.0.0.1:1"}, "another issuer"),
        ({"iss": None}, "no iss"),
        ({"exp": NOW - 60}, "expired"),
        ({"exp": None}, "no exp"),
        ({"exp": "soon"}, "not as they should be"),
        ({"exp": 1e300}, "expires at no time"),
        ({"nbf": NOW + 3600}, "does not count yet"),
        ({"iat": NOW + 3600}, "does not count yet"),
        ({"sub": None}, "no sub"),
        ({"sub": 7}, "not as they should be"),
        ({"sub": " "}, "subject"),
        ({"sub": "a\u202eb"}, "subject"),
        ({"sub": "a\nb"}, "subject"),
        ({"sub": "x" * 256}, "subject"),
        ({"nonce": "n"}, "no access token"),
        ({"at_hash": "h"}, "no access token"),
        ({"events": {}}, "no access token"),
        ({"typ": "Refresh"}, "no access token"),
    ],
)
async def test_what_a_token_says_that_is_not_so_makes_it_nobodys(
    issuer: Issuer, claims: dict[str, Any], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = issuer.token(**claims)
    assert await bearer(issuer, token) is None
    assert why in caplog.text
    assert token not in caplog.text


async def test_the_clocks_of_both_machines_may_differ_by_some_seconds(issuer: Issuer) -> None:
    now = int(time.time())
    assert await bearer(issuer, issuer.token(exp=now - 10, iat=now + 10, nbf=now + 10))


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ({"typ": "logout+jwt"}, "of the kind logout+jwt"),
        ({"typ": "at+jwt\u202e"}, "of the kind"),
        ({"typ": 7}, "of the kind"),
        ({"crit": ["x"], "x": 1}, "asks for what is not done"),
        ({"crit": []}, "asks for what is not done"),
        ({"kid": "two"}, "no key two"),
        ({"kid": "\x1b[2J" * 40}, "no key \\u{1b}[2J"),
    ],
)
async def test_what_a_header_asks_for_that_is_not_done_makes_the_token_nobodys(
    issuer: Issuer, header: dict[str, Any], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert await bearer(issuer, issuer.token(header=header)) is None
    assert why in caplog.text
    assert len(caplog.text) < 1000
    assert "\x1b" not in caplog.text


async def test_an_access_token_may_say_that_it_is_one(issuer: Issuer) -> None:
    for kind in ("at+jwt", "AT+JWT", "application/at+jwt", None):
        assert await bearer(issuer, issuer.token(header={"typ": kind})), kind


async def test_a_key_that_the_token_itself_brings_is_never_asked_for(issuer: Issuer) -> None:
    own = issuer.private["one"]
    jwk = issuer.keys()[0]
    issuer.rotate("two")
    brought = {"jku": f"{issuer.url}/own", "x5u": f"{issuer.url}/own", "jwk": jwk, "x5c": ["AA=="]}
    issuer.answers["/own"] = 200, {"keys": [jwk]}
    token = jwt.encode(issuer.claims(), own[0], own[1], {"kid": "two", **brought})
    assert await bearer(issuer, token) is None
    assert "/own" not in issuer.asked


async def test_nobody_makes_a_token_out_of_what_is_public(issuer: Issuer, caplog: pytest.LogCaptureFixture) -> None:
    issuer.rotate("one", algorithm="RS256")
    public = issuer.private["one"][0].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = part(issuer.claims())
    unsigned = [f"{part({'alg': name, 'kid': 'one'})}.{claims}." for name in ("none", "None", "", "HS256")]
    for token in (*unsigned, _signed_with_secret(public, issuer.claims())):
        assert await bearer(issuer, token) is None
        assert "is not among the algorithms" in caplog.text
        caplog.clear()
    # Not even where the settings were made otherwise than by reading them.
    for token in (*unsigned, _signed_with_secret(public, issuer.claims())):
        assert await bearer(issuer, token, algorithms=("HS256", "none")) is None


def _signed_with_secret(secret: bytes, claims: dict[str, Any]) -> str:
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{part(claims)}"
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


async def test_a_signature_of_another_or_of_another_text_does_not_count(issuer: Issuer) -> None:
    token = issuer.token()
    header, claims, signature = token.split(".")
    other = part({**issuer.claims(), "sub": "eve"})
    for forged in (f"{header}.{other}.{signature}", f"{header}.{claims}.{signature[:-4]}AAAA", f"{header}.{claims}."):
        assert await bearer(issuer, forged) is None


@pytest.mark.parametrize(
    "token",
    [
        *("", ".", "..", "...", "a.b", "a.b.c.d", "a.b.c ", "é.b.c", "a\n.b.c", "\ud800.b.c", "Bearer a.b.c"),
        f"{part('[1]')}.e30.AA",
        f"{part('{')}.e30.AA",
        f"{part('[' * 5000)}.e30.AA",
        part('{"alg": "ES256", "alg": "ES256", "kid": "one"}') + ".e30.AA",
        part('{"alg": "none", "kid": "one", "alg": "ES256"}') + ".e30.AA",
        f"{part({'alg': ['ES256'], 'kid': 'one'})}.e30.AA",
        f"{part({'alg': 'ES256', 'kid': ['one']})}.e30.AA",
        f"{part({'alg': 'ES256', 'kid': 'one', 'b64': False})}..AA",
        f"{part({'alg': 'ES256', 'kid': 'one'})}.{part('[]')}.AA",
    ],
)
async def test_what_is_no_token_is_nobodys(issuer: Issuer, token: str) -> None:
    assert await bearer(issuer, token) is None


async def test_what_is_too_long_is_not_even_looked_at(issuer: Issuer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert await bearer(issuer, issuer.token(padding="x" * LARGEST)) is None
    assert await bearer(issuer, "x" * 10_000_000) is None
    assert issuer.asked == []
    assert len(caplog.text) < 1000
