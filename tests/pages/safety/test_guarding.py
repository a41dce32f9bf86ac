"""Who may send requests to the pages, and what browsers are told with each answer."""

import http.client
import re
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.pages.safety.visitors import Visitor, decision_on, on_record, signed_in
from tests.patience import PATIENCE
from tests.processes import HttpServer

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
FILES = ("/inbox/static/inbox.css", "/inbox/static/inbox.js", "/inbox/static/icon.svg")
ANSWERS: dict[str, tuple[int, Callable[[Visitor], httpx.Response]]] = {
    "a page": (200, lambda v: v.get("/inbox")),
    "the sign-in": (200, lambda v: v.get("/inbox/sign-in")),
    "a proof": (200, lambda v: v.get("/inbox/proof?nonce=1")),
    "the head of a page": (200, lambda v: v.client.head(f"{v.base}/inbox")),
    "a redirect": (307, lambda v: v.get("/inbox/")),
    "a form that was taken": (303, lambda v: v.post("/inbox/sessions/end", {"session": "none"})),
    "a field that is wrong": (400, lambda v: v.get("/inbox/decided?before=never")),
    "nobody who is known": (401, lambda v: v.get("/inbox", cookie="none=1")),
    "a wrong secret": (403, lambda v: v.post("/inbox/sign-in", {"secret": "x"})),
    "a form of another site": (403, lambda v: v.post("/inbox/sign-in", origin="http://evil.example")),
    "a form without its token": (403, lambda v: v.post("/inbox/sessions/end", {"token": ""})),
    "no such page": (404, lambda v: v.get("/inbox/nowhere")),
    "no such run": (404, lambda v: v.get("/inbox/runs/none")),
    "no such file": (404, lambda v: v.get("/inbox/static/none")),
    "no such form": (405, lambda v: v.post("/inbox/nowhere")),
    "another method": (405, lambda v: v.client.put(f"{v.base}/inbox")),
    "another host": (421, lambda v: v.get("/inbox", host="evil.example")),
    "too many fields": (400, lambda v: v.post("/inbox/sign-in", {f"f{n}": "x" for n in range(3000)})),
    "a form that is too large": (413, lambda v: v.post("/inbox/sign-in", {"secret": "x" * 9_000_000})),
}
NAMES = ("127.0.0.1", "localhost", "[::1]")


@pytest.mark.parametrize("answer", ANSWERS)
def test_browsers_are_told_with_every_answer_what_it_may_do(person: Visitor, answer: str) -> None:
    status, ask = ANSWERS[answer]
    if answer == "nobody who is known":
        person.client.cookies.clear()
    told = ask(person)
    assert told.status_code == status, told.text
    assert {name: told.headers.get(name) for name in HEADERS} == HEADERS
    assert "server" not in told.headers
    assert told.headers["permissions-policy"]


@pytest.mark.parametrize("file", FILES)
def test_files_that_are_the_same_for_everybody_may_be_kept(visitor: Visitor, file: str) -> None:
    told = visitor.get(file)
    assert told.status_code == 200
    assert {name: told.headers.get(name) for name in HEADERS} == {**HEADERS, "cache-control": "no-cache"}


def test_pages_have_nothing_inline_that_their_policy_would_stop(person: Visitor, waiting: dict[str, Any]) -> None:
    (asked,) = waiting["interrupts"]
    shown = ("", f"/interrupts/{asked['code']}?edit=0", f"/runs/{waiting['run_id']}", "/decided", "/sessions", "/runs")
    for path in shown:
        page = person.get(f"/inbox{path}").text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)|javascript:|<base|<iframe", page)
        assert re.findall(r'(?:src|href)="(?!/inbox|#|\?)([^"]*)"', page) == []


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost:{port}.evil.example"]
)
def test_who_calls_the_server_by_another_name_is_refused(server: HttpServer, host: str) -> None:
    """As a page does whose name was made to lead here."""
    for path in ("/inbox", "/inbox/sign-in", "/inbox/proof", "/inbox/static/inbox.css"):
        assert raw(server, f"GET {path} HTTP/1.1", f"Host: {host.format(port=server.port)}") == 421
        assert raw(server, f"GET {path} HTTP/1.0") == 421


@pytest.mark.parametrize("name", NAMES)
def test_a_form_of_ours_is_taken_by_whatever_name_of_this_machine(
    visitor: Visitor, server: HttpServer, name: str
) -> None:
    own = f"{name}:{server.port}"
    told = visitor.post("/inbox/sign-in", {"secret": "x"}, host=own, origin=f"http://{own}")
    assert "That code was used already" in told.text


OTHERS = {
    "another site": {"origin": "http://evil.example"},
    "another program of this machine": {"origin": "http://127.0.0.1:1"},
    "a file or a frame in a sandbox": {"origin": "null"},
    "nobody says where": {"origin": ""},
    "what begins like ours": {"origin": "{base}.evil.example"},
    "ours, as part of another": {"origin": "http://evil.example/{base}"},
    "ours, by another way": {"origin": "ftp://127.0.0.1:{port}"},
    "no address": {"origin": "http://[127.0.0.1"},
    "a page that a browser knows to be of another site": {"origin": "{base}", "sec-fetch-site": "cross-site"},
    "a page that a browser knows to be of another port": {"origin": "{base}", "sec-fetch-site": "same-site"},
}


