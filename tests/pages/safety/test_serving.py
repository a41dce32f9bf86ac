"""Who serves the pages: one process of a project for all that share the store, and nobody who only says so."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx
import pytest

from interrupt_mcp.channels.keys import Keys
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.peers.owner import beside
from interrupt_mcp.peers.pages import PagesOf, Rank
from interrupt_mcp.store.opening import secret_of
from tests.conftest import Door
from tests.pages.asking import asked
from tests.pages.safety.visitors import PROJECT, offered, visiting
from tests.patience import PATIENCE, until
from tests.processes import command, http_server, over_http, over_stdio, ran, surroundings
from tests.terminals import Keys as Keyboard
from tests.terminals import at_a_terminal

pytestmark = pytest.mark.anyio
ON = {"INTERRUPT_MCP_INBOX": "on", "INTERRUPT_MCP_INBOX_PORT": "0"}
REMOTE = {"INTERRUPT_MCP_INBOX": "auto", "INTERRUPT_MCP_INBOX_PORT": "0", "SSH_CONNECTION": "1 2 3 4"}
"""Where nobody sits at the screen."""


async def asking(door: Door, **more: Any) -> dict[str, Any]:
    run = await asked(door, agent="hotel", message="Book the Ritz", **more)
    assert run["status"] == "interrupted", run
    return run


def told(run: dict[str, Any]) -> str:
    """The address of the pages, as the run tells it; empty where it tells none."""
    (asked,) = run["interrupts"]
    found = re.search(rf"(http://\S+)/inbox/interrupts/{asked['code']}", asked["where_to_decide"])
    return "" if found is None else found[1]


async def told_by(door: Door, run: dict[str, Any], another_than: str = "") -> str:
    """The address that a server tells of, once it is another than that."""
    with anyio.fail_after(PATIENCE):
        while (address := told(await door.call("get_run", run_id=run["run_id"]))) in ("", another_than):
            await anyio.sleep(0.05)
    return address


def got(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=PATIENCE)


def served(address: str) -> int:
    return got(f"{address}/inbox/sign-in").status_code


async def test_several_servers_of_a_project_serve_once_and_another_takes_over(tmp_path: Path) -> None:
    async with over_stdio(tmp_path, environ=ON) as second:
        async with over_stdio(tmp_path, environ=ON) as first:
            run = await asking(first)
            address = told(run)
            assert served(address) == 200
            assert await told_by(second, run) == address
            assert told(await asking(second)) == address
        other = await told_by(second, run, another_than=address)
        assert served(other) == 200
        with pytest.raises(httpx.ConnectError):
            served(address)


async def test_a_server_over_http_goes_first_and_the_other_leads_there(tmp_path: Path) -> None:
    async with over_stdio(tmp_path, environ=ON) as door:
        run = await asking(door)
        before = told(run)
        with http_server(tmp_path, INTERRUPT_MCP_INBOX="on") as server:
            assert await told_by(door, run, another_than=before) == server.base
            async with over_http(server.url) as other:
                assert await told_by(other, run) == server.base
            path = "/inbox/interrupts/A7?edit=0&x=%2F"
            leads = got(f"{before}{path}")
            assert (leads.status_code, leads.headers["location"]) == (307, f"{server.base}{path}")
            assert leads.headers["x-frame-options"] == "DENY"
            # Whoever is signed in at the one is at the other.
            with visiting(before) as person:
                assert person.post("/inbox/sign-in", {"secret": offered(tmp_path)}).status_code == 200
                assert person.get("/inbox").headers["location"] == f"{server.base}/inbox"
                person.base = server.base
                assert person.get("/inbox").status_code == 200
            server.process.kill()
            server.process.wait(PATIENCE)
            assert await told_by(door, run, another_than=server.base) == before
        assert served(before) == 200


@pytest.mark.sqlite
async def test_the_pages_are_taken_over_from_a_server_that_was_killed(tmp_path: Path) -> None:
    async with over_stdio(tmp_path, environ=ON) as door:
        with http_server(tmp_path, INTERRUPT_MCP_INBOX="on") as server:
            pages = PagesOf(beside(tmp_path / "state.db"), PROJECT)
            assert got(f"{server.base}/healthz").status_code == 200
            await until(lambda: pages.address == server.base)
            run = await asking(door)
            assert told(run) == server.base
            server.process.kill()
        address = await told_by(door, run, another_than=server.base)
        assert served(address) == 200


@pytest.mark.sqlite
def test_whoever_takes_over_tells_no_address_before_it_has_one(tmp_path: Path) -> None:
    with http_server(tmp_path, INTERRUPT_MCP_INBOX="on") as server:
        pages = PagesOf(beside(tmp_path / "state.db"), PROJECT)
        assert got(f"{server.base}/healthz").status_code == 200
        asyncio.run(until(lambda: pages.address == server.base))
        assert not pages.take(Rank.HTTP)
        server.process.kill()
    assert pages.take(Rank.HTTP)
    assert pages.address == ""
    pages.tell(Rank.HTTP, "http://127.0.0.1:1")
    assert pages.address == "http://127.0.0.1:1"
    pages.give_up(Rank.HTTP)
    assert pages.address == ""
    other = PagesOf(beside(tmp_path / "state.db"), PROJECT)
    assert other.take(Rank.HTTP)
    other.leave()


async def test_where_the_port_is_taken_the_pages_are_at_another(tmp_path: Path) -> None:
    with pretending() as other:
        port = {**ON, "INTERRUPT_MCP_INBOX_PORT": str(other.port)}
        async with over_stdio(tmp_path, environ=port) as door:
            address = told(await asking(door))
            assert urlsplit(address).port != other.port
            assert served(address) == 200
    assert f"Something listens on port {other.port} already" in (tmp_path / "stderr.txt").read_text()
    assert other.asked == []


@pytest.fixture(scope="module")
async def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a server was, and something waits."""
    home = tmp_path_factory.mktemp("left")
    async with over_stdio(home, environ=ON) as door:
        await asking(door)
    return home


