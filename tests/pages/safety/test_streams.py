"""Open pages: each has a stream of events, of which there are only so many, and counts as open while it goes on."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.pages.safety.conftest import started
from tests.pages.safety.visitors import Visitor, aside, offered, store_in
from tests.patience import PATIENCE, until
from tests.processes import HttpServer

MOST = 100


@contextmanager
def open_page(person: Visitor) -> Iterator[httpx.Response]:
    """A page that is open; a refused one is, too, but has no stream."""
    with person.client.stream("GET", f"{person.base}/inbox/events") as stream:
        yield stream


def next_event(lines: Iterator[str], name: str) -> str:
    """What the next event of that name says."""
    for line in lines:
        if line == f"event: {name}":
            return next(lines)
    raise AssertionError(f"no {name}")


def is_open(home: Path) -> bool:
    with store_in(home) as store:
        return aside(store.sessions.page_is_open)


def test_a_page_counts_as_open_until_it_is_closed(person: Visitor, home: Path) -> None:
    asyncio.run(until(lambda: not is_open(home)))
    with open_page(person) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert next(stream.iter_lines()).startswith("retry:")
        asyncio.run(until(lambda: is_open(home)))
    asyncio.run(until(lambda: not is_open(home)))


def test_an_open_page_is_told_that_something_happened_and_nothing_of_it(person: Visitor, server: HttpServer) -> None:
    with open_page(person) as stream:
        lines = stream.iter_lines()
        next(lines)
        run = asyncio.run(started(server.url, "Book the Grand Secret Hotel"))
        told = next_event(lines, "changed")
    assert run["run_id"] in told
    assert "Secret" not in told


def test_there_are_only_so_many_and_one_that_is_closed_frees_its_place(person: Visitor) -> None:
    with httpx.Client(timeout=PATIENCE, trust_env=False, limits=httpx.Limits(max_connections=None)) as many:
        many.cookies.update(dict(person.client.cookies))
        person = Visitor(person.base, many)
        with ExitStack() as pages:
            streams = [pages.enter_context(open_page(person)) for _ in range(MOST)]
            assert {stream.status_code for stream in streams} == {200}
            with open_page(person) as refused:
                assert refused.status_code == 503
                assert refused.headers["retry-after"]
            assert person.get("/inbox").status_code == 200

        def fits() -> bool:
            with open_page(person) as stream:
                return stream.status_code == 200

        asyncio.run(until(fits))


@pytest.mark.parametrize("fields", [{}, {"session": "x"}])
def test_a_stream_is_for_whoever_is_signed_in(visitor: Visitor, fields: dict[str, Any]) -> None:
    answer = visitor.client.get(f"{visitor.base}/inbox/events", params=fields)
    assert answer.status_code == 401


def test_a_stream_ends_with_its_session(visitor: Visitor, home: Path) -> None:
    assert visitor.sign_in(offered(home)).status_code == 200
    with httpx.Client(timeout=PATIENCE, trust_env=False) as same:
        same.cookies.update(dict(visitor.client.cookies))
        with open_page(Visitor(visitor.base, same)) as stream:
            lines = stream.iter_lines()
            next(lines)
            assert visitor.post("/inbox/sign-out").status_code == 200
            assert next_event(lines, "ended") == "data: {}"
            assert [line for line in lines if line] == []
