"""Environments: which agents run in which, each with workers of its own, as settings and the project have it.

It starts no Python. What a worker of an environment is started with is not known here.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from interrupt_mcp import private
from interrupt_mcp.agents.environment import (
    Environment,
    environment_in,
    folder_of,
    is_this,
    own_environment,
    this_environment,
)
from interrupt_mcp.config import SETTINGS_FILE, Settings
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.text.visible import printable_line

log = logging.getLogger(__name__)


class Named(Protocol):
    """Agents that have names."""

    def names(self) -> tuple[str, ...]:
        """Return them."""


@dataclass(frozen=True, slots=True)
class Group:
    """The agents that run in one environment."""

    python: Path
    agents: tuple[str, ...]
    count: int
    """How many workers they have."""
    why: str = ""
    """Why they run there, as a sentence, where nobody chose that."""


def groups(settings: Settings, agents: Named, warn: Callable[[str], None] | None = None) -> tuple[Group, ...]:
    """Return the environments in which workers run agents; none where this process itself drives all.

    Where no setting names an environment, it may be the one in the project's folder; `warn` is told so, and what keeps
    it from being used where it would be of use.

    Raises:
        ConfigError: there is no Python where a setting says.
    """
    told = warn or _warn
    names = agents.names()
    pythons = {name: python for name in names if (python := _chosen(settings, name)) is not None}
    why = ""
    if not pythons and (beside := _beside(settings, told)) is not None:
        python, why = beside
        pythons = dict.fromkeys(names, python)
        told(why)
    elsewhere = {name: python for name, python in pythons.items() if not is_this(python)}
    if not names or not (elsewhere or settings.workers):
        return ()
    _check(settings, elsewhere)
    here = Path(sys.executable)
    count = settings.workers or 1
    together = _together((elsewhere.get(name, here), name) for name in names)
    return tuple(Group(python, of_it, count, why) for python, of_it in together)


def served_here(settings: Settings, names: Iterable[str]) -> tuple[str, ...]:
    """Return the agents that a worker of this environment serves whom nobody told which.

    They are those that are to run in it, and where none is, those of which nothing is said.
    """
    chosen = {name: _chosen(settings, name) for name in names}
    own = tuple(name for name, python in chosen.items() if python is not None and is_this(python))
    return own or tuple(name for name, python in chosen.items() if python is None)


def is_elsewhere(settings: Settings) -> bool:
    """Whether agents run in another environment than this, or some do."""
    named = [settings.python, *(offer.python for offer in settings.offers.values())]
    if pythons := [python for python in named if python is not None]:
        return not all(map(is_this, pythons))
    return _beside(settings, lambda _: None) is not None


def _warn(told: str) -> None:
    log.warning("%s", printable_line(told))


def _chosen(settings: Settings, name: str) -> Path | None:
    offer = settings.offers.get(name)
    return (offer and offer.python) or settings.python


def _check(settings: Settings, pythons: dict[str, Path]) -> None:
    for name, python in pythons.items():
        if not os.path.isfile(python):
            offer = settings.offers.get(name)
            key = f"agents.{name}.python" if offer and offer.python else "python"
            variable = ", or INTERRUPT_MCP_PYTHON," if key == "python" else ""
            raise ConfigError(
                f"There is no Python at {python}, which `{key}` in {SETTINGS_FILE}{variable} names: make that"
                " environment, or name another"
            )


def _together(pythons: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield each environment's Python with its agents, in their order; of two that it has, the first."""
    found: dict[Path, tuple[Path, list[str]]] = {}
    for python, name in pythons:
        place = (folder_of(python) or python).resolve()
        found.setdefault(place, (python, []))[1].append(name)
    for python, names in found.values():
        yield python, tuple(names)


def _beside(settings: Settings, warn: Callable[[str], None]) -> tuple[Path, str] | None:
    """Return the Python in the project's folder that has what this environment lacks, with a sentence that says so."""
    folder = own_environment(settings.config_path.parent)
    if folder is None:
        return None
    from interrupt_mcp.workers.probe import noted_fault

    there = environment_in(folder)
    python = Path(there.python)
    has = _has_besides(settings, folder)
    if not has or not os.path.isfile(python):
        return None
    lacks = f"which the environment of this server lacks ({this_environment().python})"
    if fault := noted_fault(there):
        warn(f"{folder} has {has}, {lacks}, and agents cannot run there: {fault}")
        return None
    if other := next(filter(None, map(private.changeable, (folder / "pyvenv.cfg", python, *_folders(there)))), None):
        warn(f"{folder} has {has}, {lacks}, and agents do not run there: another user could change {other}")
        return None
    return python, f"Agents run with {python}, since it has {has}, {lacks}; INTERRUPT_MCP_PYTHON chooses another"


def _folders(environment: Environment) -> tuple[Path, ...]:
    return tuple(map(Path, environment.packages or ()))


def _has_besides(settings: Settings, folder: Path) -> str:
    """Return what the environment in the folder has of what agents need and this one lacks; empty where nothing.

    It is nothing, too, where it lacks something that this one has.
    """
    from interrupt_mcp.agents.manifest import read_manifest
    from interrupt_mcp.agents.unused import listed
    from interrupt_mcp.workers.lacking import lacking, needed_by

    needed = needed_by(read_manifest(settings.config_path))
    here = lacking(needed, this_environment())
    there = lacking(needed, environment_in(folder)) if here else frozenset()
    return listed(sorted(here - there)) if there < here else ""
