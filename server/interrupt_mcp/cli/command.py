"""A command: its name, its arguments, and what it does. It does not know what other commands there are."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.text.visible import printable_line


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `interrupt-mcp`."""

    name: str
    help: str
    """A phrase that says what it does."""
    run: Callable[[Namespace], int]
    """Does it and returns the exit code. What it needs it imports itself, so that others start fast.

    An `Error` that it raises becomes one line on stderr and an exit code.
    """
    add_arguments: Callable[[ArgumentParser], None]


def add_common(parser: ArgumentParser, default: str | None) -> None:
    """Add what every command takes, before its name or after it."""
    parser.add_argument("--config", metavar="PATH", default=default, help="the langgraph.json that names the agents")
    parser.add_argument("--database", metavar="URL", default=default, help="where runs and decisions are kept")


def settings_of(args: Namespace) -> Settings:
    """Read the settings, for which every command takes arguments, and some take more.

    Raises:
        ConfigError: one of them is not as it should be.
    """
    workers = getattr(args, "workers", None)
    return read_settings(
        os.environ, config=args.config, database=args.database, workers=workers, cwd=working_directory()
    )


def working_directory() -> Path:
    """Return where the command is called.

    Raises:
        ConfigError: it cannot be used, as when it was deleted.
    """
    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigError(f"The current directory cannot be used: {error}") from error


def export_model(settings: Settings) -> None:
    """Set what the bundled agents read."""
    os.environ.update(settings.agent_variables)


def warn_of_found_config(settings: Settings) -> None:
    """Say that the working directory decides what code runs and who decides, where nobody named a file."""
    if settings.config_found:
        warning = (
            f"interrupt-mcp: agents and policy are those of {settings.config_path}, which was found in the working"
            " directory; INTERRUPT_MCP_CONFIG names another."
        )
        print(printable_line(warning), file=sys.stderr)  # noqa: T201  stderr is for people
