"""The mark of a file whose contents are elsewhere, or on their way: no process of any version keeps anything in it.

The mark is a row for this program, and a version of the schema so high that programs that know no mark refuse the file
as one of a newer program's.
"""

import json
import sqlite3
from dataclasses import asdict, dataclass
from pathlib import Path

from interrupt_mcp.errors import Unavailable

KEY = "moved"
_ABOVE = 1_000_000
"""What is added to the version of the schema."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the contents go."""

    move: str
    """The move's own id, which the other database has as well once they are there."""
    to: str
    """As it may be shown."""
    at: str
    """When the move began, in UTC."""
    done: bool
    """Whether they are there, rather than on their way."""


def is_marked(version: int) -> bool:
    """Whether a file with this version of the schema has the mark."""
    return version > _ABOVE


def layout_of(version: int) -> int:
    """Return the version in which the file is laid out, marked or not."""
    return version - _ABOVE if is_marked(version) else version


def mark_of(connection: sqlite3.Connection) -> Mark | None:
    """Return the mark; `None` where there is none."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone() if is_marked(version) else None
    return None if row is None else Mark(**json.loads(row[0]))


def put(connection: sqlite3.Connection, mark: Mark) -> None:
    """Put the mark, or another one in its place, in the open transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (KEY, json.dumps(asdict(mark))))
    connection.execute(f"PRAGMA user_version = {layout_of(version) + _ABOVE}")


def take_away(connection: sqlite3.Connection) -> None:
    """Take the mark away, in the open transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.execute("DELETE FROM meta WHERE key = ?", (KEY,))
    connection.execute(f"PRAGMA user_version = {layout_of(version)}")


def refusal(path: Path, mark: Mark) -> Unavailable:
    """Return what whoever would use the file is told."""
    if mark.done:
        return Unavailable(
            f"What was in the database {path} was moved to the PostgreSQL database {mark.to} on {mark.at[:10]}, and is"
            " used there alone; name that one by INTERRUPT_MCP_DATABASE"
        )
    return Unavailable(
        f"What is in the database {path} is being moved to the PostgreSQL database {mark.to}; if that was cut off, call"
        f" `interrupt-mcp migrate --from sqlite:///{path}` with that database again"
    )
