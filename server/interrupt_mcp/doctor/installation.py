"""The installation: the version of interrupt-mcp, how it came here, which command is it, and the libraries below it."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.installing.launch import NAME, is_passing, origin_of, this_installation

_TOLD = ("mcp", "langgraph", "langchain")
"""Libraries whose versions are told; those of the others only where something is wrong with them."""


def findings() -> Iterator[Finding]:
    """Tell of the package, its command and its libraries."""
    try:
        found = distribution(NAME)
    except PackageNotFoundError:
        yield Finding(
            Section.INSTALLATION,
            Level.PROBLEM,
            f"{NAME} is not installed in the environment of {sys.executable}; its files are only found there.",
            "Install it: pip install PATH_OF_THE_CHECKOUT",
        )
        return
    yield Finding(Section.INSTALLATION, Level.OK, f"{NAME} {found.version}, {_how(found)}.")
    yield _command()
    yield from _libraries(found)


def _how(found: Distribution) -> str:
    """Return how it was installed, as the end of a sentence."""
    prefix = Path(sys.prefix)
    if (prefix / "uv-receipt.toml").is_file():
        return f"installed by `uv tool install` in {prefix}"
    if is_passing(prefix):
        return f"started by `uvx` or `pipx run`, in an environment that may be deleted any time: {prefix}"
    if (prefix / "pipx_metadata.json").is_file():
        return f"installed by pipx in {prefix}"
    origin = origin_of(found) or {}
    if (origin.get("dir_info") or {}).get("editable"):
        return f"from the checkout {_path(origin)}, editable"
    if origin.get("url"):
        return f"installed from {_path(origin)} in {prefix}"
    return f"installed in {prefix}"


def _path(origin: Mapping[str, Any]) -> str:
    """Return the path of a file's address; of another address its host alone, since it may hold a password."""
    address = urlsplit(str(origin.get("url")))
    return unquote(address.path) if address.scheme == "file" else f"{address.scheme}://{address.hostname}"


def _command() -> Finding:
    """Tell where the command is, and whether the one that the PATH leads to is the same."""
    own = this_installation(os.environ).script
    on_path = shutil.which(NAME)
    if on_path is not None and (own is None or _same(own, on_path)):
        return Finding(Section.INSTALLATION, Level.OK, f"The command is {on_path}.", name="command")
    if on_path is not None:
        return Finding(
            Section.INSTALLATION,
            Level.WARNING,
            f"The command on the PATH is {on_path}, another installation than this one, whose command is {own}.",
            f"Where this one is meant, give clients the whole path: {own}",
            "command",
        )
    if own is not None:
        return Finding(
            Section.INSTALLATION,
            Level.NOTE,
            f"The command is {own}, which is not on the PATH.",
            "Give clients this whole path, as `interrupt-mcp install CLIENT --write` does.",
            "command",
        )
    return Finding(
        Section.INSTALLATION,
        Level.NOTE,
        f"There is no command {NAME} beside {sys.executable}, nor on the PATH.",
        f"Give clients {sys.executable} as the command, with the arguments -m interrupt_mcp.",
        "command",
    )


def _same(one: str, other: str) -> bool:
    try:
        # Installers of tools put a link on the PATH.
        return os.path.samefile(one, other)
    except OSError:
        return False


def _libraries(found: Distribution) -> Iterator[Finding]:
    from packaging.requirements import InvalidRequirement, Requirement

    fitting = []
    for line in found.requires or []:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        fault = _fault(wanted.name, str(wanted.specifier))
        if fault is not None:
            yield fault
        elif wanted.name in _TOLD:
            fitting.append(f"{wanted.name} {version(wanted.name)}")
    if fitting:
        told = ", ".join(sorted(fitting, key=lambda each: _TOLD.index(each.partition(" ")[0])))
        yield Finding(Section.INSTALLATION, Level.OK, f"Libraries: {told}; all that it needs fits.", name="libraries")


def _fault(name: str, wanted: str) -> Finding | None:
    from packaging.specifiers import SpecifierSet

    try:
        there = version(name)
    except PackageNotFoundError:
        there = ""
    if there and SpecifierSet(wanted).contains(there, prereleases=True):
        return None
    is_there = f"{name} {there} is installed" if there else f"{name} is not installed"
    return Finding(
        Section.INSTALLATION,
        Level.PROBLEM,
        f"{is_there}, and interrupt-mcp needs {name}{wanted}.",
        f'Install it in this environment: {sys.executable} -m pip install "{name}{wanted}"',
        name,
    )
