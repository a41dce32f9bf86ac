"""Who is shown which page, and whose forms are taken: each route of the site, for each who may be signed in.

The rows are the routes that the site itself has: a new one fails until it is said here who gets what.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx
import pytest
from starlette.routing import Route

from interrupt_mcp.web.by_provider import BACK, PATH
from interrupt_mcp.web.site import Site
from tests.pages.safety.visitors import Visitor, visiting
from tests.shared.asking import calling, somewhere
from tests.shared.columns import NEVER, Subject, owner, started
from tests.shared.served import A, D, L, R, Shared

Ask = Callable[[Visitor, Subject], httpx.Response]
NUMBERS = count()
COLUMNS: dict[str, Callable[[Shared], str]] = {
    "owner": lambda at: at.token("owner", L, D),
    "decider": lambda at: at.token("decider", L, D),
    "member": lambda at: at.token("member", L, D),
    "other": lambda at: at.token("other", L, D),
    "admin": lambda at: at.token("admin", L, D, A),
    "no read": lambda at: at.token("owner", D),
    "the system's user": lambda at: at.one_time_code(),
    "nobody": lambda _: "",
    "left": lambda at: at.new_token("leaver", L, D),
}
"""Each with what signs them in. The system's user alone has the scope `run` here: no token that has it signs in."""


def get(path: str, **query: str) -> Ask:
    def ask(visitor: Visitor, of: Subject) -> httpx.Response:
        asked = {name: _filled(each, of) for name, each in query.items()}
        return visitor.client.get(f"{visitor.base}{_filled(path, of)}", params=asked)

    return ask


def post(path: str, **fields: str) -> Ask:
    def ask(visitor: Visitor, of: Subject) -> httpx.Response:
        # From somewhere else each time, so that no wrong secret makes the next one slow.
        origin = {"x-forwarded-for": somewhere()}
        return visitor.post(_filled(path, of), {key: _filled(each, of) for key, each in fields.items()}, **origin)

    return ask


def _filled(text: str, of: Subject) -> str:
    known = {"run_id": of.run, "thread_id": of.thread, "name": of.interrupt, "code": of.code}
    return text.format(**known, checkpoint=of.checkpoint)


DECIDED = {"decision": "accept", "index": "0"}
ONE = "200 200 200 404 200 200 404 401 401"
GOES_BACK = "200 403 403 404 403 200 404 401 401"
LIST = "shown shown shown hidden shown shown hidden 401 401"
TAKEN = "422 422 422 404 422 422 404 401 401"
RUNS = "403 403 403 403 403 403 404 401 401"
ALL = "200 200 200 200 200 200 200 401 401"
OPEN = "200 200 200 200 200 200 200 200 200"
ROWS: dict[str, tuple[Ask, str]] = {
    "GET /inbox": (get("/inbox"), LIST),
    "GET /inbox/interrupts/{name}": (get("/inbox/interrupts/{name}"), ONE),
    "GET /inbox/interrupts/{name} by code": (get("/inbox/interrupts/{code}"), ONE),
    "GET /inbox/alike/{name}": (get("/inbox/alike/{name}"), ONE),
    "GET /inbox/runs": (get("/inbox/runs"), LIST),
    "GET /inbox/runs/{run_id}": (get("/inbox/runs/{run_id}"), ONE),
    "GET /inbox/runs/{run_id}/cancel": (get("/inbox/runs/{run_id}/cancel"), ONE),
    "GET /inbox/threads/{thread_id:path}": (get("/inbox/threads/{thread_id}"), ONE),
    "GET /inbox/rewind": (
        get("/inbox/rewind", thread="{thread_id}", checkpoint="{checkpoint}"),
        GOES_BACK,
    ),
    "GET /inbox/decided": (get("/inbox/decided"), ALL),
    "GET /inbox/sessions": (get("/inbox/sessions"), ALL),
    "GET /inbox/events": (lambda visitor, _: _first_of(visitor, "/inbox/events"), ALL),
    "POST /inbox/interrupts/{name}/decide": (post("/inbox/interrupts/{name}/decide", **DECIDED), TAKEN),
    "POST /inbox/interrupts/{name}/changes": (post("/inbox/interrupts/{name}/changes", index="0"), ONE),
    "POST /inbox/alike/{name}/decide": (post("/inbox/alike/{name}/decide", **DECIDED), TAKEN),
    "POST /inbox/runs/{run_id}/cancel": (post("/inbox/runs/{run_id}/cancel"), RUNS),
    "POST /inbox/runs/{run_id}/retry": (post("/inbox/runs/{run_id}/retry"), RUNS),
    "POST /inbox/rewind": (post("/inbox/rewind", thread="{thread_id}", checkpoint="{checkpoint}"), RUNS),
    "POST /inbox/fork": (post("/inbox/fork", thread="{thread_id}"), RUNS),
    "POST /inbox/sessions/end": (post("/inbox/sessions/end", session="x"), ALL.replace("200", "303")),
    "GET /inbox/": (get("/inbox/"), OPEN.replace("200", "307")),
    "GET /inbox/proof": (get("/inbox/proof"), OPEN),
    "GET /inbox/static/{name}": (get("/inbox/static/inbox.css"), OPEN),
    "GET /inbox/sign-in": (get("/inbox/sign-in"), OPEN),
    "POST /inbox/sign-in": (post("/inbox/sign-in", secret="wrong"), OPEN.replace("200", "403")),
    "GET /{path:path}": (get("/inbox/nothing/here"), OPEN.replace("200", "404")),
    "POST /inbox/sign-out": (post("/inbox/sign-out"), ALL),
}
"""What is answered, for each column. The last row is asked last: it ends the session."""
ELSEWHERE = {f"GET {PATH}", f"GET {BACK}"}
"""Which are there where a provider is set up, and tried with one."""


