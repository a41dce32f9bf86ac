"""Opening the store at its address, and its secret. Whichever database that is, whoever opens it gets the port."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Store
    from interrupt_mcp.store.records import Reach


def open_store(path: Path, reach: "Reach", owner: str) -> "Store":
    """Open the store, or make it; `owner` is who drives runs in this process.

    Raises:
        Unavailable: it cannot be opened or written, is no database, or has a newer schema. Nothing was changed.
    """
    from interrupt_mcp.store.sqlite.database import Database
    from interrupt_mcp.store.sqlite.store import SqliteStore

    return SqliteStore(Database(path), reach, owner)


def secret_of(path: Path) -> str:
    """Return the secret of the store there, made now where it has none. It is the same for all who share the store.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    from interrupt_mcp.store.sqlite import secret

    return secret.secret_of(path)


def kept_secret(path: Path) -> str | None:
    """Return the same, where it has one. None is made.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    from interrupt_mcp.store.sqlite import secret

    return secret.kept_secret(path)
