"""One package tried in one protocol era: its server is started over stdio, and each trial has a clean scene."""

import json
import subprocess
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from mcp import MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.conftest import Door
from tests.effects import Effects
from tests.models.provider import KEY, Provider, provider
from tests.printed import DOCS, write
from tests.processes import CHECKOUT, connected, surroundings
from tests.projects import offering
from tests.real_agents.environments import python_of, version_in
from tests.real_agents.packages import Package, Scene, Trial

AGENTS = Path(__file__).with_name("agents")
ERAS = ("2026-07-28", "2025-11-25")
_TRIAL_SECONDS = 180.0


@dataclass(frozen=True)
class Outcome:
    """What came of one trial in the eras in which it was made."""

    package: Package
    version: str
    langgraph: str
    """The version of LangGraph that is installed with the package."""
    tried: str
    failed: tuple[str, ...] = ()
    """What came of it instead, and in which era where not in both."""

    @property
    def good(self) -> bool:
        return not self.failed


def outcomes(package: Package) -> Iterator[Outcome]:
    """Install the package, and yield what came of each of its trials, or of its installation where that failed."""
    try:
        python = python_of(package.name, package.name, *package.besides)
        versions = version_in(python, package.name), version_in(python, "langgraph")
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)
        yield Outcome(package, "", "", "installation", (_line(error),))
        return
    failed = [anyio.run(_tried, package, python, era) for era in ERAS]
    for trial, lines in zip(package.trials, zip(*failed, strict=True), strict=True):
        yield Outcome(package, *versions, _words_of(trial), _by_era(lines))


async def _tried(package: Package, python: Path, era: str) -> list[str]:
    """Return what failed of each trial, and an empty text where nothing did."""
    with tempfile.TemporaryDirectory() as folder, provider() as model:
        home = Path(folder)
        try:
            async with _served(package, python, era, home, model) as door:
                return [await _failed(trial, door, model, Effects(home / "effects")) for trial in package.trials]
        except (MCPError, OSError, ExceptionGroup) as error:
            traceback.print_exc()
            print((home / "stderr.txt").read_text(), file=sys.stderr)
            return [f"the server did not serve: {_line(error)}"] * len(package.trials)


@asynccontextmanager
async def _served(package: Package, python: Path, era: str, home: Path, model: Provider) -> AsyncIterator[Door]:
    config = offering(home, AGENTS, *package.graphs, policy=package.policy, **_printed(package, home))
    environ = surroundings(
        home,
        PYTHONPATH=CHECKOUT,
        EFFECTS=str(home / "effects"),
        INTERRUPT_MCP_APPROVER="client",
        OPENAI_BASE_URL=model.url,
        OPENAI_API_KEY=KEY,
        ANTHROPIC_BASE_URL=model.url.removesuffix("/v1"),
        ANTHROPIC_API_KEY=KEY,
    )
    command = str(python.with_name("interrupt-mcp"))
    server = StdioServerParameters(command=command, args=["serve", "--config", str(config)], env=environ, cwd=home)
    with (home / "stderr.txt").open("w") as said:
        async with connected(stdio_client(server, errlog=said), era, {}) as door:
            yield door


def _printed(package: Package, home: Path) -> dict[str, Any]:
    """Write the files of the package's guide, and return where its graphs are."""
    if not package.guide:
        return {}
    graphs = json.loads(write(DOCS / "guides" / f"{package.guide}.md", home).read_text())["graphs"]
    return {name: str(home / place).replace(".py:", ":") for name, place in graphs.items()}


async def _failed(trial: Trial, door: Door, model: Provider, effects: Effects) -> str:
    model.forget()
    effects.path.unlink(missing_ok=True)
    try:
        with anyio.fail_after(_TRIAL_SECONDS):
            await trial(Scene(door, model, effects))
    except (AssertionError, LookupError, ValueError, TimeoutError, MCPError) as error:
        traceback.print_exc()
        return _line(error)
    return ""


def _by_era(lines: Sequence[str]) -> tuple[str, ...]:
    """Return what failed, with its era where it is not the same in all; `lines` has one for each era."""
    if len(set(lines)) == 1:
        return tuple(line for line in lines[:1] if line)
    return tuple(f"{era}: {line}" for era, line in zip(ERAS, lines, strict=True) if line)


def _words_of(trial: Trial) -> str:
    assert trial.__doc__ is not None, trial
    return trial.__doc__.strip().removesuffix(".")


def _line(error: Exception) -> str:
    """Return the last line that says something, as it fits into a table."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:160]