@pytest.mark.parametrize("other", OTHERS)
def test_nothing_that_another_page_sends_is_done(
    person: Visitor, waiting: dict[str, Any], server: HttpServer, home: Path, other: str
) -> None:
    headers = {name: value.format(base=server.base, port=server.port) for name, value in OTHERS[other].items()}
    (asked,) = waiting["interrupts"]
    path = f"/inbox/interrupts/{asked['code']}"
    fields = decision_on(person.get(path).text, "accept")
    before = on_record(home)
    for form in (f"{path}/decide", f"/inbox/runs/{waiting['run_id']}/cancel", "/inbox/sign-out"):
        told = person.post(form, fields, **headers)
        assert (told.status_code, told.text) == (403, "Another site sent this form. Nothing was done.")
    assert on_record(home) == before
    assert person.get(path).status_code == 200


def test_a_form_without_the_sessions_own_token_does_nothing(
    person: Visitor, waiting: dict[str, Any], server: HttpServer, home: Path
) -> None:
    (asked,) = waiting["interrupts"]
    path = f"/inbox/interrupts/{asked['code']}"
    fields = decision_on(person.get(path).text, "accept")
    before = on_record(home)
    with signed_in(server.base, home) as other:
        for token in ("", other.token, person.token[:-1], f"{person.token} ", person.token.upper(), "\udce9"):
            told = person.post(f"{path}/decide", {**fields, "token": token.encode("utf-8", "replace").decode()})
            assert told.status_code == 403, token
            assert "not of this session" in told.text
    # In the address it is none either.
    assert person.post(f"{path}/decide?token={person.token}", {**fields, "token": ""}).status_code == 403
    assert on_record(home) == before
    assert person.post(f"{path}/decide", fields).status_code == 303


def test_looking_changes_nothing(person: Visitor, waiting: dict[str, Any], home: Path) -> None:
    (asked,) = waiting["interrupts"]
    run, thread, code = waiting["run_id"], waiting["thread_id"], asked["code"]
    forms = (
        f"interrupts/{code}/decide?decision=accept&index=0&digest={asked['digest']}&round=0&token={person.token}",
        f"interrupts/{code}/changes",
        f"alike/{asked['interrupt_id']}/decide",
        f"runs/{run}/retry",
        f"rewind?thread={thread}&checkpoint=x",
        "fork",
        "sessions/end",
        "sign-out",
    )
    pages = ("", f"interrupts/{code}", f"interrupts/{asked['interrupt_id']}?edit=0", f"alike/{asked['interrupt_id']}")
    more = (
        f"runs/{run}/cancel",
        "runs",
        f"runs/{run}",
        f"threads/{thread}",
        "decided",
        "sessions",
        "sign-in",
        "proof",
        "static/inbox.js",
    )
    before = on_record(home)
    for path in (*pages, *more, *forms):
        for method in ("GET", "HEAD"):
            told = person.client.request(method, f"{person.base}/inbox/{path}".rstrip("/"))
            # Some forms have a page of the same name, which asks first.
            assert told.status_code == 200 or (path in forms and 400 <= told.status_code < 500), path
            assert "set-cookie" not in told.headers
    assert on_record(home) == before
    assert person.get("/inbox").status_code == 200


def test_a_form_that_does_not_come_is_not_waited_for(server: HttpServer) -> None:
    head = f"POST /inbox/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.base}\r\n"
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as connection:
        connection.sendall(f"{head}Content-Length: 100\r\n\r\nsecret=".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 408
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body", [b"secret=\xff\xfe&then=\xc3\x28", b"secret=%ED%A0%80%ff&%ED%A0%80=%00", b"\x00" * 100, b"=&=&%&%zz", b""]
)
def test_a_form_that_is_no_text_is_a_wrong_one(server: HttpServer, body: bytes) -> None:
    told = httpx.post(f"{server.base}/inbox/sign-in", content=body, headers={"origin": server.base}, trust_env=False)
    assert told.status_code == 403
    assert "That code was used already" in told.text


def test_what_is_typed_stays_what_it_is_whatever_it_is(person: Visitor, waiting: dict[str, Any]) -> None:
    """Nothing of it is markup, and nothing of it breaks the page."""
    (asked,) = waiting["interrupts"]
    path = f"/inbox/interrupts/{asked['code']}"
    fields = decision_on(person.get(path).text, "edit") | {"editing": "1"}
    for text in (
        "</textarea><script>x()</script>",
        "\x00\x1b\u202e\u2066",
        "\ufffd" * 100,
        "{{ 7 * 7 }}",
        "x" * 100_000,
    ):
        for name in ("arg_nights", "args_json", "message", "value_json", "index", "digest"):
            told = person.post(f"{path}/changes", {**fields, name: text})
            assert told.status_code in (200, 422), told.text
            assert "<script>" not in told.text


@pytest.mark.parametrize(
    "path",
    ["/inbox/interrupts/{}", "/inbox/runs/{}", "/inbox/threads/{}", "/inbox/alike/{}", "/inbox/static/{}", "/inbox/{}"],
)
@pytest.mark.parametrize(
    "name", ["%00", "%0d%0aX:1", "%ff", "..%2f..%2fetc%2fpasswd", "%3Cscript%3E", "x" * 5000, "'--"]
)
def test_a_name_that_nobody_has_is_nowhere_whatever_it_is(person: Visitor, path: str, name: str) -> None:
    told = person.get(path.format(name))
    assert told.status_code == 404
    assert "X" not in told.headers
    assert "<script>" not in told.text


def raw(server: HttpServer, *lines: str) -> int:
    """The status that is answered to a request of these lines."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status
