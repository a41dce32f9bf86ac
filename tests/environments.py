"""Environments of their own for what wants other versions of the same packages than the server does.

They are in the checkout's `.tools`, made on first use from the package index that this Python's pip knows.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from tests.conformance.foreign import TOOLS
from tests.processes import ran

_INSTALL_SECONDS = 900.0


def python_with(place: str, *requirements: str, from_source: str = "") -> Path:
    """The Python of the environment at that place under `.tools`, in which these are installed.

    All are wheels, but for one that there is only `from_source`.
    """
    folder = TOOLS / place
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock", timeout=_INSTALL_SECONDS):
        stamp = folder / "installed.json"
        wanted = [sys.version, *requirements]
        if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
            _make(folder / "venv", requirements, from_source)
            stamp.write_text(json.dumps(wanted))
    return _python(folder / "venv")


def uv() -> tuple[Path, dict[str, str]]:
    """The folder with uv and uvx, and the variables with which they keep what they fetch under `.tools`."""
    # Where the machine has its certificates.
    certificates = {name: value for name, value in os.environ.items() if name.startswith(("SSL_", "UV_"))}
    return python_with("uv", "uv==0.13.9").parent, {**certificates, "UV_CACHE_DIR": str(TOOLS / "uv" / "cache")}


def _make(folder: Path, requirements: Sequence[str], from_source: str) -> None:
    _run("venv", "--clear", "--without-pip", str(folder))
    quiet = ("--quiet", "--disable-pip-version-check", "--only-binary", ":all:")
    built = ("--no-binary", from_source) if from_source else ()
    _run("pip", "--python", str(_python(folder)), "install", *quiet, *built, *requirements)


def _python(folder: Path) -> Path:
    return next(path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists())


def _run(module: str, *arguments: str) -> None:
    done = ran([sys.executable, "-m", module, *arguments], _INSTALL_SECONDS)
    assert done.returncode == 0, done.stderr
