"""`install`: print what goes into a client's configuration and where, or have it there."""

import os
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import write
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.process.arguments import settings_of

if TYPE_CHECKING:
    from interrupt_mcp.config import Settings
    from interrupt_mcp.installing.changing import Configuration
    from interrupt_mcp.installing.clients import Client
    from interrupt_mcp.installing.entries import Entry

CLIENT_NAMES = ("claude-desktop", "claude-code", "cursor", "vscode", "windsurf", "zed", "codex", "goose")
"""As the table of clients has them, which is imported only for this command."""
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
"""What every client takes, also in the names that it makes of a server's and a tool's."""
_CONFIG, _DATABASE = "INTERRUPT_MCP_CONFIG", "INTERRUPT_MCP_DATABASE"


def _run(args: Namespace) -> int:
    import sys

    from interrupt_mcp.installing.clients import CLIENTS

    if args.write and args.remove:
        raise ConfigError("--write puts the entry in, and --remove takes it out; give one of them")
    if not _NAME.fullmatch(args.name):
        raise ConfigError(f"--name is {args.name!r}; it must be 1 to 40 letters, digits, hyphens or underscores")
    client = CLIENTS[args.client]
    write(_told(client, args), sys.stdout)
    return 0


def _told(client: "Client", args: Namespace) -> Iterator[str]:
    from interrupt_mcp.installing import told

    configuration = _configuration(client)
    if args.remove:
        entry = _removed_entry(client, args)
        yield from told.removed(client, configuration, entry, configuration.remove(entry))
        return
    settings = settings_of(args)
    entry = _entry(client, args, settings)
    if args.write:
        yield from told.written(client, configuration, entry, configuration.put(entry))
        yield from _notes(settings)
        return
    yield from told.printed(client, configuration, entry)
    yield from _notes(settings)
    yield told.would(configuration.look(entry))


def _configuration(client: "Client") -> "Configuration":
    from interrupt_mcp.installing.changing import Configuration
    from interrupt_mcp.installing.kept_file import KeptFile
    from interrupt_mcp.installing.places import this_machine

    file = KeptFile.named(Path(client.place(this_machine(os.environ))))
    return Configuration(file, client.format, client.servers)


def _entry(client: "Client", args: Namespace, settings: "Settings") -> "Entry":
    """Return what is to stand in the client's file.

    Raises:
        ConfigError: the client would not get it as it is.
    """
    from interrupt_mcp.installing.entries import Entry
    from interrupt_mcp.installing.launch import launch, this_installation

    entry = Entry(client.keys, args.name, launch(this_installation(os.environ)), _variables(args, settings))
    for value in (entry.launch.command, *entry.launch.args, *entry.env.values()):
        if client.expands and "${" in value:
            raise ConfigError(f"{value!r} has ${{ in it, in place of which {client.title} puts something else")
        if not value.isprintable():
            raise ConfigError(f"{value!r} has characters in it that cannot be seen")
    return entry


def _removed_entry(client: "Client", args: Namespace) -> "Entry":
    """Return an entry of that name. What would start it does not matter, nor what it would serve."""
    from interrupt_mcp.installing.entries import Entry
    from interrupt_mcp.installing.launch import Launch

    return Entry(client.keys, args.name, Launch(""), {})


def _variables(args: Namespace, settings: "Settings") -> dict[str, str]:
    """Return which project the server serves, wherever the client starts it. Nothing else goes into the entry."""
    from interrupt_mcp.agents.manifest import read_manifest

    variables = {}
    if settings.config_found or _given(args.config, _CONFIG):
        # An entry that cannot start is of no use.
        read_manifest(settings.config_path)
        variables[_CONFIG] = str(settings.config_path)
    if _given(args.database, _DATABASE):
        variables |= _database_of(settings)
    return variables


def _database_of(settings: "Settings") -> dict[str, str]:
    """Return the variables that name the database, without a password: others may read a client's file."""
    from interrupt_mcp.database import PostgresServer, without_password

    if isinstance(settings.database, PostgresServer):
        return {name: without_password(url) for name, url in settings.database.variables.items()}
    return {_DATABASE: settings.database.url}


def _given(argument: str | None, variable: str) -> bool:
    return argument is not None or bool(os.environ.get(variable, "").strip())


def _notes(settings: "Settings") -> Iterator[str]:
    """Say what of the surroundings goes into the entry, and what does not."""
    from interrupt_mcp.database import PostgresServer

    if settings.config_found:
        yield f"Its agents are those of {settings.config_path}, which was found in the working directory."
    if isinstance(settings.database, PostgresServer):
        yield (
            "A password of the database is not in it: a client's file can be read by others. Keep it in the file that"
            " PostgreSQL's programs look into, ~/.pgpass."
        )
    yield from _of_environments(settings)
    of_file = (_CONFIG, _DATABASE, f"{_DATABASE}_DIRECT")
    others = sorted(name for name in os.environ if name.startswith("INTERRUPT_MCP_") and name not in of_file)
    if others:
        yield f"Not in it, though set here: {', '.join(others)}. Settings can stand in interrupt-mcp.toml."


def _of_environments(settings: "Settings") -> Iterator[str]:
    """Say where agents run that nobody chose, and what is in the way of that."""
    from interrupt_mcp.agents import Agents
    from interrupt_mcp.workers.environments import groups

    told: list[str] = []
    try:
        groups(settings, Agents(settings.config_path, settings.offers), told.append)
    except ConfigError as error:
        told.append(f"{str(error.args[0]).rstrip('. ')}; until then no server starts")
    yield from (f"{each}." for each in told)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("client", choices=CLIENT_NAMES, metavar="CLIENT", help=", ".join(CLIENT_NAMES))
    parser.add_argument("--write", action="store_true", help="put it there; the file that was is kept beside it")
    parser.add_argument("--remove", action="store_true", help="take it out again")
    named = "what the client calls the server (default: %(default)s)"
    parser.add_argument("--name", default="interrupt-mcp", metavar="NAME", help=named)


COMMAND = Command("install", "print what goes into a client's configuration, or put it there", _run, _arguments)
