"""Other users of the machine: loopback is theirs too, and the pages are not."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.pages.safety.visitors import offered, signed_in, store_in, visiting
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server

NOBODY = 65534
pytestmark = [
    pytest.mark.posix,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="only root can be another user, and only Linux tells"
    ),
]
_SENDS = """
import encodings.idna, os, socket, struct, sys
user, host, port, ends = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
os.setgroups([]); os.setgid(user); os.setuid(user)
connection = socket.create_connection((host, port), timeout=60)
connection.sendall(sys.stdin.buffer.read())
if ends == "stays":
    sys.stdout.buffer.write(connection.recv(65536))
elif ends == "breaks off":
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
connection.close()
"""


def sends(user: int, host: str, port: int, request: str, ends: str = "stays") -> str:
    """What is answered to a process of that user, which stays to hear it, or leaves or breaks off at once."""
    done = subprocess.run(
        [sys.executable, "-c", _SENDS, str(user), host, str(port), ends],
        input=request,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def get(path: str, host: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"


PATHS = ("/inbox", "/inbox/sign-in", "/inbox/proof?nonce=1", "/inbox/static/inbox.css", "/inbox/nowhere")


@pytest.mark.parametrize("path", PATHS)
def test_a_process_of_another_user_is_refused(server: HttpServer, path: str) -> None:
    host = f"127.0.0.1:{server.port}"
    assert "HTTP/1.1 403" in sends(NOBODY, "127.0.0.1", server.port, get(path, host))
    assert "HTTP/1.1 403" not in sends(os.geteuid(), "127.0.0.1", server.port, get(path, host))


@pytest.mark.parametrize(
    ("listens", "connects"),
    [("127.0.0.1", "::ffff:127.0.0.1"), ("::1", "::1"), ("localhost", "::1"), ("localhost", "127.0.0.1")],
)
def test_by_whatever_address_it_comes(tmp_path: Path, listens: str, connects: str) -> None:
    with http_server(tmp_path, "--host", listens, INTERRUPT_MCP_INBOX="on") as server:
        request = get("/inbox/sign-in", f"localhost:{server.port}")
        assert "HTTP/1.1 403" in sends(NOBODY, connects, server.port, request)
        assert "HTTP/1.1 200" in sends(os.geteuid(), connects, server.port, request)


@pytest.mark.parametrize("ends", ["leaves", "breaks off"])
def test_one_that_is_gone_before_it_is_looked_at_is_refused_too(tmp_path: Path, ends: str) -> None:
    """The system writes root for whose an end is that nobody holds any more."""
    with http_server(tmp_path, INTERRUPT_MCP_INBOX="on") as server:
        secret = offered(tmp_path)
        with signed_in(server.base, tmp_path), visiting(server.base) as visitor:
            body = urlencode({"secret": secret})
            head = f"POST /inbox/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nOrigin: {server.base}\r\n"
            server.process.send_signal(signal.SIGSTOP)
            try:
                sends(NOBODY, "127.0.0.1", server.port, f"{head}Content-Length: {len(body)}\r\n\r\n{body}", ends)
            finally:
                server.process.send_signal(signal.SIGCONT)
            for _ in range(5):
                assert visitor.get("/inbox/sign-in").status_code == 200
            with store_in(tmp_path) as store:
                assert len(asyncio.run(store.sessions.listed())) == 1
            assert visitor.sign_in(secret).status_code == 200
