"""The command line: commands, one file each, and how their errors leave it. It has no other door than `main`."""

import errno
import os
import sys
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any, NoReturn

from interrupt_mcp.cli import (
    agents,
    audit,
    demo,
    doctor,
    inbox,
    init,
    install,
    interrupts,
    prune,
    review,
    runs,
    serve,
    thread,
    token,
)
from interrupt_mcp.cli.command import add_common
from interrupt_mcp.errors import ConfigError, Error
from interrupt_mcp.text.visible import printable_line

__all__ = ["main"]

COMMANDS = (
    serve.COMMAND,
    demo.COMMAND,
    install.COMMAND,
    init.COMMAND,
    doctor.COMMAND,
    inbox.COMMAND,
    review.COMMAND,
    agents.COMMAND,
    runs.COMMAND,
    thread.COMMAND,
    interrupts.COMMAND,
    audit.COMMAND,
    token.COMMAND,
    prune.COMMAND,
)
DEFAULT = serve.COMMAND

_FAILED, _MISCONFIGURED, _CTRL_C = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, and return the exit code: 0 done, 1 could not, 2 wrong arguments or configuration, 130 Ctrl-C."""
    args = _parser().parse_args(argv)
    try:
        code: int = args.command.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except ConfigError as error:
        return _report(error, _MISCONFIGURED)
    except Error as error:
        return _report(error, _FAILED)
    except KeyboardInterrupt:
        return _CTRL_C
    except OSError as error:
        if not nobody_reads(error):
            raise
        # Who read the output wants no more of it, as in `interrupt-mcp runs | head -1`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def nobody_reads(error: OSError, platform: str = sys.platform) -> bool:
    """Whether it is what writing to a pipe raises that nobody reads; Windows says that an argument is invalid."""
    return isinstance(error, BrokenPipeError) or (platform == "win32" and error.errno == errno.EINVAL)


def _report(error: Error, code: int) -> int:
    print(f"interrupt-mcp: {error}", file=sys.stderr)  # noqa: T201  the command line talks to a person
    return code


class _Parser(ArgumentParser):
    """Arguments, and what is wrong with them, said without printing them as they are: anybody may have written them."""

    def error(self, message: str) -> NoReturn:
        super().error(printable_line(message))


def _parser() -> ArgumentParser:
    parser = _Parser(
        prog="interrupt-mcp",
        description="Run LangGraph agents from any MCP client; a person accepts, edits or rejects what they want to do."
        f" Without a command it does what `{DEFAULT.name}` does.",
        usage="%(prog)s [--config PATH] [--database URL] [COMMAND ...]",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, help="show the version and leave")
    add_common(parser, None)
    DEFAULT.add_arguments(parser)
    parser.set_defaults(command=DEFAULT)
    commands = parser.add_subparsers(prog=parser.prog, title="commands", metavar="COMMAND")
    for command in COMMANDS:
        one = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            allow_abbrev=False,
        )
        add_common(one, SUPPRESS)
        command.add_arguments(one)
        one.set_defaults(command=command)
    return parser


class _Version(Action):
    """Print the version, which is looked up only when somebody asks for it."""

    def __init__(self, option_strings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(option_strings, nargs=0, **{**kwargs, "dest": SUPPRESS, "default": SUPPRESS})

    def __call__(self, parser: ArgumentParser, _namespace: Namespace, _values: object, _option: object = None) -> None:
        from importlib.metadata import version

        print(f"interrupt-mcp {version('interrupt-mcp')}")  # noqa: T201
        parser.exit()
