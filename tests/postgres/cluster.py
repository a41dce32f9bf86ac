"""A PostgreSQL server of the tests' own: its data in a folder, on a loopback port, with databases that take no time.

It goes with the process that has it. It knows nothing of the product.
"""

import fcntl
import itertools
import os
import pwd
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.packages import POSTGRES
from tests.patience import PATIENCE
from tests.postgres.watcher import HELD, clear

OWNER, PASSWORD = "keeper", "a-password-of-the-tests"
"""Who has the databases: no superuser. Connections from loopback are let in by trust, whatever password they bring."""
_SUPERUSER = "postgres"
PREFIX = "imcp-pg-"
_ON_DISK, _IN_MEMORY = "/tmp", "/dev/shm"
_ENOUGH = 4 * 2**30
"""Bytes that there have to be in memory: copying a database there takes a tenth of the time."""
_NEW_SECONDS = 60.0
"""So long a folder is left alone in which nobody has locked the file yet."""
_SETTINGS = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "500",
    "max_wal_size": "4GB",
    "max_wal_senders": "0",
    "wal_level": "minimal",
}
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


@dataclass
class Cluster:
    """A server, which may be stopped and started again; its data and its port stay."""

    folder: Path
    """Its data in `data`, its socket in `s`, what it said in `log`."""
    port: int
    durable: bool
    settings: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def url(self, database: str = "postgres", user: str = OWNER) -> str:
        """The address of a database, as libpq takes it."""
        return f"postgresql://{user}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    @property
    def superuser(self) -> str:
        """The address at which everything may be done."""
        return self.url(user=_SUPERUSER)

    def make_database(self, template: str = "template0") -> str:
        """Make a database, empty or as the template is, and return its address."""
        name = f"made_{os.getpid()}_{next(self.numbers)}"
        create(self.superuser, name, template)
        return self.url(name)

    def start(self) -> None:
        """Start the server, and wait until it answers; one that was killed may need some tries."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.process = self._begun()
            while self.process.poll() is None:
                if self._answers():
                    return
                assert time.monotonic() < deadline, self.said()
                time.sleep(0.02)
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def stop(self, how: str = "fast") -> None:
        """Stop it: `smart`, `fast` or `immediate`, which is as if it had crashed."""
        ways = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
        self._end(ways[how])

    def kill(self) -> None:
        """End it by `kill -9`; its children go once they notice."""
        self._end(signal.SIGKILL)

    def restart(self, how: str = "fast") -> None:
        self.stop(how)
        self.start()

    def leave(self) -> None:
        """Have nobody here wait for the server's end: somebody else stops it."""
        if self.process is not None:
            self.process.returncode = 0

    def said(self) -> str:
        """The end of its log."""
        log = self.folder / "log"
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    def lay_out(self) -> None:
        """Make its data, with the owner of the databases in it."""
        how = ("--auth=trust", "--no-sync", "--no-locale", "--encoding=UTF8")
        _run(_program("initdb"), "-D", str(self.folder / "data"), "-U", _SUPERUSER, *how)
        self.start()
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            role = sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}")
            connection.execute(role.format(sql.Identifier(OWNER), sql.Literal(PASSWORD)))

    def _begun(self) -> "subprocess.Popen[bytes]":
        given = {**_SETTINGS, **({} if self.durable else _NOT_DURABLE), **self.settings}
        options = [word for name, value in given.items() for word in ("-c", f"{name}={value}")]
        places = ["-D", str(self.folder / "data"), "-k", str(self.folder / "s"), "-p", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [_program("postgres"), *places, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                env=POSTGRES.environ(),
                **as_server_user(),
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.superuser, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            if self.process.poll() is None:
                self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None


@contextmanager
def cluster(*, durable: bool = False, **settings: str) -> Iterator[Cluster]:
    """Have a server until the end of the block, or of this process; `durable`: what it keeps outlives the machine.

    Settings are the server's own.

    Raises:
        Missing: PostgreSQL is not on this machine, and cannot be installed.
    """
    POSTGRES.install()
    clear_left()
    with watched(Path(tempfile.mkdtemp(prefix=PREFIX, dir=room(durable=durable)))) as folder:
        made = Cluster(folder, free_port(), durable, settings)
        try:
            made.lay_out()
            yield made
        finally:
            made.stop("immediate")


def create(superuser: str, name: str, template: str) -> None:
    """Make a database of that name, as the template is, for the owner; one that is there stays as it is."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        names = [sql.Identifier(each) for each in (name, OWNER, template)]
        with suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(*names))


def drop(superuser: str, *names: str) -> None:
    """Take databases away, whoever is connected."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def watched(folder: Path) -> Iterator[Path]:
    """Have the folder, and with it a server whose data is there, go at the end of the block or of this process."""
    held = hold(folder)
    try:
        watch(folder)
        yield folder
    finally:
        clear(folder)
        os.close(held)


def hold(folder: Path) -> int:
    """Make the folder ready for a server; it stays while a file that is returned is open, here or elsewhere."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    held = os.open(folder / HELD, os.O_RDONLY | os.O_CREAT, 0o600)
    # Shared: whoever uses the server may hold it as well.
    fcntl.flock(held, fcntl.LOCK_SH)
    for name in ("data", "s"):
        (folder / name).mkdir(mode=0o700)
        if (user := server_user()) is not None:
            os.chown(folder / name, user.pw_uid, user.pw_gid)
    return held


def watch(folder: Path) -> None:
    """Have a process that clears the folder once nobody holds it; it is nobody's child."""
    program = str(Path(__file__).with_name("watcher.py"))
    quiet = subprocess.DEVNULL
    subprocess.run([sys.executable, "-S", "-E", program, str(folder)], stdin=quiet, stdout=quiet, stderr=quiet, cwd="/")


def room(*, durable: bool) -> str:
    """Return the folder in which a server's data are to lie, whose path is short enough for a socket."""
    try:
        found = os.statvfs(_IN_MEMORY)
    except OSError:
        return _ON_DISK
    return _IN_MEMORY if not durable and found.f_bavail * found.f_frsize >= _ENOUGH else _ON_DISK


def clear_left() -> None:
    """End the servers that processes of this user left, and whose watcher was killed as well."""
    for folder in chain.from_iterable(Path(each).glob(f"{PREFIX}*") for each in (_ON_DISK, _IN_MEMORY)):
        with suppress(OSError):
            found = folder.stat()
            if found.st_uid != os.geteuid() or time.time() - found.st_mtime < _NEW_SECONDS:
                continue
            with (folder / HELD).open() as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                clear(folder)


def server_user() -> "pwd.struct_passwd | None":
    """The user that programs run as which refuse the superuser; `None` for this one."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam("postgres")
    return pwd.getpwnam("nobody")


def as_server_user() -> dict[str, Any]:
    """What has `subprocess` start such a program."""
    user = server_user()
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    """Return a port that nobody listens on, of those that are given to nobody who does not ask for one by number."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _program(name: str) -> str:
    return str(POSTGRES.install() / name)


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        env=POSTGRES.environ(),
        **as_server_user(),
    )
    assert done.returncode == 0, done.stderr
