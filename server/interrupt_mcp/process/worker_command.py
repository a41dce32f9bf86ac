"""The command `worker`: its arguments, what is checked before it begins, and how its errors leave it.

It is a command of `interrupt-mcp`, and all that the worker's own distribution has.
"""

import json
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence

from interrupt_mcp.distribution import SERVER, WORKER, version
from interrupt_mcp.process.arguments import Parser, add_common, export_model, settings_of, warn_of_found_config
from interrupt_mcp.process.exit_code import exit_code

HELP = "drive the runs of a project that servers beside it started; it has no client"
_NAME = "worker"


def main(argv: Sequence[str] | None = None) -> int:
    """Be the program `interrupt-mcp-worker`: run a worker, and return its exit code, as `exit_code` has them."""
    parser = Parser(prog=WORKER, description=f"{HELP[0].upper()}{HELP[1:]}.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{WORKER} {version()}")
    add_common(parser, None)
    add_arguments(parser)
    args = parser.parse_args(argv)
    return exit_code(lambda: run(args), WORKER)


def module() -> int:
    """Be `python -m interrupt_mcp` where nothing but this command is installed."""
    match sys.argv[1:]:
        case [name, *arguments] if name == _NAME:
            return main(arguments)
        case ["--version"]:
            return main(["--version"])
    said = f"{WORKER} is installed here, whose one command is {_NAME}; install {SERVER} elsewhere for the others."
    print(said, file=sys.stderr)  # noqa: T201  the command line talks to a person
    return 2


def add_arguments(parser: ArgumentParser) -> None:
    """Add what the command takes besides what every command takes."""
    parser.add_argument(
        "--agents", metavar="NAMES", type=_names, help="drive only runs of these, by commas (default: all)"
    )
    parser.add_argument("--tied-to", metavar="PID", type=int, help=SUPPRESS)


def run(args: Namespace) -> int:
    """Serve until a signal comes."""
    from interrupt_mcp.process import logs, wire
    from interrupt_mcp.process.leaving import Leaving
    from interrupt_mcp.workers import tied

    if args.tied_to is not None:
        tied.tie_to(args.tied_to)
    # Before anything is imported that could print, so that it goes to stderr.
    lines = wire.take()
    leaving = Leaving()
    logs.configure()
    settings = settings_of(args)
    if settings.worker_memory is not None:
        tied.limit_memory(settings.worker_memory)
    export_model(settings)
    warn_of_found_config(settings)
    from interrupt_mcp.process import worker
    from interrupt_mcp.process.serving import check_manifest

    check_manifest(settings, for_front=args.tied_to is not None)
    worker.run(settings, args.agents, None if args.tied_to is None else lines, leaving)
    leaving.end(0)


def _names(said: str) -> tuple[str, ...]:
    """Return the names: by commas, or as a JSON list, in which a name may have one."""
    listed = json.loads(said) if said.startswith("[") else said.split(",")
    return tuple(dict.fromkeys(name for each in listed if (name := str(each).strip())))
