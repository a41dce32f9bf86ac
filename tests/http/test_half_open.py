"""Connections that are opened and left, headers and bodies that never end, and clients that never read."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import httpx2
import pytest

from tests.http.raw import call_of, read_until, sent
from tests.http.test_limit import ACCEPT, FILES, HELLO, PLACES
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server, over_http

pytestmark = pytest.mark.anyio
MANY = 600
"""More connections than the process may open files."""
POST = b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
LEFT = {
    "nothing": b"",
    "half a header": POST + b"X-Slow: ",
    "half a body": POST + b"Accept: application/json, text/event-stream\r\nContent-Length: 1000\r\n\r\n{",
    "a body in chunks": POST + b"Accept: */*\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "a health check without an end": b"GET /healthz HTTP/1.1\r\nHost: {host}\r\n",
}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[HttpServer]:
    with http_server(tmp_path, files=FILES) as server:
        yield server


def opened(server: HttpServer, stack: ExitStack, request: bytes) -> socket.socket:
    return stack.enter_context(sent(server, request))


@pytest.mark.parametrize("left", LEFT)
async def test_health_and_new_clients_are_answered_beside_connections_that_are_left(
    small: HttpServer, left: str
) -> None:
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        with ExitStack() as stack:
            for number in range(MANY):
                opened(small, stack, LEFT[left])
                if number % 100 == 99:
                    answered = await http.get(f"{small.base}/healthz", headers={"Connection": "close"})
                    assert answered.status_code == 200, number
                    answered = await http.post(small.url, json=HELLO, headers={**ACCEPT, "Connection": "close"})
                    assert answered.status_code == 200, number
    assert small.process.poll() is None
    assert "Traceback" not in "".join(small.said)


async def test_a_body_that_never_ends_is_told_so_and_holds_no_place(small: HttpServer) -> None:
    with ExitStack() as stack:
        slow = [opened(small, stack, LEFT["half a body"]) for _ in range(PLACES + 10)]
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
            assert (await http.post(small.url, json=HELLO, headers=ACCEPT)).status_code == 200
        for each in slow:
            read_until(each, b"The body did not come in time")


async def test_headers_that_never_end_are_cut_off(small: HttpServer) -> None:
    with closing(socket.create_connection(("127.0.0.1", small.port), timeout=PATIENCE)) as connection:
        connection.sendall(LEFT["half a header"].replace(b"{host}", b"x"))
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""


async def test_a_handshake_is_small(small: HttpServer) -> None:
    """It is kept as long as its session is."""
    hello = json.loads(json.dumps(HELLO))
    hello["params"]["clientInfo"]["name"] = "x" * 100_000
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        answered = await http.post(small.url, json=hello, headers=ACCEPT)
        assert answered.status_code == 413
        assert answered.json()["error"]["message"] == (
            "The body has more than 65,536 bytes, which is as many as are taken."
        )
        assert (await http.post(small.url, json=HELLO, headers=ACCEPT)).status_code == 200


async def test_who_opens_sessions_and_leaves_keeps_nobody_out(small: HttpServer) -> None:
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        first = (await http.post(small.url, json=HELLO, headers=ACCEPT)).headers["mcp-session-id"]
        async with over_http(small.url, "2025-11-25") as door:
            for _ in range(20 * PLACES + 1):
                assert (await http.post(small.url, json=HELLO, headers=ACCEPT)).status_code == 200
            # It is listened on, so it is not idle.
            assert (await door.call("list_runs"))["runs"] == []
        ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        # It was ended for one more, and is taken up again.
        answered = await http.post(small.url, json=ping, headers={**ACCEPT, "Mcp-Session-Id": first})
        assert answered.status_code == 200


async def test_a_long_call_is_not_cut_off_by_the_deadline_of_its_request(slow_server: HttpServer, go: Path) -> None:
    with sent(slow_server, call_of("start_run", agent="slow", message="Hello", wait_seconds=17)) as connection:
        connection.settimeout(PATIENCE)
        read_until(connection, b'"status":"running"')
    go.touch()
