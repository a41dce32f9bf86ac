"""Lacking: which packages a project says that its agents need, and which of them an environment does not have.

Only what is written as a list is read: nobody's code is run, and no Python is started.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from interrupt_mcp.agents.environment import Environment
from interrupt_mcp.agents.manifest import Manifest, is_directory
from interrupt_mcp.distribution import SERVER, WORKER

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_LONGEST = 100_000
"""Characters of a file that are read."""
_MOST = 500
"""Requirements that are looked at."""


def needed_by(manifest: Manifest) -> "tuple[Requirement, ...]":
    """Return what `dependencies` of the file require: packages by name, and what folders say that they require."""
    # Imported for those alone who need it: a client waits for the start.
    from packaging.requirements import InvalidRequirement, Requirement

    found = []
    for _, line in zip(range(_MOST), _lines(manifest), strict=False):
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if _plain(requirement.name) not in (SERVER, WORKER):
            found.append(requirement)
    return tuple(found)


def lacking(needed: "tuple[Requirement, ...]", environment: Environment) -> frozenset[str]:
    """Return the names of those that the environment does not have, or in a version that is excluded."""
    return frozenset(_plain(each.name) for each in needed if not _is_met(each, environment))


def _is_met(requirement: "Requirement", environment: Environment) -> bool:
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

    python = {"python_version": environment.python_version} if environment.python_version else {}
    try:
        if requirement.marker is not None and not requirement.marker.evaluate({**python}):
            return True
    except (UndefinedComparison, UndefinedEnvironmentName):
        return True
    version = environment.version_of(requirement.name)
    return version is not None and _fits(requirement, version)


def _fits(requirement: "Requirement", version: str) -> bool:
    from packaging.version import InvalidVersion

    try:
        return requirement.specifier.contains(version, prereleases=True)
    except InvalidVersion:
        return True


def _lines(manifest: Manifest) -> Iterator[str]:
    named = manifest.content.get("dependencies")
    for each in named if isinstance(named, list) else []:
        folder = manifest.path.parent / str(each)
        if is_directory(folder):
            yield from _of_project(folder / "pyproject.toml")
            yield from _of_list(folder / "requirements.txt")
        else:
            yield str(each)


def _of_project(file: Path) -> Iterator[str]:
    import tomllib

    try:
        project = tomllib.loads(_read(file)).get("project")
    except (ValueError, RecursionError):
        return
    named = project.get("dependencies") if isinstance(project, dict) else None
    yield from map(str, named if isinstance(named, list) else [])


def _of_list(file: Path) -> Iterator[str]:
    """Yield the lines that are requirements, without comments and hashes; options are none."""
    for line in re.sub(r"\\\r?\n", "", _read(file)).splitlines():
        yield re.sub(r"(^|\s)(#|--).*", "", line).strip()


def _read(file: Path) -> str:
    try:
        with file.open(encoding="utf-8-sig", errors="replace") as text:
            return text.read(_LONGEST)
    except (OSError, ValueError):
        return ""


def _plain(name: str) -> str:
    """Return the name of a package as it is compared with others."""
    return re.sub(r"[-_.]+", "-", name).lower()
