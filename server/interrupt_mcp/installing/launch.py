"""How a client starts the server of this installation: always by an absolute path, since a window has no shell's PATH.

It does not know what the server is started with.
"""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote, urlsplit

from interrupt_mcp.distribution import SERVER, origin_in, without_password
from interrupt_mcp.errors import ConfigError

NAME = SERVER
MODULE = "interrupt_mcp"
_UVS_FOLDER = re.compile(r"(archive|builds|environments)-v[0-9]+")
_CACHE_TAG = "CACHEDIR.TAG"


@dataclass(frozen=True, slots=True)
class Launch:
    """A program and its arguments."""

    command: str
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Installation:
    """What is known of how this package is installed."""

    python: str
    script: str | None
    """The program that the installer made, where it is there."""
    passing: bool = False
    """Whether it is in an environment that uv made for one start, and may delete."""
    uvx: tuple[str, ...] = ()
    """The program that makes such an environment, found on this machine."""
    origin: Mapping[str, Any] | None = None
    """Where the package was installed from, as the packaging standard's `direct_url.json` says; `None`: an index."""
    windows: bool = False


def launch(installation: Installation) -> Launch:
    """Return how to start the server of the installation.

    Raises:
        ConfigError: it will not last, and there is nothing that makes it anew.
    """
    if not installation.passing:
        if installation.script is None:
            return Launch(installation.python, ("-m", MODULE))
        return Launch(installation.script)
    if not installation.uvx:
        raise ConfigError(
            f"{NAME} runs in an environment that may be deleted any time, and no uvx was found to make it again;"
            f" install it with uv tool install or pipx install"
        )
    command, *before = installation.uvx
    source = _source(installation.origin, windows=installation.windows) if installation.origin else None
    return Launch(command, (*before, *(("--from", source) if source else ()), NAME))


def this_installation(environ: Mapping[str, str]) -> Installation:
    """Return what is known of the installation that runs."""
    script, origin = None, None
    try:
        found = distribution(NAME)
    except PackageNotFoundError:
        pass
    else:
        script = _script([os.path.abspath(str(each.locate())) for each in found.files or ()])
        origin = origin_of(found)
    passing = is_passing(Path(sys.prefix))
    uvx = _uvx(environ) if passing else ()
    return Installation(sys.executable, script, passing, uvx, origin, windows=sys.platform == "win32")


def origin_of(found: Distribution) -> Mapping[str, Any] | None:
    """Return what the installer noted of where the package came from; `None` where it came from an index."""
    try:
        return origin_in(found.read_text("direct_url.json"))
    except (OSError, ValueError):
        return None


def is_passing(prefix: Path) -> bool:
    """Whether the environment is in a cache, of uv's or of pipx's, from which it may be deleted."""
    for folder in prefix.parents:
        if _UVS_FOLDER.fullmatch(folder.name) and (folder.parent / _CACHE_TAG).exists():
            return True
        if folder.name == ".cache" and folder.parent.name == "pipx":
            return True
    return False


def starts_us(command: str, args: list[Any]) -> bool:
    """Whether a client that runs this starts a server of ours, of whatever installation."""
    program = _program(command)
    if program == NAME:
        return True
    runs = program in ("uvx", "uv", "pipx") or re.fullmatch(r"py|python[0-9.]*w?", program) is not None
    wanted = (MODULE,) if program.startswith("py") and program != "pipx" else (NAME,)
    return runs and any(isinstance(each, str) and each.partition("@")[0] in wanted for each in args)


def _program(command: str) -> str:
    return re.split(r"[/\\]", command)[-1].lower().removesuffix(".exe")


def _script(files: list[str]) -> str | None:
    names = (NAME, f"{NAME}.exe")
    return next((each for each in files if PurePath(each).name in names and os.access(each, os.X_OK)), None)


def _uvx(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return uvx: the one on the PATH, which stays when uv is updated, else the one beside the uv that runs us."""
    if found := shutil.which("uvx", path=environ.get("PATH")):
        return (os.path.abspath(found),)
    uv = environ.get("UV", "")
    if not os.path.isabs(uv) or not os.path.exists(uv):
        return ()
    beside = shutil.which("uvx", path=os.path.dirname(uv))
    return (beside,) if beside else (uv, "tool", "run")


def _source(origin: Mapping[str, Any], *, windows: bool) -> str:
    """Return what `--from` takes for the place the package came from."""
    url = urlsplit(origin["url"])
    if url.scheme == "file" and "vcs_info" not in origin:
        path = unquote(url.path)
        if not windows:
            return path
        return (f"//{url.netloc}{path}" if url.netloc else path.lstrip("/")).replace("/", "\\")
    # A password in an address stays where it is.
    address = without_password(origin["url"])
    folder = f"#subdirectory={origin['subdirectory']}" if origin.get("subdirectory") else ""
    if vcs := origin.get("vcs_info"):
        revision = vcs.get("requested_revision")
        return f"{vcs['vcs']}+{address}{f'@{revision}' if revision else ''}{folder}"
    return f"{address}{folder}"
