"""Signing in at the pages with a token: one that decides and starts nothing, for as long as it counts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from interrupt_mcp.model import Access, Principal, Scope
from interrupt_mcp.secret import hash_of
from interrupt_mcp.store.known import Session, Token
from tests.pages.safety.visitors import Visitor, aside, offered, on_record, signed_in, store_in, visiting
from tests.processes import HttpServer
from tests.tokens.conftest import Operator

WRONG = "That code was used already, or is older than a minute; or that token does not count"
WEEK = 7 * 24 * 3600


@pytest.fixture
def visitor(server: HttpServer) -> Iterator[Visitor]:
    with visiting(server.base) as visitor:
        yield visitor


def sessions_of(home: Path, name: str) -> list[Session]:
    with store_in(home) as store:
        found = aside(store.sessions.listed)
    return [each for each in found if each.access.principal == Principal.read(f"token:{name}")]


def tokens_in(home: Path) -> list[Token]:
    with store_in(home) as store:
        return list(aside(store.tokens.listed))


def seconds_of(answer: httpx.Response) -> int:
    """For how long the browser is to keep the cookie."""
    found = re.search(r"Max-Age=(\d+)", answer.headers["set-cookie"])
    assert found is not None
    return int(found[1])


def test_a_token_that_decides_signs_its_principal_in_as_often_as_it_is_typed(
    at_the_server: Operator, visitor: Visitor, server: HttpServer, home: Path
) -> None:
    token = at_the_server.token("ann", "read,decide")
    told = visitor.sign_in(f" {token} ")
    assert told.status_code == 200
    assert seconds_of(told) == WEEK
    with visiting(server.base) as other:
        assert other.sign_in(token).status_code == 200
        assert other.get("/inbox").status_code == 200
    first, second = sessions_of(home, "ann")
    assert first.access == second.access == Access(Principal.read("token:ann"), frozenset((Scope.READ, Scope.DECIDE)))
    assert [each.used_at is not None for each in tokens_in(home) if each.name == "ann"] == [True]
    for text in (told.text, visitor.get("/inbox/sessions").text, str(on_record(home)), *server.said):
        assert token not in text
        assert hash_of(token) not in text


def test_a_session_lasts_no_longer_than_its_token(at_the_server: Operator, visitor: Visitor, home: Path) -> None:
    made = at_the_server.json("create", "short", "--scopes", "read,decide", "--expires", "90m")
    told = visitor.sign_in(made["token"])
    assert told.status_code == 200
    assert 0 < seconds_of(told) <= 90 * 60
    (session,) = sessions_of(home, "short")
    (token,) = [each for each in tokens_in(home) if each.name == "short"]
    assert token.expires_at is not None
    assert datetime.now(UTC) < session.expires_at <= token.expires_at


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        ("run,read,decide", "no model signs in here"),
        ("run,read", "no model signs in here"),
        ("read", "may not decide"),
        ("read,admin", "may not decide"),
    ],
)
def test_a_token_that_starts_runs_or_does_not_decide_signs_nobody_in(
    at_the_server: Operator, visitor: Visitor, home: Path, scopes: str, said: str
) -> None:
    told = visitor.sign_in(at_the_server.token("refused", scopes))
    assert told.status_code == 403
    assert said in told.text
    assert "set-cookie" not in told.headers
    assert visitor.get("/inbox").status_code == 401
    assert sessions_of(home, "refused") == []


def test_what_does_not_count_is_not_told_apart(at_the_server: Operator, visitor: Visitor, home: Path) -> None:
    revoked, living = at_the_server.token("gone", "read,decide"), at_the_server.token("living", "read,decide")
    at_the_server("revoke", "gone")
    used = offered(home)
    with visiting(visitor.base) as other:
        assert other.sign_in(used).status_code == 200
    never = f"imcp_{'A' * 43}"
    told = [visitor.sign_in(each) for each in (revoked, never, hash_of(living), f"{living}x", living[:-1], used, "x")]
    assert {each.status_code for each in told} == {403}
    assert len({each.text for each in told}) == 1
    assert WRONG in told[0].text


def test_with_a_token_that_is_revoked_its_session_ends_on_an_open_page(
    at_the_server: Operator, visitor: Visitor, server: HttpServer, home: Path
) -> None:
    assert visitor.sign_in(at_the_server.token("leaver", "read,decide")).status_code == 200
    with signed_in(server.base, home) as person:
        with visitor.client.stream("GET", f"{visitor.base}/inbox/events") as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry:")
            at_the_server("revoke", "leaver")
            # It comes to an end, within what the client waits for.
            assert "event: ended" in list(lines)
        told = visitor.get("/inbox")
        assert told.status_code == 401
        assert "<h1>Sign in</h1>" in told.text
        assert visitor.post("/inbox/sessions/end", {"session": "x"}).status_code == 401
        assert person.get("/inbox").status_code == 200
    assert sessions_of(home, "leaver") == []


def test_nobody_sees_or_ends_a_session_of_somebody_elses(
    at_the_server: Operator, visitor: Visitor, server: HttpServer, home: Path
) -> None:
    assert visitor.sign_in(at_the_server.token("carl", "read,decide")).status_code == 200
    (own,) = sessions_of(home, "carl")
    with visiting(server.base) as other:
        assert other.sign_in(at_the_server.token("dora", "read,decide")).status_code == 200
        assert "token:dora" in other.get("/inbox/sessions").text
        assert "token:carl" not in other.get("/inbox/sessions").text
        assert other.post("/inbox/sessions/end", {"session": own.session_id}).status_code == 303
    assert sessions_of(home, "carl") == [own]


def test_the_page_says_how_to_come_by_either(visitor: Visitor) -> None:
    text = visitor.get("/inbox/sign-in").text
    assert "interrupt-mcp inbox" in text
    assert "interrupt-mcp token create NAME --scopes read,decide" in text
