"""The display of this user on Linux and its like, looked for among sockets. It does not know who sits at it."""

import os
import re
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from interrupt_mcp.presence.machine import Machine

_MOST = 1000
"""Entries of a folder that are looked at: some of these folders everybody can fill."""
_ROOT = 0
_WAYLAND = re.compile(r"wayland-.+")
_X = re.compile(r"X[0-9]{1,5}")
_AUTHORITIES = ("gdm/Xauthority", ".mutter-Xwaylandauth.*", "xauth_*")
"""Where login managers keep what an X server wants to be shown, if it is not in the person's home."""


def display(environ: Mapping[str, str], machine: Machine) -> dict[str, str] | None:
    """Return the variables by which a browser finds the display, as far as they are not given; `None`: there is none.

    Where somebody may not look, there may be one: then it is what was found, perhaps nothing.
    """
    folders = _folders(environ, machine)
    if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return _session(environ, folders)
    found: dict[str, str] = {}
    unsure = False
    for look in (partial(_wayland, folders), partial(_x, machine), partial(_windows, machine)):
        try:
            found = look() | found
        except OSError:
            unsure = True
    if not found and not unsure:
        return None
    first = [Path(found["XDG_RUNTIME_DIR"])] if "XDG_RUNTIME_DIR" in found else []
    return _session(environ, [*first, *folders]) | found


def _me() -> int:
    """Return this user's number; Windows has none, and no such sockets."""
    if sys.platform == "win32":
        return _ROOT
    return os.geteuid()


def _folders(environ: Mapping[str, str], machine: Machine) -> list[Path]:
    """Return where this user's session may keep its sockets."""
    given = environ.get("XDG_RUNTIME_DIR")
    return [*([Path(given)] if given else []), machine.users / str(_me())]


def _wayland(folders: list[Path]) -> dict[str, str]:
    for folder in folders:
        for name, owner in _sockets(folder, _WAYLAND):
            if owner == _me():
                return {"WAYLAND_DISPLAY": name, "XDG_RUNTIME_DIR": str(folder)}
    return {}


def _x(machine: Machine) -> dict[str, str]:
    of_root = None
    for name, owner in _sockets(machine.x_sockets, _X):
        shown = name.replace("X", ":")
        if owner == _me():
            return {"DISPLAY": shown}
        if owner == _ROOT and of_root is None:
            of_root = shown
    if of_root is None:
        return {}
    # A login manager's, which is there before anybody signs in. Without systemd it cannot be told whether somebody did.
    has_session = not machine.users.exists() or (machine.users / str(_me())).exists()
    return {"DISPLAY": of_root} if has_session else {}


def _windows(machine: Machine) -> dict[str, str]:
    """Return the display of the Windows that this Linux runs inside of."""
    if not machine.wslg.exists():
        return {}
    found = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    folder = machine.wslg / "runtime-dir"
    return found | {"XDG_RUNTIME_DIR": str(folder)} if folder.exists() else found


def _sockets(folder: Path, names: re.Pattern[str]) -> list[tuple[str, int]]:
    """Return the name and owner of each socket with such a name, the lowest number first. A link is no socket.

    Raises:
        OSError: nobody may look there.
    """
    found = []
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in islice(entries, _MOST):
            # Some end while they are looked at.
            with suppress(FileNotFoundError):
                about = entry.stat(follow_symlinks=False)
                if names.fullmatch(entry.name) and stat.S_ISSOCK(about.st_mode):
                    found.append((entry.name, about.st_uid))
    return sorted(found, key=lambda each: (len(each[0]), each))


def _session(environ: Mapping[str, str], folders: list[Path]) -> dict[str, str]:
    """Return what else a browser needs of the session, as far as it is not given and is there."""
    folder = next((each for each in folders if os.path.isdir(each)), None)
    if folder is None:
        return {}
    session = {"XDG_RUNTIME_DIR": str(folder)}
    if os.path.exists(folder / "bus"):
        session["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={folder}/bus"
    authority = next((each for pattern in _AUTHORITIES for each in folder.glob(pattern)), None)
    if authority is not None and not os.path.exists(Path(environ.get("HOME", "")) / ".Xauthority"):
        session["XAUTHORITY"] = str(authority)
    return {name: value for name, value in session.items() if not environ.get(name)}
