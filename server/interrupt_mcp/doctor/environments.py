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
class Home:
    """Where some agents run."""

    python: Path
    agents: tuple[str, ...]
    elsewhere: bool = False
    """Whether that is another environment than this one."""
    fault: Finding | None = None
    """Why they cannot run there."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Where all agents run, and what is to be said of it."""

    homes: tuple[Home, ...] | None
    """`None` where it cannot be told, so that no server starts."""
    findings: tuple[Finding, ...]


def look(case: Case) -> Homes:
    """Return where agents run; whether they can may be asked of the Pythons there."""
    warned: list[str] = []
    try:
        found = groups(case.settings, _Named(tuple(case.entries)), warned.append)
    except ConfigError as error:
        return Homes(None, (_problem(str(error.args[0]), error.remedy),))
    whys = {group.why for group in found}
    told = [_found(Level.WARNING, f"{each}.", _ANOTHER) for each in warned if each not in whys]
    if not found:
        here = "Agents run in the server's own process, in its environment, unless it is started with --workers."
        told.append(_found(Level.OK, here))
        return Homes((Home(Path(sys.executable), tuple(case.entries)),), tuple(told))
    homes = tuple(map(_home, found))
    for group, home in zip(found, homes, strict=True):
        told += _of_group(group, home)
    if case.manifest is not None and any(home.elsewhere for home in homes):
        told += _lacking(case.manifest, homes)
    return Homes(homes, tuple(told))


@dataclass(frozen=True, slots=True)
class _Named:
    """The agents of the case. See `workers.environments.Named`."""

    them: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        return self.them


def _home(group: Group) -> Home:
    if is_this(group.python):
        return Home(group.python, group.agents)
    return Home(group.python, group.agents, elsewhere=True, fault=_both_in(group.python) or _fault_of(group.python))


def _both_in(python: Path) -> Finding | None:
    folder = folder_of(python)
    if folder is None or not all(environment_in(folder).version_of(each) for each in (SERVER, WORKER)):
        return None
    return _problem(
        f"{SERVER} and {WORKER} are both installed in {folder}, and overwrite each other's files",
        f"Remove both, then install {WORKER} again:\n{uninstall_command(str(python))}\n{install_command(str(python))}",
    )


def _fault_of(python: Path) -> Finding | None:
    fault = fault_of(python)
    if not fault:
        return None
    command = install_command(str(python))
    return _problem(fault[0].upper() + fault[1:], f"In a shell:\n{command}" if fault.endswith(command) else _ANOTHER)


def _of_group(group: Group, home: Home) -> Iterator[Finding]:
    """Tell of one environment, and of why its agents cannot run there."""
    many = "1 worker" if group.count == 1 else f"{group.count} workers"
    where = f"in the environment of {group.python}" if home.elsewhere else "in the server's environment"
    runs = "runs" if len(group.agents) == 1 else "run"
    yield _found(Level.OK, f"{listed(group.agents)} {runs} in {many}, {where}.")
    if group.why:
        this = f"If they are to run in the server's own: INTERRUPT_MCP_PYTHON={sys.executable}"
        yield _found(Level.NOTE, f"{group.why}.", this)
    if home.fault is not None:
        yield home.fault


def _lacking(manifest: Manifest, homes: Sequence[Home]) -> Iterator[Finding]:
    """Tell of what the file says of environments and is not so where agents run."""
    for home in homes:
        environment = _environment(home) if home.fault is None else None
        for each in () if environment is None else unused_in(manifest, environment):
            yield _found(Level.WARNING, str(each), f"See whether {listed(home.agents)} need it.")


def _environment(home: Home) -> Environment | None:
    """Return where the agents run; `None` where what is installed there cannot be seen in files."""
    if not home.elsewhere:
        return this_environment()
    folder = folder_of(home.python)
    return None if folder is None else environment_in(folder)


def _problem(said: str, do: str) -> Finding:
    return _found(Level.PROBLEM, f"{said.rstrip('. ')}.", do)


def _found(level: Level, text: str, do: str = "") -> Finding:
    return Finding(Section.ENVIRONMENTS, level, text, do)