@pytest.mark.sqlite
@pytest.mark.posix
@pytest.mark.parametrize("answers", ["nothing", "with the proof of another address", "with an old proof"])
async def test_nobody_is_signed_in_at_a_listener_that_is_none_of_ours(left: Path, answers: str) -> None:
    """It is at the address that is told, as where a server died and another user took its port."""
    keys = Keys(secret_of(SqliteFile(left / "state.db")), PROJECT)
    with pretending() as other:
        proofs = {
            "nothing": lambda nonce: "",
            "with the proof of another address": lambda nonce: keys.proof("http://127.0.0.1:1", nonce),
            "with an old proof": lambda nonce: keys.proof(other.address, "an old one"),
        }
        other.answer = proofs[answers]
        pages = PagesOf(beside(left / "state.db"), PROJECT)
        assert pages.take(Rank.ANY)
        pages.tell(Rank.ANY, other.address)
        try:
            for arguments in ((), ("--no-browser",)):
                environ = {**surroundings(left, **ON), "BROWSER": "/bin/true %s", "TERM": "dumb"}
                with at_a_terminal(left, "inbox", *arguments, environ=environ) as screen:
                    screen.ended()
                assert "Another program listens" in screen.screen
                assert "sign-in#" not in screen.screen
        finally:
            pages.leave()
    assert other.asked
    assert all(line.startswith("GET /inbox/proof?nonce=") for line in other.asked)
    assert not list(left.glob("*sign-in/*"))


