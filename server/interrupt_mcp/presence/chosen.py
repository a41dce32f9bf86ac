"""The browsers that a person chose with BROWSER, as Python's `webbrowser` reads it. It does not start them.

Text browsers are left out: they need a terminal, and none is theirs here.
"""

import os
from collections.abc import Mapping

from interrupt_mcp.presence.command import program, words

_TEXT_BROWSERS = frozenset(("www-browser", "links", "links2", "lynx", "w3m", "elinks"))
_ADDRESS = "%s"
_IN_BACKGROUND = "&"


def chosen(environ: Mapping[str, str]) -> list[list[str]]:
    """Return the commands in the person's order, each with the argument that holds `%s` for the address.

    What is no command, like one with an open quote, is left out.
    """
    read = (_command(entry, environ) for entry in environ.get("BROWSER", "").split(os.pathsep))
    return [command for command in read if command and os.path.basename(command[0]) not in _TEXT_BROWSERS]


def showing(command: list[str], address: str) -> list[str]:
    """Return the command for one address."""
    return [argument.replace(_ADDRESS, address) for argument in command]


def _command(entry: str, environ: Mapping[str, str]) -> list[str]:
    if _ADDRESS not in entry and program(entry.strip(), environ):
        # The path of a program may have spaces in it.
        return [entry.strip(), _ADDRESS]
    try:
        command = words(entry)
    except ValueError:
        return []
    command = command[:-1] if command[-1:] == [_IN_BACKGROUND] else command
    return command if not command or _ADDRESS in entry else [*command, _ADDRESS]
