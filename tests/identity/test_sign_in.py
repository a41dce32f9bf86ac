"""Somebody signs in to the pages of a real server by an issuer on loopback; what does not fit signs nobody in."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.store.known import Session
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import NOBODY, Reach
from tests.identity.issuer import CLIENT, Answer, Issuer
from tests.pages.reading import Page, page
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server, surroundings

pytestmark = pytest.mark.anyio
BEGIN, BACK = "/inbox/sign-in/provider", "/inbox/sign-in/callback"
FROM_ELSEWHERE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, _issuer: Issuer) -> Path:
    home = tmp_path_factory.mktemp("sign-in")
    (home / "langgraph.json").write_text('{"graphs": {}}')
    lines = (f'issuer = "{_issuer.url}"', f'client_id = "{CLIENT}"', 'groups_claim = "groups"')
    (home / "interrupt-mcp.toml").write_text("\n".join(("[auth]", *lines)))
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[HttpServer]:
    with http_server(home, INTERRUPT_MCP_INBOX="on") as running:
        yield running


@pytest.fixture
async def browser(server: HttpServer, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that runs no script, and goes nowhere by itself."""
    async with httpx.AsyncClient(base_url=server.base, timeout=PATIENCE) as http:
        yield http


async def begun(browser: httpx.AsyncClient, then: str = "") -> dict[str, str]:
    """What the browser is to ask the provider."""
    answer = await browser.get(BEGIN, params={"then": then} if then else {})
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def back(browser: httpx.AsyncClient, **answered: str) -> tuple[httpx.Response, Page]:
    """The page to which the browser comes back from the provider."""
    answer = await browser.get(BACK, params=answered, headers=FROM_ELSEWHERE)
    return answer, page(str(answer.url), answer.status_code, answer.text)


async def refused(browser: httpx.AsyncClient, status: int, **answered: str) -> str:
    """What the page says that signs nobody in: a sentence, and a link to try again."""
    answer, read = await back(browser, **answered)
    assert answer.status_code == status, answer.text
    assert read.heading == "Not signed in"
    assert read.root.link("Sign in again").startswith(BEGIN)
    assert (await browser.get("/inbox")).status_code == 401
    return read.root.text


def sessions(home: Path) -> list[Session]:
    """Who is signed in, as the store has it, newest first."""
    settings = read_settings(surroundings(home), cwd=home)
    with closing(open_database(settings.database)) as database:
        found = database.store(Reach(settings.project), NOBODY).sessions

        async def listed() -> list[Session]:
            return list(await found.listed())

        import anyio.from_thread

        with anyio.from_thread.start_blocking_portal() as portal:
            return portal.call(listed)


async def test_somebody_signs_in_by_the_provider_and_goes_on_where_they_wanted_to(
    browser: httpx.AsyncClient, issuer: Issuer, server: HttpServer, home: Path
) -> None:
    wanted = await browser.get("/inbox/runs?status=error")
    assert wanted.status_code == 401
    link = page("", 401, wanted.text).root.link(f"Sign in with {urlsplit(issuer.url).netloc}")
    sent = await browser.get(link)
    there = sent.headers["location"]
    assert there.startswith(f"{issuer.url}/authorize?tenant=a&")
    kept = sent.headers["set-cookie"]
    assert all(word in kept for word in ("HttpOnly", "SameSite=lax", "Path=/inbox/sign-in;", "Max-Age=600"))
    asked = dict(parse_qsl(urlsplit(there).query))
    assert asked["redirect_uri"] == f"{server.base}{BACK}"
    assert asked["client_id"] == CLIENT
    assert (asked["response_type"], asked["scope"]) == ("code", "openid profile")
    assert asked["code_challenge_method"] == "S256"
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3

    issuer.signs_in(asked, groups=["ops", "os:root"])
    answer, read = await back(browser, code="once", state=asked["state"])
    assert read.heading == "Signed in"
    # A strict cookie is not sent on the way from another site, so the page goes on by itself.
    assert 'content="0;url=/inbox/runs?status=error"' in answer.text
    session = next(each for each in answer.headers.get_list("set-cookie") if "SameSite=strict" in each)
    assert "HttpOnly" in session
    assert "Max-Age=28800" in session
    assert (await browser.get("/inbox/runs?status=error")).status_code == 200
    ((form, proof),) = issuer.exchanged
    assert (form["code"], form["client_id"], form["redirect_uri"]) == ("once", CLIENT, asked["redirect_uri"])
    assert proof == ""
    access = sessions(home)[0].access
    assert str(access.principal) == f"oidc:{issuer.url}#ann"
    assert access.scopes == {"run", "read", "decide"}
    assert access.groups == {"ops"}
    said = "".join(server.said)
    assert "once" not in said
    assert asked["state"] not in said


async def test_an_answer_counts_once_in_the_browser_that_began_and_for_what_it_began(
    browser: httpx.AsyncClient, issuer: Issuer, server: HttpServer
) -> None:
    asked = await begun(browser)
    issuer.signs_in(asked)
    copied = dict(browser.cookies)
    async with httpx.AsyncClient(base_url=server.base, timeout=PATIENCE) as other:
        assert "No sign-in is under way in this browser" in await refused(other, 403, code="c", state=asked["state"])
        theirs = await begun(other)
        assert "no answer to a sign-in that this browser" in await refused(other, 403, code="c", state=asked["state"])
    for state in ("", theirs["state"], asked["nonce"], "\u20ac", "x" * 5000):
        browser.cookies.update(copied)
        assert "no answer to a sign-in that this browser" in await refused(browser, 403, code="c", state=state)
    assert issuer.exchanged == []
    browser.cookies.update(copied)
    _, read = await back(browser, code="c", state=asked["state"])
    assert read.heading == "Signed in"
    browser.cookies.clear()
    assert "No sign-in is under way" in await refused(browser, 403, code="c", state=asked["state"])
    # Whoever kept a copy of the cookie has a code that the provider takes no more.
    browser.cookies.update(copied)
    issuer.gives = lambda form: (400, {"error": "invalid_grant"})
    assert "takes that sign-in no more" in await refused(browser, 403, code="c", state=asked["state"])


