"""The environment: what is installed where this Python looks, and which one the project has instead.

It imports nothing to find out, and knows neither agents nor what they raised.
"""

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Environment:
    """The one that this process runs in."""

    python: str
    """The path of its Python."""
    python_version: str
    """As `langgraph.json` writes it: `3.12`."""

    def version_of(self, distribution: str) -> str | None:
        """Return which version of a package is installed; `None` where none is."""
        try:
            return version(distribution)
        except (PackageNotFoundError, ValueError):
            return None

    def finds(self, module: str) -> bool:
        """Whether there is a module of that name, which has no dot in it."""
        importlib.invalidate_caches()
        try:
            return importlib.util.find_spec(module) is not None
        except (ImportError, ValueError):
            return module in sys.modules


def this_environment() -> Environment:
    """Return the environment of this process."""
    major, minor = sys.version_info[:2]
    return Environment(sys.executable or sys.prefix, f"{major}.{minor}")


def remedy_for(module: str, project: Path) -> str:
    """Return a sentence that says what lacks the module, and what to do; `project` is the folder of the agents."""
    here = this_environment()
    package = module.partition(".")[0]
    if package != module and here.finds(package):
        found = here.version_of(package)
        named = f"{package} {found}" if found else f"the {package}"
        return f"It is not in {named} that {here.python} has: install a version of it that has it"
    return f"It is not in the environment of {here.python}: install it there, or {_start_elsewhere(project)}"


def _start_elsewhere(project: Path) -> str:
    own = _own_environment(project)
    if own is None:
        return "start the server with the Python of an environment that has it"
    programs = own / ("Scripts" if os.name == "nt" else "bin")
    if any((programs / name).is_file() for name in ("interrupt-mcp", "interrupt-mcp.exe")):
        return f"start the server in the project's own: {programs / 'interrupt-mcp'}"
    return f"install interrupt-mcp in the project's own and start {programs / 'interrupt-mcp'}"


def _own_environment(project: Path) -> Path | None:
    """Return the virtual environment in the project's folder, where this process runs in another."""
    for each in (project / ".venv", project / "venv"):
        try:
            if (each / "pyvenv.cfg").is_file() and each.resolve() != Path(sys.prefix).resolve():
                return each
        except OSError:
            continue
    return None
