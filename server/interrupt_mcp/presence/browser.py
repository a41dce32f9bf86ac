"""The person's browser: a page of this machine, opened in it.

It is a process of its own that outlives this one, gets none of its signals, and has no part in its input and output,
which are the protocol's. It does not know what stands on the page, nor whether anybody looked at it.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

import anyio

from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.presence.chosen import chosen, showing
from interrupt_mcp.presence.command import program
from interrupt_mcp.presence.desktop import Desktop

_SECONDS = 10.0
"""How long opening may take in all, before it counts as failed."""
_SOON = 2.0
"""Seconds within which a browser that cannot start says so."""
_APART = sum(getattr(subprocess, flag, 0) for flag in ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW"))
"""What Windows has in place of a session: no Ctrl-C of ours, and no window of a console."""
_OURS = "INTERRUPT_MCP_"
_TERMINAL = "TERM"
_OPENER = "xdg-open"
_BROWSERS = (
    "x-www-browser",
    "firefox",
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
    "microsoft-edge",
    "brave-browser",
    "epiphany",
    "konqueror",
)
_OF_WINDOWS = "wslview"
"""Opens a page in the browser of the Windows that this Linux runs inside of."""


async def opened(
    page: Path, desktop: Desktop, environ: Mapping[str, str] = os.environ, *, seconds: float = _SOON
) -> bool:
    """Open an HTML file in the person's browser, and return whether one was started.

    Those that BROWSER names are tried first, then the one of the desktop, then those that are known by name. One that
    fails within so many `seconds` was not started; one that fails later is not noticed. The event loop goes on
    meanwhile, and after ten seconds it is `False`.

    `environ` is what the browser inherits, but for variables of ours.
    """
    answer: Future[bool] = Future()
    # A thread that a disk holds up must keep neither the loop nor the process from ending.
    threading.Thread(
        target=_open,
        args=(answer, page, {**environ, **desktop.environ}, seconds),
        name="interrupt-mcp-browser",
        daemon=True,
    ).start()
    with anyio.move_on_after(_SECONDS):
        return await result_of(answer)
    return False


def _open(answer: "Future[bool]", page: Path, environ: dict[str, str], seconds: float) -> None:
    """Answer whether a browser was started, and stay until it ends, since its parent has to take note of that."""
    page = page.absolute()
    for command in _commands(page, environ):
        try:
            child = _started(command, environ)
        except (OSError, ValueError):
            continue
        try:
            failed = child.wait(seconds) != 0
        except subprocess.TimeoutExpired:
            answer.set_result(True)
            child.wait()
            return
        if not failed:
            answer.set_result(True)
            return
    answer.set_result(_opened_by_windows(page))


def _commands(page: Path, environ: Mapping[str, str]) -> Iterator[list[str]]:
    address = page.as_uri()
    yield from (showing(command, address) for command in chosen(environ))
    if sys.platform == "darwin":
        yield ["/usr/bin/open", str(page)]
    elif sys.platform != "win32":
        # Without a display there is nothing for them but a terminal, and that is not here.
        shown = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
        names = (_OPENER, *_BROWSERS, _OF_WINDOWS) if shown else (_OF_WINDOWS,)
        yield from ([found, address] for name in names if (found := shutil.which(name, path=environ.get("PATH"))))


def _started(command: list[str], environ: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own.

    Raises:
        OSError: there is none that could be started.
    """
    found = program(command[0], environ)
    if found is None:
        raise FileNotFoundError(command[0])
    return subprocess.Popen(
        [found, *command[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_inherited(command, environ),
        start_new_session=True,
        creationflags=_APART,
    )


def _inherited(command: list[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return a browser's variables: no secrets of ours, and no terminal, for there is none to show the page in."""
    inherited = {name: value for name, value in environ.items() if not name.startswith(_OURS) and name != _TERMINAL}
    if os.path.basename(command[0]) == _OPENER:
        # Where no browser is named, it ends with text browsers, which do not fail.
        inherited["BROWSER"] = os.pathsep.join(_BROWSERS)
    return inherited


def _opened_by_windows(page: Path) -> bool:
    """Whether Windows opened the page in its browser; elsewhere it did not."""
    if sys.platform != "win32":
        return False
    try:
        os.startfile(page)
    except OSError:
        return False
    return True
