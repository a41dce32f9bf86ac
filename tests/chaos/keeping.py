"""Where the processes of a storm keep what they know: a file of SQLite's, or a PostgreSQL server and the ways to it.

All that differs between the two is here.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.postgres.cluster import Cluster, cluster
from tests.postgres.pooler import pooled
from tests.postgres.proxy import Proxy, proxy

LEASE = 3
"""Seconds for which a process that shares a server is alive after it last said so."""


_POOLER = "server_login_retry = 1"
"""Seconds; else it lets nobody in for longer than any outage here."""
_LINGERS = 0.1
"""How many of the acts take longer, so that their driver is in the middle of one when something happens to it."""


class Away(Exception):
    """The database cannot be asked now."""


class Keeping(Protocol):
    """One database."""

    longest_stop: float
    """Seconds that a stopped process may take to be replaced."""
    longest_life: float
    """Seconds after which the next thing happens, though people got nowhere."""
    patience: float
    """Seconds for which it is waited for a process that drives a run, to be stopped."""

    def environ(self, slot: int) -> dict[str, str]:
        """The variables with which the process of that slot finds it."""

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What is found by SQL that both databases understand.

        Raises:
            Away
        """

    def release(self, owner: str) -> None:
        """Make the owner dead to all others, whether it is or not, where that takes no time."""

    def faults(self) -> list[str]:
        """What is wrong with the database itself, now that nobody uses it any more."""


class OnFile:
    """In a file of the storm's folder."""

    # Where one was stopped in the middle of a transaction, nobody can take its runs.
    longest_stop = 3.0
    longest_life = 5.0
    patience = 0.0

    def __init__(self, folder: Path) -> None:
        self._path = folder / "state.db"

    def environ(self, slot: int) -> dict[str, str]:
        return {"INTERRUPT_MCP_DATABASE": f"sqlite:///{self._path}"}

    def rows(self, sql: str) -> list[dict[str, Any]]:
        try:
            with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                return [dict(row) for row in connection.execute(sql)]
        except sqlite3.Error as error:
            raise Away from error

    def release(self, owner: str) -> None:
        with suppress(OSError):
            Path(f"{self._path}-owners", f"{owner}.lock").unlink()

    def faults(self) -> list[str]:
        (said,) = self.rows("PRAGMA integrity_check")
        return [] if said["integrity_check"] == "ok" else [f"the database is not sound: {said['integrity_check']}"]


@dataclass
class OnServer:
    """On a server that keeps what it committed through a crash; each process has ways of its own to it."""

    server: Cluster
    url: str
    through: str
    """The address at which a pooler is, or the server."""
    ways: Sequence[Proxy]
    """To what the address says, for each slot."""
    straight: Sequence[Proxy]
    """To the server, for each slot, where there is a pooler."""
    longest_stop: float = 3.0 * LEASE
    longest_life: float = 15.0
    patience: float = 3.0

    def environ(self, slot: int) -> dict[str, str]:
        given = {"INTERRUPT_MCP_DATABASE": self.ways[slot].url(self.through), "INTERRUPT_MCP_LEASE": str(LEASE)}
        given["LINGER"] = str(_LINGERS)
        if self.straight:
            given["INTERRUPT_MCP_DATABASE_DIRECT"] = self.straight[slot].url(self.url)
        return given

    def rows(self, sql: str) -> list[dict[str, Any]]:
        import psycopg
        from psycopg.rows import dict_row

        try:
            with psycopg.connect(self.url, row_factory=dict_row, options="-c search_path=interrupt_mcp") as connection:
                return connection.execute(sql.encode()).fetchall()
        except psycopg.Error as error:
            raise Away(str(error)) from error

    def release(self, owner: str) -> None:
        """Do nothing: its lease runs out."""

    def faults(self) -> list[str]:
        """What the engine has left."""
        if self.rows("SELECT to_regclass('procrastinate_jobs') AS jobs")[0]["jobs"] is None:
            return []
        return [f"the engine has a job of a finished run: {row}" for row in self.rows(_LEFT)]

    def living(self) -> set[str]:
        """Who has a lease."""
        return {row["name"] for row in self.rows("SELECT name FROM owners WHERE lives_until > clock_timestamp()")}


_LEFT = """
SELECT jobs.id, jobs.status, jobs.args FROM procrastinate_jobs AS jobs JOIN runs ON jobs.args->>'run_id' = runs.run_id
WHERE jobs.status IN ('todo', 'doing') AND runs.status NOT IN ('pending', 'running')
"""


@contextmanager
def on_file(folder: Path) -> Iterator[OnFile]:
    yield OnFile(folder)


@contextmanager
def on_server(folder: Path, slots: int, *, pooler: bool) -> Iterator[OnServer]:
    """Have a server, and for each slot ways to it; with a pooler that keeps no session where there is to be one.

    What the server said is in the folder afterwards.
    """
    with ExitStack() as stack:
        server = stack.enter_context(cluster(durable=True))
        url = server.make_database()
        through = stack.enter_context(pooled(url, size=20, more=_POOLER)) if pooler else url
        ways = [stack.enter_context(proxy(through)) for _ in range(slots)]
        straight = [stack.enter_context(proxy(url)) for _ in range(slots if pooler else 0)]
        stack.callback(shutil.copyfile, server.folder / "log", folder / "postgres.txt")
        yield OnServer(server, url, through, ways, straight)
