"""`init`: a first agent of one's own, with all files that it needs and a test. It changes no file that is there.

What it writes are the files in `first_agent/`, as they are.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import write
from interrupt_mcp.errors import ConfigError

_TEMPLATES = Path(__file__).with_name("first_agent")
FILES = {
    "agent.py": "agent.py",
    "langgraph.json": "langgraph.json",
    "interrupt-mcp.toml": "interrupt-mcp.toml",
    "test_agent.py": "test_agent.py",
    ".env.example": "env.example",
    ".gitignore": "gitignore",
    "README.md": "README.md",
}
"""What is made, and of which template: those that tools look for by name have another one here."""


class AlreadyThere(ConfigError):
    """Nothing was written; name another directory, or move what is there."""


class NotWritable(ConfigError):
    """Name a directory that this user may write to."""


def _run(args: Namespace) -> int:
    folder = Path(os.path.abspath(args.directory))
    try:
        _make(folder)
    except OSError as error:
        raise NotWritable(f"{folder} cannot be made into a project: {error.strerror or error}") from error
    write(_told(folder), sys.stdout)
    return 0


def _make(folder: Path) -> None:
    """Write all files, or none.

    Raises:
        AlreadyThere: one of them is there, or something else in the directory's place.
        OSError: they cannot be written.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise AlreadyThere(f"{folder} is there, and is no directory")
    if there := [name for name in FILES if os.path.lexists(folder / name)]:
        raise AlreadyThere(f"{folder} has {', '.join(there)} already")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for name, template in FILES.items():
            # Exclusively, so that what came in between, a link included, is not written over.
            with (folder / name).open("xb") as file:
                written.append(folder / name)
                file.write((_TEMPLATES / template).read_bytes())
    except OSError:
        for file_ in written:
            file_.unlink(missing_ok=True)
        raise


def _told(folder: Path) -> list[str]:
    from interrupt_mcp.cli.ourselves import program, typed

    here = Path(os.path.abspath(os.curdir)) == folder
    ours = program()
    lines = [f"An agent of your own is in {folder}: {', '.join(FILES)}", "", "Next:", ""]
    steps = [] if here else [(typed(["cd", str(folder)]), "")]
    steps += [
        (typed([sys.executable, "-m", "pytest"]), "its tests (pip install pytest, where it is not there)"),
        (typed([*ours, "install", "CLIENT", "--write"]), "have a client start it: claude-desktop, cursor, …"),
        (typed([*ours, "inbox"]), "the page on which you decide"),
    ]
    lines += [f"  {line}{f'    # {why}' if why else ''}" for line, why in steps]
    lines += [
        "",
        "It runs on an offline model; INTERRUPT_MCP_MODEL=openai:gpt-4o in .env is the one line that changes it.",
        *_of_own_environment(folder),
    ]
    return lines


def _of_own_environment(folder: Path) -> Iterator[str]:
    """Say how agents get to run in the environment that is there, if one is."""
    from interrupt_mcp.agents.environment import environment_in, own_environment
    from interrupt_mcp.distribution import WORKER, install_command

    own = own_environment(folder)
    if own is not None:
        yield (
            f"It runs in the server's environment. Agents that need what only {own} has run there, once it has {WORKER}"
            f" too: {install_command(environment_in(own).python)}"
        )


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "directory", nargs="?", default=".", metavar="DIRECTORY", help="where; made if not there (default: this one)"
    )


COMMAND = Command("init", "make a first agent of your own, with policy and a test", _run, _add_arguments)
