"""Opening the store, and its secret, by where it is. It is the one place that chooses the database behind the port."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Database


def open_database(path: Path) -> "Database":
    """Open the database, or make it.

    Raises:
        Unavailable: it cannot be opened or written, is no database, or has a newer schema. Nothing was changed.
    """
    from interrupt_mcp.store.sqlite.store import SqliteDatabase

    return SqliteDatabase(path)


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
