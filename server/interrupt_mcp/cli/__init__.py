"""The command line: commands, one file each, and how their errors leave it. It has no other door than `main`."""

from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from interrupt_mcp.cli import (
    agents,
    audit,
    demo,
    doctor,
    inbox,
    init,
    install,
    interrupts,
    migrate,
    prune,
    review,
    runs,
    serve,
    thread,
    token,
    worker,
)
from interrupt_mcp.distribution import version
from interrupt_mcp.process.arguments import Parser, add_common
from interrupt_mcp.process.exit_code import exit_code

__all__ = ["main"]

COMMANDS = (
    serve.COMMAND,
    worker.COMMAND,
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
    migrate.COMMAND,
    prune.COMMAND,
)
DEFAULT = serve.COMMAND


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit code, as `exit_code` has them."""
    args = _parser().parse_args(argv)

    def run() -> int:
        code: int = args.command.run(args)
        return code

    return exit_code(run)


def _parser() -> ArgumentParser:
    parser = Parser(
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
        print(f"interrupt-mcp {version()}")  # noqa: T201
        parser.exit()
