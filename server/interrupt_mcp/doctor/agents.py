"""The agents: which load, what of them asks a person, and which tools look sensitive and do not."""

import glob
import json
import re
from collections.abc import Iterator, Sequence

from interrupt_mcp import authority
from interrupt_mcp.config import SETTINGS_FILE
from interrupt_mcp.doctor.case import Case, Kept
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.doctor.loaded import LoadedAgent, LoadedTool
from interrupt_mcp.doctor.sensitive_words import sensitive_word
from interrupt_mcp.effects.asking import Asks

_MOST = 12
"""How many names one sentence has."""


def findings(case: Case, loaded: Sequence[LoadedAgent], kept: Kept | None) -> Iterator[Finding]:
    """Tell of each agent, and of each of its tools that looks sensitive and does not ask."""
    if case.manifest is not None and not loaded:
        where = case.settings.config_path
        yield Finding(
            Section.AGENTS, Level.PROBLEM, f"{where} names no agents.", f"Name one under `graphs` in {where}."
        )
    for agent in loaded:
        if agent.error:
            level = Level.WARNING if agent.foreign else Level.PROBLEM
            yield Finding(Section.AGENTS, level, _sentence(agent.error), agent.do, agent.name)
        elif agent.note:
            yield from _elsewhere(agent)
        else:
            yield from _loaded(case, agent, frozenset() if kept is None else kept.asked.get(agent.name, frozenset()))


def _elsewhere(agent: LoadedAgent) -> Iterator[Finding]:
    """Tell of an agent that runs at a server."""
    yield Finding(Section.AGENTS, Level.OK, f"{agent.name}: {agent.note}", name=agent.name)
    for said in agent.lacks:
        do = f"See that the server runs, and that `graphs.{agent.name}` in langgraph.json says where it is."
        yield Finding(Section.AGENTS, Level.WARNING, f"{agent.name}: {said}", do, agent.name)


def _loaded(case: Case, agent: LoadedAgent, asked: frozenset[str]) -> Iterator[Finding]:
    how = {each.name: _how(case, agent, each, asked) for each in agent.tools}
    ask = [f"{name} ({way})" for name, way in how.items() if way]
    silent = [name for name, way in how.items() if not way]
    said = [f"{agent.name} loads."]
    if ask:
        said.append(f"A person is asked about {_listed(ask)}.")
    if silent:
        said.append(f"Nothing is known to ask about {_listed(silent)}.")
    if agent.nodes:
        said.append(f"Its own nodes ask, by `interrupt()` in their code: {_listed(list(agent.nodes))}.")
    if not agent.tools and not agent.nodes:
        said.append("No tools and no questions are seen in it; agents within its functions are not looked into.")
    if agent.for_runs:
        said.append("Each run has one made for it, which may have other tools.")
    yield Finding(Section.AGENTS, Level.OK, " ".join(said), name=agent.name)
    for tool in agent.tools:
        if not how[tool.name] and (word := sensitive_word(tool.name, tool.about)):
            yield _unasked(case, agent, tool, word)


def _how(case: Case, agent: LoadedAgent, tool: LoadedTool, asked: frozenset[str]) -> str:
    """Return how a person is asked about the tool; empty where nothing is known to ask."""
    ways = []
    if authority.sensitive_rule(case.settings.rules, agent.name, tool.name):
        ways.append("by policy")
    if tool.asks == Asks.SENSITIVE:
        ways.append("it is sensitive")
    if tool.name in agent.by_middleware:
        ways.append("by its middleware")
    if tool.asks == Asks.MAYBE:
        ways.append("its code names interrupt()")
    elif not ways and tool.name in asked:
        ways.append("it was asked about before")
    return " and ".join(ways)


def _unasked(case: Case, agent: LoadedAgent, tool: LoadedTool, word: str) -> Finding:
    return Finding(
        Section.AGENTS,
        Level.WARNING,
        f"{tool.name} of {agent.name} looks sensitive ({word}), and nothing is known to ask a person before it runs."
        " This is a guess, from its name and the first line of its description.",
        f"If a person is to be asked, write into {case.settings.config_path.parent / SETTINGS_FILE}:\n"
        f"[agents.{_key(agent.name)}.tools.{_key(glob.escape(tool.name))}]\nsensitive = true",
        agent.name,
    )


def _key(name: str) -> str:
    """Return the name as a key of TOML."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", name):
        return name
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(names: Sequence[str]) -> str:
    more = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
    *first, last = [*names[:_MOST], *more]
    return f"{', '.join(first)} and {last}" if first else last


def _sentence(text: str) -> str:
    return f"{text.rstrip('. ')}."
