"""A client that others wrote finds the provider by what the server says, and gets tokens there as it needs them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from mcp import MCPError
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken
from pydantic import AnyUrl

from tests.conftest import Door
from tests.identity.authorizing import Authorizing
from tests.identity.issuer import AUDIENCE, Issuer
from tests.patience import PATIENCE
from tests.processes import HttpServer, connected, http_server

pytestmark = pytest.mark.anyio
BACK = "http://127.0.0.1:1/callback"
BOOK = {"agent": "hotel", "message": "Book the Ritz"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, _issuer: Issuer) -> Iterator[HttpServer]:
    home = tmp_path_factory.mktemp("oauth")
    (home / "langgraph.json").write_text('{"graphs": {"hotel": "interrupt_mcp_agents.hotel:graph"}}')
    (home / "interrupt-mcp.toml").write_text(f'[auth]\nissuer = "{_issuer.url}"\n')
    with http_server(home, INTERRUPT_MCP_AUTH="oauth", INTERRUPT_MCP_APPROVER="client") as running:
        yield running


@pytest.fixture
def provider(issuer: Issuer) -> Authorizing:
    provider = Authorizing(issuer)
    provider.begin()
    return provider


@pytest.fixture(params=["2026-07-28", "2025-11-25"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@dataclass
class Kept:
    """What a client keeps between its conversations."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


@asynccontextmanager
async def with_a_browser(server: HttpServer, kept: Kept, version: str) -> AsyncIterator[Door]:
    """A client whose person signs in wherever it sends them."""
    sent: list[str] = []

    async def browse(address: str) -> None:
        async with httpx2.AsyncClient(timeout=PATIENCE) as browser:
            sent.append((await browser.get(address)).headers["location"])

    async def back() -> AuthorizationCodeResult:
        said = {name: values[0] for name, values in parse_qs(urlsplit(sent.pop()).query).items()}
        return AuthorizationCodeResult(code=said["code"], state=said["state"], iss=said["iss"])

    metadata = OAuthClientMetadata(
        client_name="a client",
        redirect_uris=[AnyUrl(BACK)],
        grant_types=["authorization_code", "refresh_token"],
        token_endpoint_auth_method="none",
    )
    auth = OAuthClientProvider(server.url, metadata, kept, browse, back)
    async with (
        httpx2.AsyncClient(auth=auth, timeout=PATIENCE) as http,
        connected(streamable_http_client(server.url, http_client=http), version, {}) as door,
    ):
        yield door


def given(issuer: Issuer, **claims: Any) -> Kept:
    """What a client has kept that was here before."""
    token = OAuthToken(access_token=issuer.token(**claims), scope=claims.get("scope"))
    client = OAuthClientInformationFull(
        client_id="registered",
        redirect_uris=[AnyUrl(BACK)],
        grant_types=["authorization_code", "refresh_token"],
        token_endpoint_auth_method="none",
        issuer=issuer.url,
    )
    return Kept(token, client)


async def test_a_client_that_knows_the_address_alone_finds_the_provider_and_runs_an_agent(
    server: HttpServer, provider: Authorizing, version: str
) -> None:
    kept = Kept()
    async with with_a_browser(server, kept, version) as door:
        run = await door.call("start_run", **BOOK)
        listed = (await door.call("list_runs"))["runs"]
    assert run["status"] == "interrupted"
    assert run["run_id"] in [each["run_id"] for each in listed]
    (asked,) = provider.asked
    assert (asked["resource"], asked["scope"], asked["client_id"]) == (server.url, "run read", "registered")
    assert kept.tokens is not None
    assert kept.tokens.access_token not in "".join(server.said)


async def test_a_client_that_may_only_read_asks_for_more_when_it_starts_a_run(
    server: HttpServer, provider: Authorizing, version: str
) -> None:
    async with with_a_browser(server, given(provider.issuer, aud=server.url, scope="read"), version) as door:
        await door.call("list_runs")
        assert provider.asked == []
        run = await door.call("start_run", **BOOK)
        assert run["status"] == "interrupted"
        assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
    (asked,) = provider.asked
    assert asked["resource"] == server.url
    assert set(asked["scope"].split()) == {"read", "run"}


async def test_a_client_to_which_no_more_is_granted_is_told_so_and_starts_nothing(
    server: HttpServer, provider: Authorizing, version: str
) -> None:
    provider.grants, provider.subject = (lambda scope: "read"), "reader"
    kept = given(provider.issuer, aud=server.url, scope="read", sub="reader")
    async with with_a_browser(server, kept, version) as door:
        with pytest.raises(MCPError, match=r"^forbidden: The token lacks the scope run"):
            await door.call("start_run", **BOOK)
    assert len(provider.asked) == 1
    async with with_a_browser(server, given(provider.issuer, aud=server.url, sub="reader"), version) as door:
        assert (await door.call("list_runs"))["runs"] == []


@pytest.mark.parametrize("wrong", [{"aud": AUDIENCE}, {"exp": 1}])
async def test_a_token_that_does_not_count_is_renewed(
    server: HttpServer, provider: Authorizing, version: str, wrong: dict[str, Any]
) -> None:
    kept = given(provider.issuer, **{"aud": server.url, "scope": "run read", **wrong})
    before = kept.tokens
    async with with_a_browser(server, kept, version) as door:
        assert (await door.call("start_run", **BOOK))["status"] == "interrupted"
    assert len(provider.asked) == 1
    assert kept.tokens != before


async def test_a_token_that_is_over_is_renewed_without_anybody_and_the_conversation_goes_on(
    server: HttpServer, provider: Authorizing, version: str
) -> None:
    provider.seconds = lambda: 0 if not provider.renewed else 300
    async with with_a_browser(server, Kept(), version) as door:
        run = await door.call("start_run", **BOOK)
        assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
    assert len(provider.asked) == 1
    assert provider.renewed == 1
