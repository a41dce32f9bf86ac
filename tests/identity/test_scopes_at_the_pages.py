"""What somebody may do who signs in by a provider, and how this server shows the provider that it is its client."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.identity.provider import Provider
from interrupt_mcp.identity.sign_in import NotSignedIn, Proofs, SignIn, sign_in_of
from interrupt_mcp.model import Access
from tests.identity.issuer import CLIENT, Issuer

pytestmark = pytest.mark.anyio
PROOFS = Proofs("state", "nonce", "v" * 64)
BACK = "http://127.0.0.1:1/inbox/sign-in/callback"
SECRET = "a secret: with % and é"


def sign_in(issuer: Issuer, environ: Mapping[str, str] = {}, **oauth: Any) -> SignIn:
    found = sign_in_of(Provider(issuer.oauth(client_id=CLIENT, **oauth)), environ)
    assert found is not None
    return found


async def signed_in(issuer: Issuer, way: SignIn, given: Mapping[str, Any] = {}, **answered: str) -> Access:
    """Who signs in, where the provider gives this beside the ID token."""
    asked = dict(parse_qsl(urlsplit(await way.address(BACK, PROOFS)).query))
    issuer.signs_in(asked)
    right = issuer.gives
    issuer.gives = lambda form: (200, {**right(form)[1], **given})
    return await way.access({"code": "c", "state": "state", **answered}, BACK, PROOFS)


def test_without_a_client_nobody_signs_in_by_the_provider(issuer: Issuer) -> None:
    assert sign_in_of(Provider(issuer.oauth()), {}) is None


@pytest.mark.parametrize(
    ("listed", "asked", "given", "scopes"),
    [
        (None, "openid profile", {}, "run read decide"),
        (["openid", "email"], "openid profile", {"scope": "openid admin"}, "run read decide"),
        (["openid", "decide", "read", "x"], "openid profile decide read", {}, "read decide"),
        (["decide", "read"], "openid profile decide read", {"scope": "openid read"}, "read"),
        (["decide"], "openid profile decide", {"scope": "openid admin run"}, ""),
        (["decide"], "openid profile decide", {"scope": ""}, ""),
        (["decide"], "openid profile decide", {"scope": 7}, ""),
        (["admin", "read"], "openid profile admin read", {"scope": "admin read"}, "admin read"),
    ],
)
async def test_scopes_are_asked_for_that_the_provider_knows_and_those_count_that_it_grants(
    issuer: Issuer, listed: list[str] | None, asked: str, given: dict[str, Any], scopes: str
) -> None:
    issuer.metadata = {} if listed is None else {"scopes_supported": listed}
    way = sign_in(issuer)
    assert dict(parse_qsl(urlsplit(await way.address(BACK, PROOFS)).query))["scope"] == asked
    assert (await signed_in(issuer, way, given)).scopes == set(scopes.split())


@pytest.mark.parametrize(
    ("supported", "basic"),
    [(None, True), (["client_secret_post", "client_secret_basic"], True), (["client_secret_post"], False)],
)
async def test_the_clients_secret_goes_as_the_provider_takes_it_and_nowhere_else(
    issuer: Issuer, supported: list[str] | None, basic: bool
) -> None:
    issuer.metadata = {} if supported is None else {"token_endpoint_auth_methods_supported": supported}
    way = sign_in(issuer, {"SECRET": f"{SECRET}\n"}, client_secret_env="SECRET")
    assert SECRET not in await way.address(BACK, PROOFS)
    await signed_in(issuer, way)
    ((form, proof),) = issuer.exchanged
    if basic:
        assert base64.b64decode(proof.removeprefix("Basic ")) == b"the+inbox:a+secret%3A+with+%25+and+%C3%A9"
        assert "client_secret" not in form
    else:
        assert (form["client_secret"], proof) == (SECRET, "")


async def test_a_secret_that_the_provider_takes_in_no_way_is_not_sent(issuer: Issuer) -> None:
    issuer.metadata = {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    with pytest.raises(Unavailable, match="takes no secret of a client"):
        await signed_in(issuer, sign_in(issuer, {"SECRET": SECRET}, client_secret_env="SECRET"))
    assert issuer.exchanged == []


async def test_a_secret_that_is_not_there_is_named_by_its_variable(issuer: Issuer) -> None:
    with pytest.raises(Unavailable, match="The variable SECRET is not set"):
        await signed_in(issuer, sign_in(issuer, {"SECRET": " "}, client_secret_env="SECRET"))


async def test_an_answer_of_another_provider_does_not_count(issuer: Issuer) -> None:
    assert await signed_in(issuer, sign_in(issuer), iss=issuer.url)
    with pytest.raises(NotSignedIn, match="does not come from"):
        await signed_in(issuer, sign_in(issuer), iss="http://127.0.0.1:1")
    issuer.metadata = {"authorization_response_iss_parameter_supported": True}
    assert await signed_in(issuer, sign_in(issuer), iss=issuer.url)
    with pytest.raises(NotSignedIn, match="does not come from"):
        await signed_in(issuer, sign_in(issuer))


async def test_a_provider_that_knows_no_browser_signs_nobody_in(issuer: Issuer) -> None:
    issuer.metadata = {"authorization_endpoint": None}
    with pytest.raises(Unavailable, match="signs nobody in with a browser"):
        await sign_in(issuer).address(BACK, PROOFS)
