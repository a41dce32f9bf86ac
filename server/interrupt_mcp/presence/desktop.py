"""The desktop: whether a person of this user sits at this machine, and what a browser needs to be seen there.

MCP clients pass a server few variables, so what they do not tell is looked for. Where it cannot be told, a person is
assumed: to ask where nobody sits does less harm than to ask nobody where somebody does. It does not start a browser.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from interrupt_mcp.presence.ancestors import ancestors
from interrupt_mcp.presence.chosen import chosen
from interrupt_mcp.presence.display import display
from interrupt_mcp.presence.machine import THIS, Machine

_OF_SSH = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_SSH_SERVERS = frozenset(("sshd", "sshd-session", "dropbear"))
_NOT = ("", "0", "false")
_SERVICES = 0
"""The session of Windows in which nobody sits."""


@dataclass(frozen=True)
class Desktop:
    """A desktop at which a person can be reached."""

    environ: Mapping[str, str]
    """Variables that a browser needs besides those of this process, to be seen there."""


def desktop(environ: Mapping[str, str] = os.environ, machine: Machine = THIS) -> Desktop | None:
    """Return the desktop of the person whose process this is, or `None` where there is none.

    It reads folders, and where processes are no files it may take `ps` two seconds: to be called off the event loop.
    """
    # Over SSH, a display is one at which the person does not sit.
    found = None if _within_ssh(environ, machine) else _seen(environ, machine)
    if chosen(environ):
        return Desktop(found or {})
    if found is None or environ.get("CI", "").strip().lower() not in _NOT:
        return None
    return Desktop(found)


def _seen(environ: Mapping[str, str], machine: Machine) -> Mapping[str, str] | None:
    """Return what a browser needs to be seen at the screen of this user; `None` where there is no screen of theirs."""
    match machine.platform:
        case "darwin":
            return {} if _at_console(machine) else None
        case "win32":
            return {} if _in_session() else None
        case _:
            return display(environ, machine)


def _within_ssh(environ: Mapping[str, str], machine: Machine) -> bool:
    return any(environ.get(name) for name in _OF_SSH) or not _SSH_SERVERS.isdisjoint(ancestors(machine))


def _at_console(machine: Machine) -> bool:
    if sys.platform == "win32":
        return False
    try:
        return machine.console.stat().st_uid == os.geteuid()
    except OSError:
        return True


def _in_session() -> bool:
    """Whether this process is in a session of Windows at which somebody can sit."""
    if sys.platform != "win32":
        return False
    import ctypes

    session = ctypes.c_ulong()
    told = ctypes.windll.kernel32.ProcessIdToSessionId(os.getpid(), ctypes.byref(session))
    return not told or session.value != _SERVICES
