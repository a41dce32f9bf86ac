"""The environments: in which of them agents run, why there, and whether they can.

It loads no agent.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp.agents.environment import Environment, environment_in, folder_of, is_this, this_environment
from interrupt_mcp.agents.manifest import Manifest
from interrupt_mcp.agents.unused import listed, unused_in
from interrupt_mcp.distribution import SERVER, WORKER, install_command, uninstall_command
from interrupt_mcp.doctor.case import Case
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.workers.environments import Group, groups
from interrupt_mcp.workers.probe import fault_of

_ANOTHER = "Mend that, or name another Python: INTERRUPT_MCP_PYTHON, or python = ... in interrupt-mcp.toml."


@dataclass(frozen=True, slots=True)
class Place:
    """Where some agents run."""

    python: Path
    agents: tuple[str, ...]
    elsewhere: bool = False
    """Whether that is another environment than this one."""
    fault: Finding | None = None
    """Why they cannot run there."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where all agents run, and what is to be said of it."""

    places: tuple[Place, ...] | None
    """`None` where it cannot be told, so that no server starts."""
    findings: tuple[Finding, ...]


def look(case: Case) -> Places:
    """Return where agents run; whether they can may be asked of the Pythons there."""
    warned: list[str] = []
    try:
        found = groups(case.settings, _Named(tuple(case.entries)), warned.append)
    except ConfigError as error:
        return Places(None, (_problem(str(error.args[0]), error.remedy),))
    whys = {group.why for group in found}
    told = [_found(Level.WARNING, f"{each}.", _ANOTHER) for each in warned if each not in whys]
    if not found:
        told.append(_found(Level.OK, "Agents run in the server's own process, in its environment."))
        return Places((Place(Path(sys.executable), tuple(case.entries)),), tuple(told))
    places = tuple(map(_place, found))
    for group, place in zip(found, places, strict=True):
        told += _of_group(group, place)
    if case.manifest is not None and any(place.elsewhere for place in places):
        told += _lacking(case.manifest, places)
    return Places(places, tuple(told))


@dataclass(frozen=True, slots=True)
class _Named:
    """The agents of the case. See `workers.environments.Named`."""

    them: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        return self.them


def _place(group: Group) -> Place:
    if is_this(group.python):
        return Place(group.python, group.agents)
    return Place(group.python, group.agents, elsewhere=True, fault=_both_in(group.python) or _fault_of(group.python))


def _both_in(python: Path) -> Finding | None:
    folder = folder_of(python)
    if folder is None or not all(environment_in(folder).version_of(each) for each in (SERVER, WORKER)):
        return None
    return _problem(
        f"{SERVER} and {WORKER} are both installed in {folder}, and overwrite each other's files",
        f"Remove both, then install {WORKER} again: {uninstall_command(str(python))}",
    )


def _fault_of(python: Path) -> Finding | None:
    fault = fault_of(python)
    if not fault:
        return None
    command = install_command(str(python))
    return _problem(fault[0].upper() + fault[1:], command if fault.endswith(command) else _ANOTHER)


def _of_group(group: Group, place: Place) -> Iterator[Finding]:
    """Tell of one environment, and of why its agents cannot run there."""
    many = "1 worker" if group.count == 1 else f"{group.count} workers"
    where = f"in the environment of {group.python}" if place.elsewhere else "in the server's environment"
    runs = "runs" if len(group.agents) == 1 else "run"
    yield _found(Level.OK, f"{listed(group.agents)} {runs} in {many}, {where}.")
    if group.why:
        this = f"If they are to run in the server's own: INTERRUPT_MCP_PYTHON={sys.executable}"
        yield _found(Level.NOTE, f"{group.why}.", this)
    if place.fault is not None:
        yield place.fault


def _lacking(manifest: Manifest, places: Sequence[Place]) -> Iterator[Finding]:
    """Tell of what the file says of environments and is not so where agents run."""
    for place in places:
        for each in unused_in(manifest, _environment(place)) if place.fault is None else ():
            yield _found(Level.WARNING, str(each), f"See whether {listed(place.agents)} need it.")


def _environment(place: Place) -> Environment:
    folder = folder_of(place.python) if place.elsewhere else None
    if folder is not None:
        return environment_in(folder)
    # What is in that of a Python outside of virtual ones is not known here.
    return Environment(str(place.python), "") if place.elsewhere else this_environment()


def _problem(said: str, do: str) -> Finding:
    return _found(Level.PROBLEM, f"{said.rstrip('. ')}.", do)


def _found(level: Level, text: str, do: str = "") -> Finding:
    return Finding(Section.ENVIRONMENTS, level, text, do)
