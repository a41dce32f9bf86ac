"""The database of a test: a file of SQLite's in its folder, or one of its own on the run's PostgreSQL server.

Which of the two is said once for a run, by `--store`. A test names a folder; the same folder has the same database.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrupt_mcp.database import DatabaseAddress

STORES = ("sqlite", "postgres")
_CHOSEN = "TESTS_STORE"
_LEASE = "3"
"""Seconds after which a process on a server is dead that does not say that it lives: tests wait for that."""


def choose(store: str) -> None:
    """Say for this process and those it starts which databases tests have."""
    os.environ[_CHOSEN] = store


def on_postgres() -> bool:
    return os.environ.get(_CHOSEN) == "postgres"


def url_of(home: Path, name: str = "state") -> str:
    """Return the address of the folder's database of that name; one on the server is there, and laid out."""
    if not on_postgres():
        return f"sqlite:///{home}/{name}.db"
    from tests.postgres import databases

    return databases.url_of(home / name)


def variables_of(home: Path, name: str = "state") -> dict[str, str]:
    """Return what has a process use the folder's database."""
    return {"INTERRUPT_MCP_DATABASE": url_of(home, name), **({"INTERRUPT_MCP_LEASE": _LEASE} if on_postgres() else {})}


def forget(folder: Path) -> None:
    """Take away the databases of all that is in the folder; a file's is left to whoever deletes the folder."""
    if on_postgres():
        from tests.postgres import databases

        databases.forget(folder)


def address_of(home: Path, name: str = "state") -> "DatabaseAddress":
    """Return the same address as the product has it, to open the database in this process."""
    from interrupt_mcp.database import PostgresServer, SqliteFile

    return PostgresServer(url_of(home, name), home) if on_postgres() else SqliteFile(home / f"{name}.db")