async def test_a_sign_in_takes_ten_minutes_at_most_and_its_cookie_is_not_made_by_hand(
    browser: httpx.AsyncClient, issuer: Issuer
) -> None:
    asked = await begun(browser)
    issuer.signs_in(asked)
    ((name, kept),) = browser.cookies.items()
    at, _, rest = kept.partition(".")
    for made, said in (
        (f"{int(at) - 601}.{rest}", "took too long"),
        (f"{int(at) + 3600}.{rest}", "took too long"),
        (f"{int(at) - 1}.{rest}", "no answer to a sign-in"),
        (f"{at}.{rest}aa", "no answer to a sign-in"),
        *((each, "under way") for each in ("", ".", "1..", "x.y.z", f"{'9' * 5000}.a.b", f"{at}.{'x' * 3000}.")),
    ):
        browser.cookies.clear()
        browser.cookies.set(name, made)
        assert said in await refused(browser, 403, code="c", state=asked["state"])
    assert issuer.exchanged == []


@pytest.mark.parametrize(
    "then", ["https://evil.example/", "//evil.example", "/inbox/../mcp", "/inbox/sign-in/provider", "x" * 5000]
)
async def test_it_leads_nowhere_else(browser: httpx.AsyncClient, issuer: Issuer, then: str) -> None:
    asked = await begun(browser, then)
    issuer.signs_in(asked)
    answer, _ = await back(browser, code="c", state=asked["state"], then=then)
    assert re.findall(r"url=([^\"]*)", answer.text) == ["/inbox"]


async def test_what_the_provider_says_no_with_is_shown_and_does_nothing(
    browser: httpx.AsyncClient, issuer: Issuer
) -> None:
    hostile = "<script>alert(1)</script>\u202e\x1b[2J" + "x" * 5000
    asked = await begun(browser)
    said = {"error": "access_denied", "error_description": hostile}
    text = await refused(browser, 403, state=asked["state"], **said)
    assert "says: access_denied: <script>alert(1)</script>\\u{202e}\\u{1b}[2Jxxx" in text
    assert len(text) < 1000
    asked = await begun(browser)
    answer, _ = await back(browser, state=asked["state"], **said)
    assert "<script>alert" not in answer.text
    # What comes from whoever knows no state is not even shown.
    await begun(browser)
    assert "access_denied" not in await refused(browser, 403, state="guessed", **said)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"nonce": "another"}, "it belongs to another sign-in"),
        ({"nonce": None}, "it belongs to another sign-in"),
        ({"nonce": 7}, "it belongs to another sign-in"),
        ({"aud": "another"}, "it is made for another audience"),
        ({"aud": [CLIENT, "another"]}, "it is made for another client"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "it is made for another client"),
        ({"azp": "another"}, "it is made for another client"),
        ({"iss": "http://127.0.0.1:1"}, "it names another issuer"),
        ({"exp": 1_000_000_000}, "it has expired"),
        ({"exp": None}, "it has no exp"),
        ({"iat": None}, "it has no iat"),
        ({"sub": None}, "it has no sub"),
        ({"header": {"typ": "at+jwt"}}, "it is of the kind at+jwt"),
    ],
)
async def test_an_id_token_that_is_not_of_this_sign_in_signs_nobody_in(
    browser: httpx.AsyncClient, issuer: Issuer, claims: dict[str, Any], why: str
) -> None:
    asked = await begun(browser)
    issuer.signs_in(asked, **claims)
    text = await refused(browser, 403, code="c", state=asked["state"])
    assert f"does not count: {why}. Sign in again." in text


UNSIGNED = jwt.encode({"sub": "ann"}, "", "none", {"kid": "one"})


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ((200, {"id_token": UNSIGNED}), 403, "it is signed with none"),
        ((200, {}), 403, "there is no ID token"),
        ((200, ["id_token"]), 403, "there is no ID token"),
        ((400, {"error": "invalid_grant"}), 403, "it was used, or took too long"),
        ((401, {"error": "invalid_client"}), 503, "gives this server no token (invalid_client)"),
        ((400, {"error": "\x1b[2J<b>" * 99}), 503, "gives this server no token (\\u{1b}[2J<b>"),
        ((500, {}), 503, "gives this server no token (500)"),
        ((302, "http://127.0.0.1:1/"), 503, "gives this server no token (302)"),
        (b" " * 600_000, 503, "answers with more than is read"),
    ],
)
async def test_where_the_provider_gives_no_token_nobody_is_signed_in(
    browser: httpx.AsyncClient, issuer: Issuer, answer: Answer | bytes, status: int, said: str
) -> None:
    asked = await begun(browser)
    issuer.answers["/token"] = answer
    text = await refused(browser, status, code="c", state=asked["state"])
    assert said in text
    assert len(text) < 1000


async def test_a_browser_that_calls_the_server_by_another_name_goes_on_by_the_one_that_the_provider_knows(
    browser: httpx.AsyncClient, server: HttpServer
) -> None:
    answer = await browser.get(BEGIN, params={"then": "/inbox/runs"}, headers={"host": f"localhost:{server.port}"})
    assert answer.headers["location"] == f"{server.base}{BEGIN}?then=%2Finbox%2Fruns&there=1"
    assert "set-cookie" not in answer.headers
