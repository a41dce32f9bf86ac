"""PgBouncer before a server, in transaction mode: each transaction may be on another connection to it."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.packages import PGBOUNCER
from tests.patience import PATIENCE
from tests.postgres.cluster import PREFIX, as_server_user, free_port

_SETTINGS = """\
[databases]
* = host={host} port={port} user={user} password={password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
auth_file = /dev/null
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
admin_users = {user}
{more}
"""


@contextmanager
def pooled(url: str, size: int = 5, more: str = "") -> Iterator[str]:
    """Have PgBouncer before the server of that address, and give the address of the same database through it.

    `size` is how many connections to the server it keeps for one database; `more` are lines of its settings.

    Raises:
        Missing: PgBouncer is not on this machine, and cannot be installed.
    """
    program = PGBOUNCER.install() / PGBOUNCER.program
    parts, own = urlsplit(url), free_port()
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        settings = Path(folder, "settings.ini")
        there = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
        settings.write_text(_SETTINGS.format(own=own, size=size, more=more, **there))
        log = Path(folder, "log")
        with log.open("wb") as said:
            process = subprocess.Popen(
                [str(program), str(settings)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd="/",
                env=PGBOUNCER.environ(),
                **as_server_user(),
            )
        through = urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{own}"))
        try:
            _wait(process, through, log)
            yield through
        finally:
            process.kill()
            process.wait(PATIENCE)


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(psycopg.OperationalError):
            return psycopg.connect(url, connect_timeout=5).close()
        assert process.poll() is None, log.read_text()[-4000:]
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.02)
