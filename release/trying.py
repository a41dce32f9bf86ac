"""What was built, tried as a user has it: in a process outside of the checkout, with a home in which nothing is."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from release.environment import Environment
from release.packages import WORKER
from release.refused import Refused
from release.running import output, surroundings
from release.source import Release
from tests.benchmarks.pairs import in_turn, medians, ratios
from tests.benchmarks.startup import started

_SECONDS = 180.0
_PAIRS = 5
_IMPORT_ALL = """
import importlib, pkgutil, interrupt_mcp

found = [each.name for each in pkgutil.walk_packages(interrupt_mcp.__path__, "interrupt_mcp.")]
for name in found:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(found))
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, as the server shows it."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a server says of itself."""

    version: str
    tools: tuple[Tool, ...]


def at_home(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a process of somebody who has nothing yet, in a folder that is made."""
    home.mkdir()
    return surroundings(HOME=str(home), USERPROFILE=str(home), CI="true", INTERRUPT_MCP_INBOX="off", **more)


def introduction(command: Sequence[str], home: Path, environ: Mapping[str, str]) -> Introduction:
    """Start a server over stdio, and return what it says of itself.

    Raises:
        Refused: it does not, within three minutes.
    """
    said = home / "stderr.txt"

    async def ask() -> Introduction:
        server = StdioServerParameters(command=command[0], args=list(command[1:]), env=dict(environ), cwd=home)
        with anyio.fail_after(_SECONDS), said.open("a") as errors:
            async with Client(stdio_client(server, errlog=errors), mode="auto") as client:
                tools = (await client.list_tools()).tools
                found = tuple(Tool(tool.name, tool.title or tool.name) for tool in tools)
                assert client.server_info is not None
                return Introduction(client.server_info.version, found)

    try:
        return anyio.run(ask)
    except* Exception as errors:
        last = said.read_text("utf-8", "replace").strip()[-2000:]
        raise Refused(f"{' '.join(command)} does not serve: {errors.exceptions[0]!r}\n{last}") from errors


def with_uv(command: Sequence[str], home: Path) -> tuple[list[str], Path, dict[str, str]]:
    """Return what `introduction` takes, for a command of uv's: the uv of the release's tools, and this Python."""
    uv = str(Environment.current().program("uv"))
    environ = at_home(home, UV_PYTHON=sys.executable, UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    return [uv if command[0] == "uv" else command[0], *command[1:]], home, environ


def use(environment: Environment, version: str, agents: Path, home: Path) -> Introduction:
    """Run the commands that somebody begins with, and return what the server says of itself.

    Raises:
        Refused: one does not do what it should, or tells another version, or other agents than that langgraph.json.
    """
    program = environment.program("interrupt-mcp")
    environ = at_home(home)
    said = output([program, "--version"], home, environ, _SECONDS).strip()
    if said != f"interrupt-mcp {version}":
        raise Refused(f"`interrupt-mcp --version` says {said!r} instead of {version}.")
    output([program, "demo"], home, environ, _SECONDS)
    listed = json.loads(output([program, "agents", "--json"], home, environ, _SECONDS))
    wanted = set(json.loads(agents.read_text("utf-8"))["graphs"])
    good = {agent["name"] for agent in listed["agents"] if not agent.get("error")}
    if good != wanted:
        raise Refused(f"`interrupt-mcp agents` shows {sorted(good)} that work, but {sorted(wanted)} are bundled.")
    found = introduction([str(program), "serve"], home, environ)
    if found.version != version:
        raise Refused(f"The server says that its version is {found.version} instead of {version}.")
    return found


def use_worker(environment: Environment, release: Release, wheel: Path, home: Path) -> str:
    """Install the worker beside agents that need an older `mcp` than the server's, and return what was tried.

    Raises:
        Refused: they do not fit, a module of it cannot be imported, or it tells another version.
    """
    environ = at_home(home)
    kept = _not_of_mcp((release.commit.root / "constraints.txt").read_text("utf-8"))
    constraints = home / "constraints.txt"
    constraints.write_text(kept, "utf-8")
    environment.install(constraints, wheel, "mcp<2", "langchain-mcp-adapters==0.3.*")
    output([sys.executable, "-m", "pip", "--python", environment.python, "check"])
    said = output([environment.program(WORKER.name), "--version"], home, environ).strip()
    if said != f"{WORKER.name} {release.version}":
        raise Refused(f"`{WORKER.name} --version` says {said!r} instead of {release.version}.")
    count = output([environment.python, "-c", _IMPORT_ALL], home, environ).strip()
    return f"beside mcp 1 and langchain-mcp-adapters; {count} modules, each imported"


def _not_of_mcp(constraints: str) -> str:
    """The constraints without those of the server's own `mcp` and what comes with it."""
    lines = (line for line in constraints.splitlines() if not line.startswith(("mcp==", "mcp-")))
    return "\n".join([*lines, ""])


def start_up(environment: Environment, home: Path) -> str:
    """Return how long a client waits for the list of tools, from what is installed and from the checkout, in turn."""
    home.mkdir()
    sides = [[str(each.program("interrupt-mcp")), "serve"] for each in (environment, Environment.current())]
    pairs = [
        (ours[0], checkout[0])
        for ours, checkout in in_turn(
            lambda: started(sides[0], home, "2026-07-28"), lambda: started(sides[1], home, "2026-07-28"), _PAIRS
        )
    ]
    installed, checkout = medians(pairs)
    spread = ratios(pairs)
    return (
        f"{installed:.2f} s, from the checkout {checkout:.2f} s: ratio {spread.median:.2f}"
        f" ({spread.low:.2f} to {spread.high:.2f})"
    )
