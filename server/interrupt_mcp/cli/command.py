"""A command: its name, its arguments, and what it does. It does not know what other commands there are."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp.config import Settings, read_settings
from interrupt_mcp.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `interrupt-mcp`. `run` gives the exit code; what it needs it imports itself, so others start fast.

    Raises from `run`: an `Error` becomes one line on stderr and an exit code.
    """

    name: str
    help: str
    run: Callable[[Namespace], int]
    add_arguments: Callable[[ArgumentParser], None]


def settings_of(args: Namespace) -> Settings:
    """The settings, from the arguments that every command takes.

    Raises:
        ConfigError: one of them is not as it should be.
    """
    try:
        cwd = Path.cwd()
    except OSError as error:
        raise ConfigError(f"The current directory cannot be used: {error}") from error
    return read_settings(os.environ, config=args.config, database=args.database, cwd=cwd)


def tell_agents(settings: Settings) -> None:
    """The bundled agents know no settings: they read the variable, wherever the model was chosen."""
    if settings.model != "offline":
        os.environ["INTERRUPT_MCP_MODEL"] = settings.model


def tell_found(settings: Settings) -> None:
    """Where nobody named a file, the working directory decides what code runs and who decides: say so."""
    if settings.config_found:
        print(  # noqa: T201  stderr is for people
            f"interrupt-mcp: agents and policy are those of {settings.config_path}, which was found in the working"
            " directory; INTERRUPT_MCP_CONFIG names another.",
            file=sys.stderr,
        )
