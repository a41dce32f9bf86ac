"""What the HTTP server refuses, and what it tells of itself."""

import http.client
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.processes import HttpServer, command, http_server, surroundings

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}},
}


def request(
    server: HttpServer, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def initialize(server: HttpServer, **headers: str) -> int:
    body = json.dumps(INITIALIZE).encode()
    return request(server, "POST", "/mcp", body, {**JSON, **headers})[0]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost:x"])
def test_a_request_for_another_host_is_refused(server: HttpServer, host: str) -> None:
    host = host.format(port=server.port)
    assert initialize(server, Host=host) == 421
    assert request(server, "GET", "/healthz", headers={"Host": host})[0] == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:1", "https://127.0.0.1:{port}", "null"])
def test_a_request_from_another_origin_is_refused(server: HttpServer, origin: str) -> None:
    origin = origin.format(port=server.port)
    assert initialize(server, Origin=origin) == 403
    assert request(server, "GET", "/healthz", headers={"Origin": origin})[0] == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_a_request_to_this_machine_by_any_of_its_names_is_served(server: HttpServer, name: str) -> None:
    own = f"{name}:{server.port}"
    assert initialize(server, Host=own) == 200
    assert initialize(server, Host=own, Origin=f"http://{own}") == 200


def test_a_body_of_more_than_four_mebibytes_is_refused(server: HttpServer) -> None:
    body = b" " * (4 * 1024 * 1024 + 1)
    status, _ = request(server, "POST", "/mcp", body, JSON)
    assert status == 413
    chunked = {**JSON, "Transfer-Encoding": "chunked"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request("POST", "/mcp", (b" " * 65536 for _ in range(65)), chunked, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    assert initialize(server) == 200


def test_health_tells_the_version(server: HttpServer) -> None:
    status, body = request(server, "GET", "/healthz")
    assert status == 200
    health = json.loads(body)
    assert health.keys() == {"status", "version"}
    assert health["status"] == "ok"
    assert request(server, "POST", "/healthz")[0] == 405


@pytest.mark.sqlite
def test_health_is_503_with_the_reason_while_the_database_cannot_be_opened(tmp_path: Path) -> None:
    broken = tmp_path / "state.db"
    broken.write_text("This is no database. " * 100)
    with http_server(tmp_path, INTERRUPT_MCP_INBOX="on") as server:
        status, body = request(server, "GET", "/healthz")
        assert status == 503
        assert json.loads(body)["status"] == "unavailable"
        assert str(broken) in json.loads(body)["error"]
        # Whoever may ask by any name is told nothing of it.
        assert request(server, "GET", "/readyz", headers={"Host": "balancer"}) == (503, '{"status":"not ready"}')
        assert initialize(server) == 200
        broken.unlink()
        assert request(server, "GET", "/healthz")[0] == 200
        assert request(server, "GET", "/readyz", headers={"Host": "balancer"}) == (200, '{"status":"ready"}')


def serve(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [command(), "serve", "--http", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=surroundings(home),
        timeout=PATIENCE,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.com", "127.0.0.2", ""])
def test_an_address_that_others_can_reach_is_refused_at_the_start_with_the_reason(tmp_path: Path, host: str) -> None:
    refused = serve(tmp_path, "--host", host)
    assert refused.returncode == 2
    (said,) = refused.stderr.splitlines()
    assert f"interrupt-mcp: {host!r} is refused" in said
    assert "authentication" in said
    assert "127.0.0.1, ::1 or localhost" in said
    assert refused.stdout == ""


def test_a_port_that_is_taken_is_one_sentence_and_exit_code_1(server: HttpServer, tmp_path: Path) -> None:
    refused = serve(tmp_path, "--port", str(server.port))
    assert refused.returncode == 1
    (said,) = refused.stderr.splitlines()
    assert f"127.0.0.1:{server.port}" in said


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_it_listens_on_the_loopback_address_it_is_told(tmp_path: Path, host: str) -> None:
    with http_server(tmp_path, "--host", host) as server:
        connection = http.client.HTTPConnection(host, server.port, timeout=PATIENCE)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()


@pytest.mark.parametrize("arguments", [["--port", "8321"], ["--host", "127.0.0.1"]])
def test_an_address_without_http_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    refused = subprocess.run(
        [command(), "serve", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=surroundings(tmp_path),
        timeout=PATIENCE,
    )
    assert refused.returncode == 2
    assert "--http" in refused.stderr
    assert refused.stdout == ""


def test_a_server_over_stdio_does_without_what_only_http_needs() -> None:
    script = (
        "import sys, mcp.server; known = set(sys.modules); import interrupt_mcp.process.stdio, interrupt_mcp.cli.serve"
    )
    web = "('uvicorn', 'starlette', 'sse_starlette', 'h11', 'interrupt_mcp.http')"
    loaded = f"print(sorted(m for m in set(sys.modules) - known if m.startswith({web})))"
    done = subprocess.run(
        [sys.executable, "-c", f"{script}; {loaded}"], capture_output=True, encoding="utf-8", timeout=PATIENCE
    )
    assert done.stdout == "[]\n", done.stderr