def _first_of(visitor: Visitor, path: str) -> httpx.Response:
    with visitor.client.stream("GET", f"{visitor.base}{path}") as answer:
        return httpx.Response(answer.status_code)


@contextmanager
def waiting(at: Shared, agent: str) -> Iterator[Subject]:
    with owner(at) as caller:
        found = started(caller, agent, f"page-{agent}-{next(NUMBERS)}")
        yield found
        caller.call("cancel_run", run_id=found.run)


def came_off(ask: Ask, visitor: Visitor, of: Subject, *, lists: bool) -> str:
    answer = ask(visitor, of)
    if answer.status_code == 200 and lists:
        return "shown" if any(each in answer.text for each in (of.run, of.interrupt, f"{of.code} ")) else "hidden"
    if answer.status_code == 404:
        never = ask(visitor, NEVER)
        assert answer.text == of.in_place_of(NEVER, never.text)
        assert never.status_code == 404
    return str(answer.status_code)


@pytest.mark.parametrize("column", list(COLUMNS))
def test_everybody_is_shown_just_what_is_theirs_to_see(at: Shared, column: str) -> None:
    place = [*COLUMNS].index(column)
    with visiting(at.server.base) as visitor, waiting(at, "four") as four, waiting(at, "free") as free:
        if secret := COLUMNS[column](at):
            assert visitor.sign_in(secret).status_code == 200
        if column == "left":
            at.revoke("leaver")
        found = {name: came_off(ask, visitor, four, lists="shown" in words) for name, (ask, words) in ROWS.items()}
        assert found == {name: words.split()[place] for name, (_, words) in ROWS.items()}
        if column in ("decider", "member"):
            # Of the same owner's, what has no deciders is unknown to them.
            assert visitor.sign_in(secret).status_code == 200
            expected: dict[str, Any] = {}
            for name, (ask, words) in ROWS.items():
                other = words.split()[[*COLUMNS].index("other")]
                expected[name] = other, came_off(ask, visitor, free, lists="shown" in words)
            assert {name: each for name, each in expected.items() if each[0] != each[1]} == {}


def test_all_routes_of_the_site_are_in_the_table() -> None:
    nothing: Any = None
    site = Site(nothing, nothing, nothing, "http://127.0.0.1:1", [], lambda: False)
    found = {f"{method} {route.path}" for route in site._routes() for method in _methods(route)}
    assert found - ELSEWHERE == {name.removesuffix(" by code") for name in ROWS}


def _methods(route: Route) -> set[str]:
    return (route.methods or set()) - {"HEAD"}


def test_an_open_page_is_told_just_of_what_its_visitor_sees(at: Shared) -> None:
    with (
        visiting(at.server.base) as other,
        visiting(at.server.base) as decider,
        calling(at.server, at.token("other", R, L, D)) as caller,
    ):
        assert other.sign_in(at.token("other", L, D)).status_code == 200
        assert decider.sign_in(at.token("decider", L, D)).status_code == 200
        with listening(other) as others, listening(decider) as deciders:
            with waiting(at, "free") as free, waiting(at, "four") as four:
                pass
            own = started(caller, "free", f"page-own-{next(NUMBERS)}")
            # What came before it was told before.
            told = until_told(others, own.run)
            assert four.run not in told
            assert free.run not in told
            assert free.run not in until_told(deciders, four.run)
            caller.call("cancel_run", run_id=own.run)


@contextmanager
def listening(visitor: Visitor) -> Iterator[Iterator[str]]:
    """The lines of a stream of events that has begun."""
    with visitor.client.stream("GET", f"{visitor.base}/inbox/events") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")
        yield lines


def until_told(lines: Iterator[str], run_id: str) -> str:
    """All that is told until this run is."""
    told = ""
    while run_id not in told:
        told += next(lines)
    return told
