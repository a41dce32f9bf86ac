"""Signing in: a secret that counts once and for a minute, a session that ends, and nobody else's."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from interrupt_mcp.secret import hash_of
from tests.clocks import Clock
from tests.conftest import Offer
from tests.pages.safety.conftest import started
from tests.pages.safety.visitors import Visitor, decision_on, offered, signed_in, store_in, visiting
from tests.processes import HttpServer, http_server

USED_UP = "That code was used already, or is older than a minute"
WEEK = 7 * 24.0
FORMS = ("decide", "changes", "cancel", "retry")
PAGES = ("/inbox", "/inbox/decided", "/inbox/sessions", "/inbox/runs", "/inbox/events")


def is_known(visitor: Visitor) -> bool:
    (known,) = {visitor.get(path).status_code == 200 for path in PAGES[:-1]}
    return known


def test_a_secret_signs_in_once_and_is_asked_for_nowhere_else(visitor: Visitor, server: HttpServer, home: Path) -> None:
    secret = offered(home)
    for path in (*PAGES, "/inbox/runs/none"):
        told = visitor.get(f"{path}?secret={secret}")
        assert told.status_code == 401
        assert "interrupt-mcp inbox" in told.text
    told = visitor.sign_in(secret)
    assert told.status_code == 200
    assert is_known(visitor)
    with visiting(server.base) as other:
        told = other.sign_in(secret)
        assert told.status_code == 403
        assert USED_UP in told.text
        assert not is_known(other)
    assert is_known(visitor)


@pytest.mark.parametrize("secret", ["", "x", "\x00", "x" * 100_000, "' OR 1=1 --", "%"])
def test_a_wrong_secret_signs_nobody_in(visitor: Visitor, home: Path, secret: str) -> None:
    offered(home)
    told = visitor.sign_in(secret)
    assert told.status_code == 403
    assert "set-cookie" not in told.headers
    assert not is_known(visitor)


def test_what_is_kept_of_a_secret_is_none(visitor: Visitor, home: Path) -> None:
    secret = offered(home)
    assert visitor.sign_in(hash_of(secret)).status_code == 403
    assert visitor.sign_in(secret).status_code == 200


def test_a_secret_is_good_for_its_time(visitor: Visitor, home: Path) -> None:
    assert visitor.sign_in(offered(home, seconds=0)).status_code == 403


def test_a_preview_of_the_link_uses_nothing_up(visitor: Visitor, home: Path) -> None:
    secret = offered(home)
    for path in ("/inbox/sign-in", f"/inbox/sign-in?secret={secret}", f"/inbox/sign-in?then=/inbox&x={secret}"):
        for method in ("GET", "HEAD", "OPTIONS"):
            told = visitor.client.request(method, f"{visitor.base}{path}", headers={"user-agent": "Slackbot"})
            assert secret not in told.text
            assert "set-cookie" not in told.headers
    assert visitor.sign_in(secret).status_code == 200


def test_a_file_of_the_users_own_signs_in_though_it_has_no_origin(visitor: Visitor, home: Path) -> None:
    told = visitor.sign_in(offered(home), origin="null", **{"sec-fetch-site": "cross-site"})
    assert told.status_code == 200
    assert is_known(visitor)


def test_the_cookie_is_for_the_browser_alone_and_for_no_other_site(visitor: Visitor, home: Path) -> None:
    told = visitor.sign_in(offered(home))
    name, _, rest = told.headers["set-cookie"].partition("=")
    value, *flags = rest.split("; ")
    assert re.fullmatch(r"interrupt_mcp_[0-9a-f]{16}", name)
    assert {flag.lower() for flag in flags} == {"httponly", "max-age=604800", "path=/inbox", "samesite=strict"}
    assert len(value) >= 43
    assert value not in told.text
    assert value not in visitor.get("/inbox/sessions").text


@pytest.mark.parametrize("then", ["/inbox", "/inbox/interrupts/A7", "/inbox?agent=hotel", "/inbox/runs/x?decided=A7"])
def test_whoever_signed_in_goes_on_to_the_page_they_came_for(visitor: Visitor, home: Path, then: str) -> None:
    told = visitor.post("/inbox/sign-in", {"secret": offered(home), "then": then})
    assert f'content="0;url={then}"' in told.text


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example/inbox/",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/inbox\\..\\..\\evil",
        "https://evil.example/inbox/",
        "https:evil.example",
        "javascript:alert(1)//inbox/",
        "/inbox/../mcp",
        "/inbox/../../evil",
        "/inbox/%2e%2e/mcp",
        "/inbox/.%2E/mcp",
        "/inboxes",
        "/mcp",
        "/inbox/sign-in",
        "\t//evil.example",
        "/inbox/\n//evil.example",
        "/inbox/\x00",
        "/inbox/\u202e",
        "http://[evil",
        "evil",
        "",
    ],
)
def test_it_leads_nowhere_else(visitor: Visitor, home: Path, then: str) -> None:
    told = visitor.post("/inbox/sign-in", {"secret": offered(home), "then": then})
    assert re.findall(r'url=([^"]*)"|class="button" href="([^"]*)"', told.text) == [("/inbox", ""), ("", "/inbox")]
    asked = visitor.client.get(f"{visitor.base}/inbox/sign-in", params={"then": then})
    assert 'name="then" value="/inbox"' in asked.text


def test_a_link_on_another_site_leads_to_a_page_that_goes_on_by_itself_nowhere(visitor: Visitor) -> None:
    told = visitor.get("/inbox/interrupts/A7", **{"sec-fetch-site": "cross-site"})
    assert 'href="/inbox/interrupts/A7"' in told.text
    assert "http-equiv" not in told.text


def test_signing_out_ends_the_session_wherever_its_cookie_is(server: HttpServer, home: Path) -> None:
    with signed_in(server.base, home) as person, visiting(server.base) as thief:
        thief.client.cookies.update(dict(person.client.cookies))
        thief.token = person.token
        assert is_known(thief)
        assert person.post("/inbox/sign-out").status_code == 200
        assert not dict(person.client.cookies)
        assert not is_known(thief)
        assert thief.post("/inbox/sessions/end", {"session": "x"}).status_code == 401


def test_each_session_can_be_ended_from_any_other(server: HttpServer, home: Path) -> None:
    with signed_in(server.base, home) as person, signed_in(server.base, home) as other:
        listed = person.get("/inbox/sessions").text
        for session in re.findall(r'action="/inbox/sessions/end">[^/]*?name="session" value="(\w+)"', listed):
            assert person.post("/inbox/sessions/end", {"session": session}).status_code == 303
        assert is_known(person)
        assert not is_known(other)


def test_what_a_browser_calls_itself_is_only_text(server: HttpServer, home: Path, person: Visitor) -> None:
    with visiting(server.base) as other:
        name = f"<script>x</script>{' long' * 1000}"
        assert other.sign_in(offered(home), **{"user-agent": name}).status_code == 200
    listed = person.get("/inbox/sessions").text
    assert "<script>x" not in listed
    assert "&lt;script&gt;x" in listed
    assert " long" * 60 not in listed


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


def test_a_session_ends_by_itself_after_a_week(clock: Clock, tmp_path: Path) -> None:
    on: Any = {"INTERRUPT_MCP_INBOX": "on", **clock.environ}
    with http_server(tmp_path, **on) as server, signed_in(server.base, tmp_path) as person:
        clock.go_on(WEEK - 1)
        assert is_known(person)
        clock.go_on(WEEK + 1)
        assert not is_known(person)
        assert person.post("/inbox/sign-out").status_code == 401


def test_a_secret_is_none_after_a_minute(clock: Clock, tmp_path: Path) -> None:
    with http_server(tmp_path, INTERRUPT_MCP_INBOX="on", **clock.environ) as server, visiting(server.base) as visitor:
        secret = offered(tmp_path, seconds=60)
        clock.go_on(61 / 3600)
        assert visitor.sign_in(secret).status_code == 403


@pytest.fixture
def theirs(offer: Offer, home: Path) -> Iterator[HttpServer]:
    """A server of another project, over the same store."""
    config = offer(hotel="interrupt_mcp_agents.hotel:graph", policy='project = "theirs"')
    with http_server(home, INTERRUPT_MCP_INBOX="on", INTERRUPT_MCP_CONFIG=str(config)) as running:
        yield running


def test_each_project_has_sessions_of_its_own_in_the_same_browser(
    theirs: HttpServer, server: HttpServer, home: Path
) -> None:
    with signed_in(server.base, home) as person:
        own = dict(person.client.cookies)
        there = Visitor(theirs.base, person.client)
        assert not is_known(there)
        assert there.sign_in(offered(home)).status_code == 403
        assert there.sign_in(offered(home, project="theirs")).status_code == 200
        assert own.items() < dict(person.client.cookies).items()
        assert len(person.client.cookies) == 2
        assert is_known(person)
        assert is_known(there)
        # The secret of one cookie under the name of the other opens nothing.
        (mine,), (name,) = own.values(), set(dict(person.client.cookies)) - set(own)
        with visiting(theirs.base) as other:
            other.client.cookies.set(name, mine)
            assert not is_known(other)


def test_what_is_another_projects_is_as_if_it_never_was(
    theirs: HttpServer, person: Visitor, waiting: dict[str, Any], home: Path
) -> None:
    run = asyncio.run(started(theirs.url))
    (asked,), (own,) = run["interrupts"], waiting["interrupts"]
    fields = decision_on(person.get(f"/inbox/interrupts/{own['code']}").text, "accept")
    fields["digest"] = asked["digest"]
    never = "0" * 32

    def ask(path: str) -> httpx.Response:
        return person.post(path, fields) if path.rpartition("/")[2] in FORMS else person.get(path)

    for path, id_ in (
        ("interrupts/{}", asked["interrupt_id"]),
        ("interrupts/{}/decide", asked["interrupt_id"]),
        ("interrupts/{}/changes", asked["interrupt_id"]),
        ("alike/{}", asked["interrupt_id"]),
        ("runs/{}", run["run_id"]),
        ("runs/{}/cancel", run["run_id"]),
        ("runs/{}/retry", run["run_id"]),
        ("threads/{}", run["thread_id"]),
    ):
        found, missing = [ask(f"/inbox/{path.format(each)}") for each in (id_, never)]
        assert (found.status_code, found.text) == (404, missing.text.replace(never, id_)), path
    told = person.post(
        f"/inbox/alike/{own['interrupt_id']}/decide", {"chosen": asked["interrupt_id"], "decision": "accept"}
    )
    assert "There is no interrupt" in told.text
    with store_in(home, "theirs") as store:
        kept = asyncio.run(store.interrupts.get(asked["interrupt_id"]))
    assert kept.status.open
    assert not kept.decisions
