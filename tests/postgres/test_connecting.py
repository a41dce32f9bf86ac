"""A server that goes away while a connection to it is made."""

import socket
import struct
import threading
from pathlib import Path

import pytest

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.store.opening import open_database
from tests.patience import PATIENCE

pytestmark = [pytest.mark.postgres, pytest.mark.posix]
_LET_IN = b"R" + struct.pack("!ii", 8, 0)
_READY = b"Z" + struct.pack("!i", 5) + b"I"


def test_one_that_goes_right_after_it_let_somebody_in_cannot_be_used(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)

        def let_in() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(_LET_IN + _READY)
                connection.recv(1)

        server = threading.Thread(target=let_in)
        server.start()
        url = f"postgresql://127.0.0.1:{listener.getsockname()[1]}/nothing?sslmode=disable&gssencmode=disable"
        with pytest.raises(Unavailable):
            open_database(PostgresServer(url, tmp_path))
        server.join(PATIENCE)
