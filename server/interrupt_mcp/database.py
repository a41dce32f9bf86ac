"""Where a database is: a file of SQLite's, or one of a PostgreSQL server's. It opens nothing.

A server's address may hold a password, which is shown nowhere.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote, urlsplit, urlunsplit

_PASSWORDS = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database file of SQLite's."""

    path: Path

    @property
    def url(self) -> str:
        """The address, to be given to another process."""
        return f"sqlite:///{self.path}"

    @property
    def beside(self) -> Path:
        """The path beside which this machine's processes keep files about the database."""
        return self.path

    def is_known_absent(self) -> bool:
        """Whether nothing was ever kept there."""
        return not self.path.exists()

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A database of a PostgreSQL server's."""

    url: str = field(repr=False)
    """As libpq takes it."""
    folder: Path = field(compare=False)
    """Where this machine's processes keep files about the database."""
    direct: str = field(default="", repr=False)
    """The same database without a pooler between, where `url` leads through one that keeps no session."""

    @property
    def beside(self) -> Path:
        """The path beside which this machine's processes keep files about the database."""
        return self.folder / f"postgres-{hashlib.sha256(str(self).encode()).hexdigest()[:16]}"

    @property
    def straight(self) -> str:
        """The address of the server itself."""
        return self.direct or self.url

    def is_known_absent(self) -> bool:
        """Whether nothing was ever kept there: nobody knows without asking the server."""
        return False

    def __str__(self) -> str:
        return shown(self.url)

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables by which another process of this user's finds it: an argument could be seen by everybody."""
        direct = {"INTERRUPT_MCP_DATABASE_DIRECT": self.direct} if self.direct else {}
        return {"INTERRUPT_MCP_DATABASE": self.url, **direct}


DatabaseAddress: TypeAlias = SqliteFile | PostgresServer


def without_password(url: str) -> str:
    """Return a server's address without any password in it, to be written where others may read it."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    query = "&".join(each for each in parts.query.split("&") if each.partition("=")[0].lower() not in _PASSWORDS)
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}", query=query))


def shown(url: str) -> str:
    """Return a server's address as it may be shown: the server and the database, nothing else."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    return f"{unquote(where) or 'the local server'}{parts.path or ''}"
