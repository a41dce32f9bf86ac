"""Starting: what the worker of a group is started with, and what is looked at before. It starts nothing itself."""

import json
import os
import sys
from pathlib import Path

from interrupt_mcp.config import Settings
from interrupt_mcp.database import PostgresServer, SqliteFile
from interrupt_mcp.workers.environments import Group
from interrupt_mcp.workers.launch import Launch, environ_for
from interrupt_mcp.workers.probe import fault_of
from interrupt_mcp.workers.worker import Start


def start_of(settings: Settings, group: Group, name: str) -> Start:
    """Return how the worker of that name is started."""
    here = group.python == Path(sys.executable)
    arguments = (
        # The working directory is no place from which Python is to import, whoever put what there.
        "-P",
        "-m",
        "interrupt_mcp",
        "worker",
        "--config",
        str(settings.config_path),
        *_database_of(settings),
        "--agents",
        # A name may have a comma in it.
        json.dumps(group.agents),
        "--tied-to",
        str(os.getpid()),
    )
    environ = environ_for(settings, elsewhere=not here)
    if isinstance(settings.database, PostgresServer):
        environ.update(settings.database.variables)
    launch = Launch(group.python, arguments, environ, name, settings.worker_memory)
    return Start(launch, lambda: "" if here else fault_of(group.python), _policy_of(settings))


def _database_of(settings: Settings) -> tuple[str, ...]:
    """Return the arguments that name the database; a server's address, which may hold a password, is a variable."""
    return ("--database", settings.database.url) if isinstance(settings.database, SqliteFile) else ()


def _policy_of(settings: Settings) -> str:
    try:
        return settings.policy_file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ""
