"""Opening the store, and its secret, by where it is. It is the one place that chooses the database behind the port."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrupt_mcp.store.inspection import Inspecting
    from interrupt_mcp.store.port import Database


def open_database(path: Path) -> "Database":
    """Open the database, or make it.

    Raises:
        Unavailable: it cannot be opened or written, is no database, or has a newer schema. Nothing was changed.
    """
    from interrupt_mcp.store.sqlite.store import SqliteDatabase

    return SqliteDatabase(path)


def schema_version() -> int:
    """Return the version in which this program lays out a database."""
    from interrupt_mcp.store.sqlite.database import SCHEMA_VERSION

    return SCHEMA_VERSION


def secret_of(path: Path) -> str:
    """Return the secret of the store there, made now where it has none. It is the same for all who share the store.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    from interrupt_mcp.store.sqlite import secret

    return secret.secret_of(path)


def kept_secret(path: Path) -> str | None:
    """Return the secret of the store there; `None` where it has none yet.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    from interrupt_mcp.store.sqlite import secret

    return secret.kept_secret(path)


def inspecting(path: Path) -> "Inspecting":
    """Look at the database there within a context, and change nothing: it is neither made nor brought up to date.

    Raises:
        Unavailable: as the context is entered: it is not there, cannot be read, or is no database.
    """
    from interrupt_mcp.store.sqlite import inspection

    return inspection.inspecting(path)


def on_network(path: Path) -> str | None:
    """Return the name of the network file system that the path is on; `None` for none, or where that cannot be told."""
    from interrupt_mcp.store.sqlite.filesystem import network_file_system

    return network_file_system(path)
