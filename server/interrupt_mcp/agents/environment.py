"""Environments: what is installed where this Python looks, and in the virtual environment that a project has instead.

It imports nothing and starts no Python to find out, and knows neither agents nor what they raised.
"""

import importlib
import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp.distribution import SERVER, WORKER, install_command

_MARK = "pyvenv.cfg"
"""The file that makes a folder a virtual environment."""
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment: this process's, or a virtual one in some folder."""

    python: str
    """The path of its Python."""
    python_version: str
    """As `langgraph.json` writes it: `3.12`; empty where it is not known."""
    packages: tuple[str, ...] | None = None
    """The folders with its packages; `None` where they are wherever this process looks."""

    def version_of(self, distribution: str) -> str | None:
        """Return which version of a package is installed; `None` where none is."""
        # Imported for those alone who need it: a client waits for the start.
        from importlib.metadata import distributions

        folders = sys.path if self.packages is None else self.packages
        try:
            found = next(iter(distributions(name=distribution, path=[*folders])), None)
            return None if found is None else found.version
        except (OSError, ValueError, KeyError):
            return None

    def finds(self, module: str) -> bool:
        """Whether this process finds a module of that name, which has no dot in it."""
        importlib.invalidate_caches()
        try:
            return importlib.util.find_spec(module) is not None
        except (ImportError, ValueError):
            return module in sys.modules


def this_environment() -> Environment:
    """Return the environment of this process."""
    major, minor = sys.version_info[:2]
    return Environment(sys.executable or sys.prefix, f"{major}.{minor}")


def environment_in(folder: Path) -> Environment:
    """Return the virtual environment that is in the folder."""
    said = _told(folder / _MARK)
    number = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", said, re.MULTILINE)
    if sys.platform == "win32":
        packages = [folder / "Lib" / "site-packages"]
    else:
        kept = f"python{number[1]}" if number else "python*"
        packages = [each for lib in ("lib", "lib64") for each in folder.glob(f"{lib}/{kept}/site-packages")]
    return Environment(str(python_in(folder)), number[1] if number else "", tuple(map(str, packages)))


def python_in(folder: Path) -> Path:
    """Return where the Python of the virtual environment in the folder is."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def folder_of(python: Path) -> Path | None:
    """Return the folder of the virtual environment whose Python has that path; `None` where it is that of none.

    Such a Python is often a link to one that is in no environment, so links are not followed.
    """
    return next((each for each in (python.parent.parent, python.parent) if _is_file(each / _MARK)), None)


def is_this(python: Path) -> bool:
    """Whether the Python of that path has the packages that this process has."""
    folder = folder_of(python)
    if folder is not None:
        return _same(folder, Path(sys.prefix))
    return sys.prefix == sys.base_prefix and _same(python, Path(sys.executable))


def own_environment(project: Path) -> Path | None:
    """Return the folder of the virtual environment in a project's folder; `None` where this process runs in it."""
    folders = (each for each in (project / ".venv", project / "venv") if _is_file(each / _MARK))
    return next((each for each in folders if not _same(each, Path(sys.prefix))), None)


def remedy_for(module: str, project: Path) -> str:
    """Return a sentence that says what lacks the module, and what to do; `project` is the folder of the agents."""
    here = this_environment()
    package = module.partition(".")[0]
    if package != module and here.finds(package):
        found = here.version_of(package)
        named = f"{package} {found}" if found else f"the {package}"
        return f"It is not in {named} that {here.python} has: install a version of it that has it"
    return f"It is not in the environment of {here.python}: install it there, or {_run_elsewhere(project)}"


def _run_elsewhere(project: Path) -> str:
    own = own_environment(project)
    if own is None:
        return (
            "have agents run in an environment that has it: INTERRUPT_MCP_PYTHON, or python = ... in"
            " interrupt-mcp.toml, is the path of its Python"
        )
    there = environment_in(own)
    named = f"set INTERRUPT_MCP_PYTHON={there.python} and start the server again"
    if any(there.version_of(each) for each in (WORKER, SERVER)):
        return f"have agents run in the project's own: {named}"
    return f"have agents run in the project's own: {install_command(there.python)}, then {named}"


def _told(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as text:
            return text.read(_LONGEST)
    except OSError:
        return ""


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _same(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve()
    except (OSError, RuntimeError):
        return False
