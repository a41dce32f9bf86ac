"""The command line: commands, one file each, and how their errors leave it. It has no other door than `main`."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence

from interrupt_mcp.cli import agents, audit, demo, interrupts, runs, serve
from interrupt_mcp.errors import ConfigError, Error

__all__ = ["main"]

COMMANDS = (
    serve.COMMAND,
    demo.COMMAND,
    agents.COMMAND,
    runs.COMMAND,
    interrupts.COMMAND,
    audit.COMMAND,
)
DEFAULT = serve.COMMAND

_FAILED, _MISCONFIGURED, _CTRL_C = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code: 0 done, 1 could not, 2 wrong arguments or configuration, 130 Ctrl-C."""
    args = _parser().parse_args(argv)
    run = args.run
    try:
        code: int = run(args)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except ConfigError as error:
        return _said(error, _MISCONFIGURED)
    except Error as error:
        return _said(error, _FAILED)
    except KeyboardInterrupt:
        return _CTRL_C
    except BrokenPipeError:
        # Who read the output wants no more of it, as in `interrupt-mcp runs | head -1`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _said(error: Error, code: int) -> int:
    print(f"interrupt-mcp: {error}", file=sys.stderr)  # noqa: T201  the command line talks to a person
    return code


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="interrupt-mcp",
        description="Run LangGraph agents from any MCP client; a person accepts, edits or rejects what they want to do."
        f" Without a command it does what `{DEFAULT.name}` does.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", default=SUPPRESS, help="show the version and leave")
    _add_common(parser, None)
    DEFAULT.add_arguments(parser)
    parser.set_defaults(run=DEFAULT.run)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help, allow_abbrev=False)
        _add_common(one, SUPPRESS)
        command.add_arguments(one)
        one.set_defaults(run=command.run)
    return parser


def _add_common(parser: ArgumentParser, default: str | None) -> None:
    """What every command takes, before its name or after it."""
    parser.add_argument("--config", metavar="PATH", default=default, help="the langgraph.json that names the agents")
    parser.add_argument("--database", metavar="URL", default=default, help="where runs and decisions are kept")
