"""What every command takes: where the agents are and where runs are kept, and the settings that come of it.

It does not know what commands there are.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import NoReturn

from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.text.visible import printable_line


class Parser(ArgumentParser):
    """Arguments, and what is wrong with them, said without printing them as they are: anybody may have written them."""

    def error(self, message: str) -> NoReturn:
        super().error(printable_line(message))


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
