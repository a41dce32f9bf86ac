"""The distribution: which of ours is installed here, its version, and how the worker's is installed elsewhere.

`interrupt-mcp` holds everything, and `interrupt-mcp-worker` the same package without what clients and people need. They
write the same files, so an environment can have one of them. It does not know what they hold.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from interrupt_mcp.errors import ConfigError

SERVER, WORKER = "interrupt-mcp", "interrupt-mcp-worker"
_NOTES = re.compile(r"interrupt_mcp(?P<worker>_worker)?-(?P<version>[^-]+)\.dist-info")
"""The folder in which an installer notes what it installed, as the packaging standard names it."""
_FOLDER = "worker"
"""Where the worker's distribution lies in a checkout."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One of the two, as an installer noted it."""

    name: str
    version: str
    notes: Path
    """The folder of what was noted, which lies beside all that is installed with it."""

    @property
    def origin(self) -> Mapping[str, Any] | None:
        """Where it was installed from; `None` where it came from an index."""
        try:
            return origin_in((self.notes / "direct_url.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None


def version() -> str:
    """Return the version that is installed: that of the server and of the worker, since they are released together."""
    found = _installed()
    return found[0].version if found else "unknown"


def check_alone() -> None:
    """Check that not both are installed beside each other.

    Raises:
        ConfigError: they are: the files are those of one, or of both by halves, and installers find no fault.
    """
    for one, other in combinations(_installed(), 2):
        if one.name != other.name and one.notes.parent == other.notes.parent:
            raise ConfigError(
                f"{one.name} {one.version} and {other.name} {other.version} are both installed in {one.notes.parent},"
                f" and overwrite each other's files: remove both with {uninstall_command(sys.executable)}"
                f", then install the one that is wanted again ({SERVER} does all that {WORKER} does)"
            )


def install_command(python: str) -> str:
    """Return how the worker's distribution of this version is installed for that Python, as a shell takes it."""
    return f"{_pip(python, 'install')} {_quoted(_requirement())}"


def extra_command(extra: str) -> str:
    """Return how an extra of what is installed here is installed for this Python, as a shell takes it."""
    here = next(iter(_installed()), None)
    name = SERVER if here is None else here.name
    origin = None if here is None else here.origin
    wanted = f"{name}[{extra}]"
    if origin is not None and (place := _path_of(str(origin.get("url")))) is not None and place.exists():
        wanted = f"{place}[{extra}]"
    elif origin is not None and isinstance(vcs := origin.get("vcs_info"), Mapping):
        wanted += f" @ {vcs.get('vcs')}+{without_password(str(origin.get('url')))}@{vcs.get('commit_id')}"
        wanted += f"#subdirectory={_FOLDER}" if name == WORKER else ""
    return f"{_pip(sys.executable, 'install')} {_quoted(wanted)}"


def uninstall_command(python: str) -> str:
    """Return how both are taken out of the environment of that Python, as a shell takes it."""
    return f"{_pip(python, 'uninstall')} {SERVER} {WORKER}"


def origin_in(noted: str | None) -> Mapping[str, Any] | None:
    """Return what a `direct_url.json` says of where a package came from; `None` where it says nothing."""
    try:
        said = json.loads(noted or "null")
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def without_password(url: str) -> str:
    """Return an address as others may see it: whose it is stays, a password goes."""
    address = urlsplit(url)
    user, _, host = address.netloc.rpartition("@")
    return urlunsplit(address._replace(netloc=host if ":" in user or not user else f"{user}@{host}"))


@cache
def _installed() -> tuple[Installed, ...]:
    """What is installed where this Python looks, in the order in which it looks."""
    return tuple(each for folder in dict.fromkeys(sys.path) for each in _installed_in(folder or os.curdir))


def _installed_in(folder: str) -> Iterator[Installed]:
    # Python's own `importlib.metadata` takes longer to import than all folders take to be read.
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith("interrupt_mcp"))
    except OSError:
        return
    for name in names:
        notes = _NOTES.fullmatch(name)
        if notes is not None and os.path.isfile(os.path.join(folder, name, "METADATA")):
            yield Installed(WORKER if notes["worker"] else SERVER, notes["version"], Path(folder, name))


def _requirement() -> str:
    """What an installer is to be given: what lies where this was installed from, else the name and the version."""
    here = next(iter(_installed()), None)
    origin = None if here is None else here.origin
    if here is not None and origin is not None:
        url, vcs = str(origin.get("url")), origin.get("vcs_info")
        if isinstance(vcs, Mapping):
            place = f"{vcs.get('vcs')}+{without_password(url)}@{vcs.get('commit_id')}"
            return f"{WORKER} @ {place}#subdirectory={_FOLDER}"
        if found := _beside(url, here):
            return str(found)
    return f"{WORKER}=={version()}"


def _path_of(url: str) -> Path | None:
    # It takes as long to import as all else here.
    from urllib.request import url2pathname

    address = urlsplit(url)
    return Path(url2pathname(address.path)) if address.scheme == "file" and address.path else None


def _beside(url: str, here: Installed) -> Path | None:
    """What there is of the worker at the place that this was installed from: a folder, or a wheel."""
    place = _path_of(url)
    if place is None:
        return None
    if here.name == WORKER:
        return place if place.exists() else None
    if (place / _FOLDER / "pyproject.toml").is_file():
        return place / _FOLDER
    wheel = place.parent / place.name.replace("interrupt_mcp-", "interrupt_mcp_worker-", 1)
    return wheel if wheel != place and wheel.is_file() else None


def _pip(python: str, verb: str) -> str:
    """The beginning of a command: uv makes environments without pip in them."""
    try:
        lines = Path(python).parents[1].joinpath("pyvenv.cfg").read_text("utf-8", "replace").splitlines()
    except (OSError, IndexError):
        lines = []
    if any(line.startswith("uv ") for line in lines):
        return f"uv pip {verb} --python {_quoted(python)}"
    return f"{_quoted(python)} -m pip {verb}"


def _quoted(word: str) -> str:
    return subprocess.list2cmdline([word]) if sys.platform == "win32" else shlex.quote(word)