class Pretending:
    """A program that listens and answers what it likes."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Any = lambda nonce: ""
        asked, answered = self.asked, lambda nonce: self.answer(nonce)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.requestline)
                body = answered(parse_qs(urlsplit(self.path).query).get("nonce", [""])[0]).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"


@contextmanager
def pretending() -> Iterator[Pretending]:
    other = Pretending()
    thread = Thread(target=other.server.serve_forever)
    thread.start()
    try:
        yield other
    finally:
        other.server.shutdown()
        thread.join(PATIENCE)
        other.server.server_close()


def sign_in_link(keys: Keyboard) -> tuple[str, str]:
    """The address of the pages and the secret of the link that the terminal shows."""
    keys.until("This link signs in once, within a minute: ")
    found = re.fullmatch(r"(http://127.0.0.1:\d+)/inbox/sign-in#(\S+)\n", keys.until("\n"))
    assert found is not None
    return found[1], found[2]


@pytest.mark.posix
def test_the_command_prints_a_link_that_signs_in_once_to_the_terminal(tmp_path: Path) -> None:
    environ = {**surroundings(tmp_path, **REMOTE), "TERM": "dumb"}
    with at_a_terminal(tmp_path, "inbox", environ=environ) as keys:
        address, secret = sign_in_link(keys)
        keys.until("It is served here, and runs go on here, until Ctrl-C.")
        with visiting(address) as visitor:
            assert visitor.sign_in(secret).status_code == 200
            assert visitor.sign_in(secret).status_code == 403
        # Where they are served already, it signs in and leaves.
        with at_a_terminal(tmp_path, "inbox", "--no-browser", environ=environ) as second:
            again, other = sign_in_link(second)
            assert second.ended() == 0
        assert (again, other == secret) == (address, False)
        with visiting(address) as visitor:
            assert visitor.sign_in(other).status_code == 200
        keys.press(b"\x03")
        keys.ended()
    with pytest.raises(httpx.ConnectError):
        served(address)


@pytest.mark.parametrize("arguments", [(), ("--no-browser",)])
def test_the_command_refuses_without_a_terminal(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = ran([command(), "inbox", *arguments], PATIENCE, surroundings(tmp_path, **ON))
    assert refused.returncode == 2
    assert "no terminal" in refused.stderr
    assert "sign-in" not in refused.stdout + refused.stderr


@pytest.mark.posix
def test_the_command_says_that_there_are_no_pages(tmp_path: Path) -> None:
    off = {**surroundings(tmp_path), "TERM": "dumb"}
    with at_a_terminal(tmp_path, "inbox", environ=off) as keys:
        assert keys.ended() == 2
    assert "INTERRUPT_MCP_INBOX is off" in keys.screen


@pytest.mark.sqlite
@pytest.mark.posix
async def test_no_secret_is_told_written_or_kept_but_where_it_is_handed_over(tmp_path: Path) -> None:
    page = tmp_path / "page"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\ncp "${{1#file://}}" "{page}.new" && mv "{page}.new" "{page}"\n')
    browser.chmod(0o755)
    opens = {"INTERRUPT_MCP_INBOX": "auto", "INTERRUPT_MCP_INBOX_PORT": "0", "BROWSER": f"{browser} %s"}
    async with over_stdio(tmp_path, environ=opens) as door:
        run = await asking(door)
        await until(page.exists)
        handed = page.read_text()
        (secret,) = re.findall(r'name="secret" value="([^"]+)"', handed)
        shown = json.dumps([run, await door.call("get_run", run_id=run["run_id"]), await door.call("list_interrupts")])
        with visiting(told(run)) as person:
            signed = person.post("/inbox/sign-in", {"secret": secret}, origin="null")
            assert signed.status_code == 200
            (cookie,) = dict(person.client.cookies).values()
            pages = [person.get(f"/inbox{path}").text for path in ("", "/sessions", "/runs", "/decided")]
        written = [signed.text, *pages, shown, (tmp_path / "stderr.txt").read_text()]
        kept = [file.read_bytes() for file in tmp_path.glob("state.db*") if file.is_file()]
    assert not any(each in text for text in written for each in (secret, cookie))
    assert not any(each.encode() in text for text in kept for each in (secret, cookie))
    assert not list(tmp_path.glob("state.db-sign-in/*"))
