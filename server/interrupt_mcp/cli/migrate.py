"""`migrate`: lay the database out as this version has it, or move all that is in a file into a PostgreSQL one."""

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import Listing, add_arguments, show
from interrupt_mcp.database import PostgresServer, SqliteFile
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.process.arguments import settings_of, working_directory

if TYPE_CHECKING:
    from interrupt_mcp.database import DatabaseAddress


def _run(args: Namespace) -> int:
    from interrupt_mcp.config.given import Given
    from interrupt_mcp.config.kinds import database

    address = settings_of(args).database
    if args.grant is not None and not isinstance(address, PostgresServer):
        raise ConfigError("--grant is for a PostgreSQL database, whose server has a role of its own")
    if args.source is None:
        return _look(address, args) if args.check else _lay_out(address, args)
    if args.check:
        raise ConfigError("--check says what would be laid out, and moves nothing: give it without --from")
    source = database(Given("--from", args.source, working_directory()))
    if not isinstance(source, SqliteFile):
        raise ConfigError("--from is the file that is moved: sqlite:///path.db")
    if not isinstance(address, PostgresServer):
        raise ConfigError(
            "A file is moved into a PostgreSQL database: name it by INTERRUPT_MCP_DATABASE=postgresql://host/database"
        )
    return _move(source, address, args)


def _look(address: "DatabaseAddress", args: Namespace) -> int:
    from interrupt_mcp.store.opening import schema_of
    from interrupt_mcp.store.versions import SCHEMA_VERSION

    found = schema_of(address)
    current = found == SCHEMA_VERSION
    body = {"database": str(address), "schema": found, "newest": SCHEMA_VERSION, "current": current}
    if current:
        said = f"The database {address} is laid out as this version has it (schema {found}); nothing is to be done."
    elif found:
        said = f"The database {address} has schema {found}; `interrupt-mcp migrate` would bring it to {SCHEMA_VERSION}."
    else:
        said = f"The database {address} is not laid out; `interrupt-mcp migrate` would do that."
    show(Listing(body, (), (), said), args)
    return 0 if current else 1


def _lay_out(address: "DatabaseAddress", args: Namespace) -> int:
    from interrupt_mcp.store.opening import lay_out, schema_of
    from interrupt_mcp.store.versions import SCHEMA_VERSION

    before = schema_of(address)
    lay_out(address)
    body = {
        "database": str(address),
        "schema_before": before,
        "schema": SCHEMA_VERSION,
        "changed": before != SCHEMA_VERSION,
        "granted_to": args.grant,
    }
    said = f"The database {address} is laid out as this version has it (schema {SCHEMA_VERSION}"
    said += "; nothing was to be done)." if before == SCHEMA_VERSION else f", was {before or 'not'})."
    show(Listing(body, (), (), said, _granted(address, args)), args)
    return 0


def _granted(address: "DatabaseAddress", args: Namespace) -> list[str]:
    """Give a server's role what it needs, and return what is said of it."""
    if args.grant is None or not isinstance(address, PostgresServer):
        return []
    from interrupt_mcp.store.opening import grant

    grant(address, args.grant)
    return [f"The role {args.grant} may do what a server does there, and lay out nothing."]


def _move(source: SqliteFile, address: PostgresServer, args: Namespace) -> int:
    from interrupt_mcp.cli.moving import Progress, alone
    from interrupt_mcp.store.moving.move import move

    with alone(source.path):
        moved = move(source.path, address, Progress(sys.stderr).tell)
    granted = _granted(address, args)
    chain = moved.chain
    body = {
        "moved_from": str(source.path),
        "database": str(address),
        "projects": [*moved.projects],
        "rows": dict(moved.rows),
        "audit": {
            "entries": chain.entries,
            "last_hash": chain.last_hash,
            "unbroken": chain.broken_at is None,
            "broken_at": chain.broken_at,
        },
        "vectors_left": moved.vectors_left,
        "moved_before": moved.before,
        "granted_to": args.grant,
    }
    rows = sum(moved.rows.values())
    if moved.before:
        said = f"All that was in {source.path} had been moved to {address} before: {rows:,} rows."
    else:
        said = f"All that was in {source.path} is in {address} now: {rows:,} rows, counted there."
    notes = [f"Projects: {', '.join(moved.projects) or 'none'}. Servers find them at INTERRUPT_MCP_DATABASE."]
    if moved.projects and (project := settings_of(args).project) not in moved.projects:
        notes.append(f"This configuration's project is {project}: `project` in interrupt-mcp.toml names one of those.")
    if chain.broken_at is None:
        notes.append(f"The record's {chain.entries:,} entries follow each other there as they did here.")
    else:
        notes.append(
            f"The record is there as it was here: entry {chain.broken_at} was changed, or one before it taken out."
        )
    if moved.vectors_left:
        notes.append(
            f"{moved.vectors_left:,} vectors of agents' memory stay behind: an item is found by its meaning again once"
            " its agent has put it anew."
        )
    notes.append(f"The file stays as it was, and no server uses it any more: {source.path}")
    show(Listing(body, (), (), said, [*notes, *granted]), args)
    return 0


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, limit=False)
    parser.add_argument("--check", action="store_true", help="change nothing: exit code 0 where nothing is to be done")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="URL",
        help="move all of this file (sqlite:///path.db) into the database",
    )
    parser.add_argument("--grant", metavar="ROLE", help="let this role of the server's use what is laid out")


COMMAND = Command("migrate", "lay out the database, or move all from a file into a PostgreSQL one", _run, _arguments)
