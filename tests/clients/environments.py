"""Environments of their own for Python's client libraries, which want different versions of the same packages.

They are in the checkout's `.tools`, made on first use from the package index that this Python's pip knows.
"""

import json
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from tests.conformance.foreign import TOOLS

REQUIREMENTS = {
    "fastmcp": "fastmcp-slim[client]==4.2.1",
    "langchain-mcp-adapters": "langchain-mcp-adapters==0.3.2",
    "openai-agents": "openai-agents==0.24.0",
    "pydantic-ai": "pydantic-ai-slim[mcp]==2.68.0",
}
_INSTALL_SECONDS = 900.0


def python_of(client: str) -> Path:
    """The Python in which that client library is installed; this one, where it is installed with the server."""
    if client not in REQUIREMENTS:
        return Path(sys.executable)
    folder = TOOLS / "clients" / client
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock", timeout=_INSTALL_SECONDS):
        stamp = folder / "installed.json"
        wanted = [sys.version, REQUIREMENTS[client]]
        if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
            _make(folder / "venv", REQUIREMENTS[client])
            stamp.write_text(json.dumps(wanted))
    return _python(folder / "venv")


def _make(folder: Path, requirement: str) -> None:
    _run("venv", "--clear", "--without-pip", str(folder))
    quiet = ("--quiet", "--disable-pip-version-check", "--only-binary", ":all:")
    _run("pip", "--python", str(_python(folder)), "install", *quiet, requirement)


def _python(folder: Path) -> Path:
    return next(path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists())


def _run(module: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_INSTALL_SECONDS,
    )
    assert done.returncode == 0, done.stderr
