"""Opening the store, and its secret, by where it is. It is the one place that chooses the database behind the port."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from interrupt_mcp.database import DatabaseAddress, PostgresServer

if TYPE_CHECKING:
    from interrupt_mcp.store.inspection import Inspecting, Server
    from interrupt_mcp.store.port import Database
    from interrupt_mcp.store.port.leases import Lease


def open_database(address: DatabaseAddress) -> "Database":
    """Open the database, or make it.

    Raises:
        Unavailable: it cannot be opened or written, is no database, or has a newer schema. Nothing was changed.
    """
    if isinstance(address, PostgresServer):
        _check_extra()
        from interrupt_mcp.store.postgres.store import PostgresDatabase

        return PostgresDatabase(address)
    from interrupt_mcp.store.sqlite.store import SqliteDatabase

    return SqliteDatabase(address.path)


def lay_out(address: DatabaseAddress) -> None:
    """Have the database laid out as this version has it; one that is not there is made.

    Raises:
        Unavailable: it cannot be used, may not be laid out by this user, or has a newer schema.
    """
    if isinstance(address, PostgresServer):
        _check_extra()
        from interrupt_mcp.store.postgres import layout

        layout.ensure(address)
        return
    open_database(address).close()


def schema_of(address: DatabaseAddress) -> int:
    """Return the version in which the database is laid out; 0 where it is not, or is not there.

    Raises:
        Unavailable: it cannot be used, has a newer schema, or what was in it is elsewhere.
    """
    if isinstance(address, PostgresServer):
        _check_extra()
        from interrupt_mcp.store.postgres import layout

        return layout.version_at(address)
    if address.is_known_absent():
        return 0
    from interrupt_mcp.store.sqlite.inspection import version_at

    return version_at(address.path)


def grant(address: PostgresServer, role: str) -> None:
    """Let a role of the server's use what is laid out there, and lay out nothing.

    Raises:
        Unavailable: there is no such role, or this user may not give it rights.
    """
    _check_extra()
    from interrupt_mcp.store.postgres import granting

    granting.grant(address, role)


def secret_of(address: DatabaseAddress) -> str:
    """Return the secret of the store there, made now where it has none. It is the same for all who share the store.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    if isinstance(address, PostgresServer):
        _check_extra()
        from interrupt_mcp.store.postgres import secret as on_server

        return on_server.secret_of(address)
    from interrupt_mcp.store.sqlite import secret

    return secret.secret_of(address.path)


def kept_secret(address: DatabaseAddress) -> str | None:
    """Return the secret of the store there; `None` where it has none yet.

    Raises:
        Unavailable: there is no database, or it cannot be used.
    """
    if isinstance(address, PostgresServer):
        _check_extra()
        from interrupt_mcp.store.postgres import secret as on_server

        return on_server.kept_secret(address)
    from interrupt_mcp.store.sqlite import secret

    return secret.kept_secret(address.path)


def size_of(address: DatabaseAddress) -> int:
    """Return how many bytes the database takes.

    Raises:
        Unavailable: it cannot be asked.
    """
    if isinstance(address, PostgresServer):
        _check_extra()
        from interrupt_mcp.store.postgres import inspection as on_server

        return on_server.size_of(address)
    files = (address.path, Path(f"{address.path}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def inspecting(address: DatabaseAddress) -> "Inspecting":
    """Look at the database there within a context, and change nothing: it is neither made nor brought up to date.

    Raises:
        Unavailable: as the context is entered: it is not there, cannot be read, or is no database.
    """
    if isinstance(address, PostgresServer):
        _check_extra()
        from interrupt_mcp.store.postgres import inspection as on_server

        return on_server.inspecting(address)
    from interrupt_mcp.store.sqlite import inspection

    return inspection.inspecting(address.path)


def leases_at(address: PostgresServer) -> "Mapping[str, Lease]":
    """Return the leases of all processes that share the database there, by the names under which they own runs.

    Raises:
        Unavailable: it cannot be used.
    """
    from interrupt_mcp.store.postgres.leases import standing

    return standing(address)


def look_at(address: PostgresServer) -> "Server":
    """Return how the server is found.

    Raises:
        ConfigError: the packages for that are not installed.
        Unavailable: it cannot be reached or is too old, its schema is newer, or this user may not read it.
    """
    _check_extra()
    from interrupt_mcp.store.postgres import looking

    return looking.look_at(address)


def on_network(path: Path) -> str | None:
    """Return the name of the network file system that the path is on; `None` for none, or where that cannot be told."""
    from interrupt_mcp.store.sqlite.filesystem import network_file_system

    return network_file_system(path)


def _check_extra() -> None:
    from interrupt_mcp.store.postgres import extra

    extra.check()
