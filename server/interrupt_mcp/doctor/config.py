"""The configuration: which files say it, what they say and where, and what of them has no effect."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from interrupt_mcp import private
from interrupt_mcp.agents.environment import this_environment
from interrupt_mcp.agents.manifest import Manifest, read_manifest
from interrupt_mcp.agents.offering import offered
from interrupt_mcp.agents.surroundings import variables
from interrupt_mcp.agents.unused import unused
from interrupt_mcp.config import SETTINGS_FILE, Settings, places, read_settings
from interrupt_mcp.doctor.case import Asked, Case
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.errors import ConfigError
from interrupt_mcp.workers.environments import is_elsewhere

_SHOWN_ELSEWHERE = ("database",)
_PREFIX = "INTERRUPT_MCP_"
_FOR_AGENTS = ("INTERRUPT_MCP_MODEL", "INTERRUPT_MCP_HOTEL_LEDGER")
"""Variables that bundled agents read, also where a file of variables sets them."""


def read(asked: Asked) -> tuple[Case | None, list[Finding]]:
    """Return the case, as far as the configuration can be read, and what is to be said of it."""
    given: Any = {"config": asked.config, "database": asked.database, "cwd": asked.cwd}
    try:
        settings = read_settings(asked.environ, **given)
        found = places(asked.environ, **given)
    except ConfigError as error:
        return None, [_problem(error)]
    case = Case(asked, settings, found)
    told = [*_files(case), *_settings(settings, found)]
    try:
        manifest = read_manifest(settings.config_path)
        case = Case(asked, settings, found, manifest, offered(manifest, settings.offers))
    except ConfigError as error:
        return case, [_problem(error), *told]
    return case, [*told, *_unused(manifest, settings), *_variables(manifest, asked)]


def _problem(error: ConfigError) -> Finding:
    return Finding(Section.CONFIG, Level.PROBLEM, f"{str(error.args[0]).rstrip('. ')}.", error.remedy)


def _files(case: Case) -> Iterator[Finding]:
    path, named = case.settings.config_path, case.asked.config
    if named is not None:
        why = "as --config names it"
    elif case.asked.environ.get("INTERRUPT_MCP_CONFIG", "").strip():
        why = "as INTERRUPT_MCP_CONFIG names it"
    elif case.settings.config_found:
        why = "found in the working directory, since nothing names another"
    else:
        why = f"the bundled agents, since nothing names a langgraph.json and {case.asked.cwd} has none"
    yield Finding(Section.CONFIG, Level.OK, f"Agents are those of {path}: {why}.", name="langgraph.json")
    if case.settings.config_found:
        yield Finding(
            Section.CONFIG,
            Level.NOTE,
            "A server has these agents only where it is started in this directory; clients start it in others.",
            f"Give clients the file, INTERRUPT_MCP_CONFIG={path}, as `interrupt-mcp install CLIENT --write` does here.",
            "langgraph.json",
        )
    file = case.settings.policy_file
    there = "is read" if file.exists() else "is not there, so that nothing is set by it"
    yield Finding(Section.CONFIG, Level.OK, f"{file} {there}.", name=SETTINGS_FILE)


def _settings(settings: Settings, found: Mapping[str, str]) -> Iterator[Finding]:
    """Tell of each setting that was given, what it is and where."""
    for each in fields(settings):
        if each.name in found and each.name not in _SHOWN_ELSEWHERE:
            value = "set" if each.name == "secret" else _shown(getattr(settings, each.name))
            yield Finding(Section.CONFIG, Level.OK, f"{each.name} is {value}, by {found[each.name]}.", name=each.name)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unused(manifest: Manifest, settings: Settings) -> Iterator[Finding]:
    # What an environment lacks is told of the one in which agents run.
    for each in unused(manifest, None if is_elsewhere(settings) else this_environment()):
        yield Finding(
            Section.CONFIG,
            Level.WARNING,
            str(each),
            "See whether the agents need it, and take it out of langgraph.json if not.",
            "langgraph.json",
        )


def _variables(manifest: Manifest, asked: Asked) -> Iterator[Finding]:
    """Tell of the file of variables that the agents get, never what is in it."""
    beside = manifest.path.parent / ".env"
    if isinstance(manifest.env, Path):
        yield from _file_of_variables(manifest.env, asked)
    elif manifest.env:
        yield from _without_effect(manifest.env, f"`env` in {manifest.path}", asked)
    if manifest.env != beside and beside.is_file():
        yield Finding(
            Section.CONFIG,
            Level.NOTE,
            f"{beside} is not read, since langgraph.json does not name it.",
            f'If agents need it, write into {manifest.path}: "env": ".env"',
            ".env",
        )


def _file_of_variables(file: Path, asked: Asked) -> Iterator[Finding]:
    if not file.exists():
        yield Finding(
            Section.CONFIG,
            Level.NOTE,
            f"{file}, which langgraph.json names for the agents' variables, is not there.",
            "Make it, or have the client set the variables that the agents need.",
            ".env",
        )
        return
    try:
        found = variables(file)
    except (OSError, ValueError) as error:
        happened = getattr(error, "strerror", None) or type(error).__name__
        yield Finding(
            Section.CONFIG,
            Level.PROBLEM,
            f"{file} cannot be read: {happened}. No agent loads.",
            "Make it a text file that you can read, with a line NAME=value for each variable.",
            ".env",
        )
        return
    many = "1 variable" if len(found) == 1 else f"{len(found)} variables"
    yield Finding(Section.CONFIG, Level.OK, f"{file} gives the agents {many}.", name=".env")
    if os.name != "nt" and (other := private.changeable(file)) is not None:
        yield Finding(
            Section.CONFIG,
            Level.WARNING,
            f"Another user could change {other}, and with it what the agents get.",
            f"Take that right away: chmod go-w {other}",
            ".env",
        )
    yield from _without_effect(found, str(file), asked)


def _without_effect(given: Mapping[str, str], where: str, asked: Asked) -> Iterator[Finding]:
    """Tell of variables there that are settings of the server's: it reads those before it reads any such file."""
    for name in given:
        if name.startswith(_PREFIX) and name not in _FOR_AGENTS and not asked.environ.get(name):
            yield Finding(
                Section.CONFIG,
                Level.WARNING,
                f"{name} in {where} has no effect: what stands there is for the agents alone.",
                f"Write it into {SETTINGS_FILE} as {name.removeprefix(_PREFIX).lower()}, or set the variable where the"
                " server is started.",
                ".env",
            )
