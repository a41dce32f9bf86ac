"""A proxy that adds a token to each request, for a client that knows of none. It passes on all else as it came."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from tests.patience import PATIENCE

HOST = "127.0.0.1"
_AT_ONCE = 64 * 1024


class Proxy(ThreadingTCPServer):
    """In front of the server that will listen at that port of loopback."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, token: str, port: int) -> None:
        super().__init__((HOST, 0), _Handler)
        self.token = token
        self.behind = (HOST, port)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever asked left, or nothing listens there any more."""


@contextmanager
def bearing(token: str, port: int) -> Iterator[Proxy]:
    """Such a proxy, until the end of the block."""
    proxy = Proxy(token, port)
    thread = Thread(target=proxy.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join(PATIENCE)


class _Handler(StreamRequestHandler):
    """One request: its connection ends with the answer, so that the next one comes on another."""

    server: Proxy

    def handle(self) -> None:
        head = self._head()
        if not head:
            return
        with socket.create_connection(self.server.behind) as behind, suppress(OSError):
            behind.sendall(head)
            Thread(target=self._pass_on, args=(behind,), daemon=True).start()
            while part := behind.recv(_AT_ONCE):
                self.connection.sendall(part)

    def _head(self) -> bytes:
        first = self.rfile.readline()
        headers = list(iter(self.rfile.readline, b"\r\n")) if first else []
        kept = [each for each in headers if not each.lower().startswith(b"connection:")]
        added = [b"Connection: close\r\n", f"Authorization: Bearer {self.server.token}\r\n".encode(), b"\r\n"]
        return b"".join((first, *kept, *added)) if first else b""

    def _pass_on(self, behind: socket.socket) -> None:
        """Pass the body on; whoever leaves before the answer leaves the server too."""
        with suppress(OSError):
            while part := self.rfile.read1(_AT_ONCE):  # type: ignore[attr-defined]
                behind.sendall(part)
            behind.shutdown(socket.SHUT_RDWR)
