"""A person signs in with a browser at an OpenID provider that others wrote, and sees what they wanted to."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import expect

from tests.identity.foreign import foreign
from tests.pages.browser import running
from tests.pages.reading import page
from tests.pages.windows import Windows
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server

pytestmark = pytest.mark.anyio
_SECRET = 'client_secret_env = "INBOX_SECRET"\n'


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with foreign(sub="ann", name="Ann", groups=["ops"]) as address:
        yield address


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[HttpServer]:
    home = tmp_path_factory.mktemp("foreign")
    (home / "langgraph.json").write_text('{"graphs": {}}')
    (home / "interrupt-mcp.toml").write_text(f'[auth]\nissuer = "{provider}"\nclient_id = "inbox"\n{_SECRET}')
    variables = {"INTERRUPT_MCP_INBOX": "on", "INBOX_SECRET": "a secret of the client"}
    with http_server(home, **variables) as running:
        yield running


async def test_a_person_signs_in_in_a_browser_and_sees_what_they_wanted_to(server: HttpServer, provider: str) -> None:
    async with running() as chromium:
        windows = Windows(chromium)
        opened = await windows.open(f"{server.base}/inbox/runs")
        await opened.get_by_role("link", name=f"Sign in with {provider.removeprefix('http://')}").click()
        await opened.get_by_role("button", name="ann", exact=True).click()
        await opened.wait_for_url(f"{server.base}/inbox/runs")
        await expect(opened.get_by_role("heading", level=1)).to_have_text("Runs")
        await opened.reload()
        await expect(opened.get_by_role("heading", level=1)).to_have_text("Runs")
        cookies = await opened.context.cookies()
        assert [each["name"] for each in cookies if each["name"].endswith("_provider")] == []
        await windows.close()
        # The provider's own page is its own matter, and loads its style from elsewhere.
        assert [each for each in windows.wrong if not each.startswith("request to ")] == []


async def test_a_person_who_says_no_at_the_provider_is_told_so_and_can_try_again(
    server: HttpServer, provider: str
) -> None:
    async with httpx.AsyncClient(base_url=server.base, follow_redirects=True, timeout=PATIENCE) as http:
        at_provider = await http.get("/inbox/sign-in/provider?then=/inbox/runs")
        assert str(at_provider.url).startswith(f"{provider}/oauth2/authorize")
        denied = await http.post(at_provider.url, data={"action": "deny"})
        read = page(str(denied.url), denied.status_code, denied.text)
        assert (read.status, read.heading) == (403, "Not signed in")
        assert f"{provider.removeprefix('http://')} did not sign you in." in read.root.text
        again = await http.get(read.root.link("Sign in again"))
        let_in = await http.post(again.url, data={"sub": "bob"})
        assert page(str(let_in.url), 200, let_in.text).heading == "Signed in"
        assert (await http.get("/inbox/runs")).status_code == 200
