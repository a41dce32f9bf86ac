"""The browser in which the pages are tried: a Chromium of this machine, or one that is installed for the tests.

`python -m tests.pages.browser` sees to it that there is one. It knows no page.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

_TOOLS = Path(__file__).parents[2] / ".tools" / "browsers"
_NAMES = ("chromium", "google-chrome", "chromium-browser", "google-chrome-stable")
_INSTALLED = ("chrome", "chrome.exe", "Chromium", "Google Chrome for Testing")
"""What the program is called that Playwright installs."""
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
)
"""Without these it asks for hosts of its maker."""
_APT = (
    ("apt-get", "update", "-qq"),
    ("apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"),
)
_SECONDS = 600.0
_STARTS_SECONDS = 60.0


class NoBrowser(Exception):
    """There is no Chromium here, and none can be installed."""


def chromium() -> Path:
    """The program: the one that CHROMIUM names, one on the PATH, or one that was installed for the tests.

    Raises:
        NoBrowser: there is none.
    """
    found = next(_found(), None)
    if found is None:
        raise NoBrowser("The pages are tried in Chromium: set CHROMIUM to the program, or run `make test`")
    return found


@asynccontextmanager
async def running() -> AsyncIterator[Browser]:
    """Have a browser without a window, until the end of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=_flags())
        try:
            yield browser
        finally:
            await browser.close()


def install() -> Path:
    """See to it that there is one, and return it.

    Raises:
        NoBrowser: there is none, and none could be installed.
    """
    for how in () if os.environ.get("CHROMIUM") else (_by_apt, _by_playwright):
        if found := next(_found(), None):
            return found
        how()
    if found := next(_found(), None):
        return found
    raise NoBrowser(
        "The pages are tried in Chromium, and none could be installed: install Chromium or Google Chrome, "
        "or set CHROMIUM to the program of one"
    )


def _found() -> Iterator[Path]:
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in _NAMES]
    yield from (path for each in candidates if each and _starts(path := Path(each)))
    if not named:
        yield from (path for name in _INSTALLED for path in _TOOLS.rglob(name) if path.is_file() and _starts(path))


def _starts(program: Path) -> bool:
    """Whether it is a browser that starts: on some systems the name leads to an installer."""
    try:
        return _ran([str(program), *_flags(), "--version"], _STARTS_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False


def _flags() -> list[str]:
    # Chromium refuses its sandbox to the superuser.
    return [*_QUIET, *(["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else [])]


def _by_apt() -> None:
    if shutil.which("apt-get") and sys.platform != "win32" and os.geteuid() == 0:
        for command in _APT:
            _ran(command, _SECONDS, DEBIAN_FRONTEND="noninteractive")


def _by_playwright() -> None:
    _ran([sys.executable, "-m", "playwright", "install", "chromium"], _SECONDS, PLAYWRIGHT_BROWSERS_PATH=str(_TOOLS))


def _ran(command: Sequence[str], seconds: float, **environ: str) -> int:
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env={**os.environ, **environ},
        ).returncode
    except OSError:
        return 1


if __name__ == "__main__":
    try:
        print(f"The pages are tried in {install()}")
    except NoBrowser as error:
        sys.exit(f"{error}.")
