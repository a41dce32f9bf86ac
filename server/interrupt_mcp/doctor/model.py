"""The model of the bundled agents: whether its package and its key are there, and, when asked, whether it answers."""

import json
import queue
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from interrupt_mcp.agents.environment import this_environment
from interrupt_mcp.agents.surroundings import variables
from interrupt_mcp.doctor.case import Case
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.doctor.loaded import SECONDS, child
from interrupt_mcp.doctor.providers import Provider, provider_of

_BUNDLED = "interrupt_mcp_agents"
_OFFLINE = "offline"
_ANSWER_SECONDS = 20.0


def findings(case: Case) -> Iterator[Finding]:
    """Tell of the model that INTERRUPT_MCP_MODEL names."""
    model = case.settings.model
    if model == _OFFLINE:
        yield Finding(Section.MODEL, Level.OK, _offline(case))
        return
    provider = provider_of(model)
    if not _bundled(case):
        yield Finding(
            Section.MODEL,
            Level.NOTE,
            f"The model is {model}, and no bundled agent is offered: it is theirs, and of agents that read"
            " INTERRUPT_MCP_MODEL as they do.",
            "Choose the models of other agents in their own code.",
        )
    elif provider is None:
        yield Finding(
            Section.MODEL,
            Level.NOTE,
            f"The model is {model}, of a provider that is not known here.",
            "See whether it answers: interrupt-mcp doctor --try-model",
        )
    else:
        yield from _provider(case, model, provider)
    if case.asked.try_model:
        yield _tried(case, model, provider)


def _offline(case: Case) -> str:
    if not _bundled(case):
        return "No bundled agent is offered, and INTERRUPT_MCP_MODEL is for those; other agents choose their models."
    tried = " There is nothing to try." if case.asked.try_model else ""
    return f"The bundled agents use the offline model, which needs no key and knows a few requests.{tried}"


def _bundled(case: Case) -> bool:
    """Whether an agent is one of the bundled ones."""
    found = find_spec(_BUNDLED)
    folder = Path(found.origin).parent.resolve() if found is not None and found.origin else None
    root = case.settings.config_path.parent
    return any(
        each.location.partition(".")[0] == _BUNDLED or (root / each.location).resolve().parent == folder
        for each in case.entries.values()
    )


def _provider(case: Case, model: str, provider: Provider) -> Iterator[Finding]:
    if not this_environment().finds(provider.module):
        yield Finding(
            Section.MODEL,
            Level.PROBLEM,
            f"The model is {model}, and its package {provider.package} is not in this environment.",
            f"Install it: {this_environment().python} -m pip install {provider.package}",
        )
        return
    there = [name for name in provider.keys if _given(case, name)]
    if there:
        yield Finding(
            Section.MODEL, Level.OK, f"The model is {model}; {provider.package} is there, and {there[0]} is set."
        )
    elif provider.keys:
        yield Finding(
            Section.MODEL,
            Level.PROBLEM,
            f"The model is {model}, and {' or '.join(provider.keys)} is not set here.",
            f"Set {provider.keys[0]} where the server is started: clients hand over only what their configuration says"
            " under `env`.",
        )
    else:
        yield Finding(
            Section.MODEL,
            Level.OK,
            f"The model is {model}; {provider.package} is there, and how it signs in is its provider's own.",
        )


def _given(case: Case, name: str) -> bool:
    """Whether the variable is set, for the server or for its agents."""
    if case.asked.environ.get(name, "").strip():
        return True
    try:
        return case.manifest is not None and bool(variables(case.manifest.env).get(name))
    except (OSError, ValueError):
        return False


def _tried(case: Case, model: str, provider: Provider | None) -> Finding:
    seconds = case.asked.seconds or _ANSWER_SECONDS
    most = provider.most_tokens if provider is not None else ""
    with child(case, "doctor.trying", {"model": model, "most_tokens": most}) as (_, lines):
        begun = time.monotonic()
        try:
            # Only once it is loaded is it asked.
            said = lines.get(timeout=case.asked.seconds or SECONDS)
            if said.strip() == "ready":
                begun = time.monotonic()
                said = lines.get(timeout=seconds)
            told = json.loads(said or '{"error": "the process that asked it ended"}')
            error = str(told.get("error", ""))
        except queue.Empty:
            error = f"it gave no answer within {seconds:g} seconds"
        except ValueError:
            error = "the process that asked it said something that cannot be read"
    if error:
        return Finding(
            Section.MODEL,
            Level.PROBLEM,
            f"{model} does not answer: {error.rstrip('. ')}.",
            "Check the model's name, the key, the provider's address, and whether it can be reached from here.",
        )
    return Finding(Section.MODEL, Level.OK, f"{model} answers, after {time.monotonic() - begun:.1f} seconds.")
