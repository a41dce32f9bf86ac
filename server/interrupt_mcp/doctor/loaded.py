"""Loaded agents, as a process of their own tells of them: what an agent does as it is loaded cannot break the doctor.

It may print, hang, end its process or crash it.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from interrupt_mcp.doctor.case import Case
from interrupt_mcp.doctor.environments import Home
from interrupt_mcp.workers.launch import environ_for

SECONDS = 30.0
"""How long all agents together may take."""
_ENDED = ""
"""No line that is written is empty: each has its end."""


@dataclass(frozen=True, slots=True)
class LoadedTool:
    """A tool that an agent shows."""

    name: str
    about: str
    """The first line of its description."""
    asks: str
    """How it asks by its own code, as `asking.Asks` has it."""


@dataclass(frozen=True, slots=True)
class LoadedAgent:
    """What became of loading one agent."""

    name: str
    error: str = ""
    """Why it could not be loaded."""
    do: str = ""
    """What to do about that."""
    late: bool = False
    """Whether it was still being loaded when the time was over."""
    foreign: bool = False
    """Whether it is written in another language than Python."""
    tools: tuple[LoadedTool, ...] = ()
    by_middleware: frozenset[str] = frozenset()
    """The tools that a middleware of it asks about."""
    nodes: tuple[str, ...] = ()
    """Its nodes whose code asks."""
    for_runs: bool = False
    """Whether each run has one made for it, which may have other tools."""
    faults: tuple[str, ...] = field(default=())
    """Sentences about previews that cannot be loaded."""
    note: str = ""
    """What whoever looks at it should know, where it runs elsewhere."""
    lacks: tuple[str, ...] = ()
    """Sentences about what is not as it should be there."""


def load(case: Case, homes: Sequence[Home], seconds: float) -> list[LoadedAgent]:
    """Return what became of each agent where it runs, within so many seconds for all of them."""
    until = time.monotonic() + seconds
    found: list[LoadedAgent] = []
    slow = ""
    for home in homes:
        if home.fault is not None:
            found += [_homeless(each) for each in home.agents]
        elif slow:
            found += _after(slow, home.agents)
        else:
            found += _load_in(case, home, until, seconds)
            slow = next((each.name for each in found if each.late), "")
    order = {name: number for number, name in enumerate(case.entries)}
    # A name is what the process said that loads agents.
    return sorted(found, key=lambda each: order.get(each.name, len(order)))


def _load_in(case: Case, home: Home, until: float, seconds: float) -> list[LoadedAgent]:
    """Return what became of the agents of one environment."""
    names = list(home.agents)
    found: list[LoadedAgent] = []
    while names:
        more, ended = _load_some(case, home, names, until)
        found += more
        names = names[len(more) :]
        if ended and names:
            name = names.pop(0)
            found.append(LoadedAgent(name, f"The process that loaded {name} {ended}", _LOOK_AT_IMPORT))
        elif names:
            first, *rest = names
            late = f"{first} was still being loaded when the {seconds:g} seconds for loading all agents were over"
            return [*found, LoadedAgent(first, late, _LOOK_AT_IMPORT, late=True), *_after(first, rest)]
    return found


def _after(slow: str, names: Sequence[str]) -> list[LoadedAgent]:
    why = f"was not looked at: loading {slow} took too long"
    return [LoadedAgent(each, f"{each} {why}", f"Mend {slow} first.") for each in names]


def _homeless(name: str) -> LoadedAgent:
    said = f"{name} was not looked at: agents cannot run in its environment"
    return LoadedAgent(name, said, "Mend first what is said of environments.")


_LOOK_AT_IMPORT = (
    "Look at what its module does when it is imported: an agent is a graph, or a function that makes one, and work"
    " belongs into its nodes. More time: interrupt-mcp doctor --seconds 120"
)


def _load_some(case: Case, home: Home, names: Sequence[str], until: float) -> tuple[list[LoadedAgent], str]:
    """Return what became of the first of them, and how the process ended where it did not tell of all."""
    found: list[LoadedAgent] = []
    with child(case, "process.loading", {"agents": names}, home) as (process, lines):
        while len(found) < len(names):
            try:
                line = lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return found, ""
            if line == _ENDED:
                return found, _how_it_ended(process)
            with suppress(ValueError, KeyError, TypeError):
                found.append(_read(json.loads(line)))
    return found, ""


@contextmanager
def child(
    case: Case, module: str, told: Mapping[str, object], home: Home | None = None
) -> "Iterator[tuple[subprocess.Popen[str], Lines]]":
    """Run a module of ours in a process of its own, within this context; yield it and the lines that it writes.

    It is run in this environment, or where agents run. Whatever it started ends with it. An empty line comes when it
    has ended.
    """
    given = {"config": str(case.settings.config_path), "database": case.asked.database, **told}
    environ = {**case.asked.environ, **case.settings.agent_variables}
    if home is not None and home.elsewhere:
        environ = environ_for(case.settings, elsewhere=True, environ=environ)
    process = subprocess.Popen(
        [str(home.python if home else sys.executable), "-P", "-m", f"interrupt_mcp.{module}", json.dumps(given)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        cwd=case.asked.cwd,
        env=environ,
        start_new_session=True,
    )
    lines: Lines = queue.Queue()
    threading.Thread(target=_listen, args=(process, lines), daemon=True).start()
    try:
        yield process, lines
    finally:
        _end(process)


Lines = queue.Queue[str]


def _listen(process: "subprocess.Popen[str]", lines: Lines) -> None:
    assert process.stdout is not None
    with suppress(ValueError):
        for line in process.stdout:
            lines.put(line)
    process.wait()
    lines.put(_ENDED)


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            # It leads a group of its own, in which is what agents started.
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how_it_ended(process: "subprocess.Popen[str]") -> str:
    code = process.wait()
    if code < 0:
        with suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _read(told: dict[str, Any]) -> LoadedAgent:
    tools = tuple(LoadedTool(str(each["name"]), str(each["about"]), str(each["asks"])) for each in told["tools"])
    return LoadedAgent(
        name=str(told["name"]),
        error=str(told["error"]),
        do=str(told["do"]),
        foreign=bool(told["foreign"]),
        tools=tools,
        by_middleware=frozenset(map(str, told["by_middleware"])),
        nodes=tuple(map(str, told["nodes"])),
        for_runs=bool(told["for_runs"]),
        faults=tuple(map(str, told["faults"])),
        note=str(told["note"]),
        lacks=tuple(map(str, told["lacks"])),
    )
