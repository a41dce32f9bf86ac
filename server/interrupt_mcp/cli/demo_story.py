"""The story of the demo: an agent stops, its server is killed, another one goes on, and a person has the last word."""

import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from interrupt_mcp.agents.manifest import read_manifest
from interrupt_mcp.cli.install import CLIENT_NAMES
from interrupt_mcp.cli.narrator import Narrator
from interrupt_mcp.cli.ourselves import program, typed
from interrupt_mcp.config import read_settings
from interrupt_mcp.errors import ConfigError, Unavailable
from interrupt_mcp.text.visible import visible

AGENT, _MESSAGE = "hotel", "Book a stay at the McKittrick hotel"
_INSTEAD = "The Plaza"
_ALONE = {"INTERRUPT_MCP_APPROVER": "client", "INTERRUPT_MCP_INBOX": "off"}
"""The demo tells of a script whose author is the person, so its own word counts."""
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""Windows ends a process at once by any signal."""
_AS_TYPED = "taskkill /F /PID" if sys.platform == "win32" else "kill -9"
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo takes place: a database of its own, and a file with a line for each booking really made."""

    folder: Path
    arguments: tuple[str, ...]
    """What each server of the demo is started with."""

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def ledger(self) -> Path:
        return self.folder / "bookings.txt"

    @property
    def bookings(self) -> list[str]:
        return self.ledger.read_text(encoding="utf-8").splitlines() if self.ledger.exists() else []


def stage_in(folder: Path, config: str | None, database: str | None) -> Stage:
    """Set the stage with the bundled agents and a database in the folder, or with what the person chose instead.

    Raises:
        ConfigError: what was chosen cannot be.
    """
    # In an empty folder there is no langgraph.json of the person's own.
    config = config or str(read_settings({}, cwd=folder).config_path)
    settings = read_settings({}, config=config, database=database or f"sqlite:///{folder}/state.db", cwd=Path.cwd())
    if AGENT not in read_manifest(settings.config_path).entries:
        raise ConfigError(f"The demo tells of an agent {AGENT!r}, and {settings.config_path} names none")
    place = settings.database.url
    return Stage(folder, ("serve", "--config", str(settings.config_path), "--database", place))


async def tell(narrator: Narrator, stage: Stage) -> None:
    """Tell the story as it happens.

    Raises:
        BaseExceptionGroup: something went wrong, or the person has had enough.
    """
    narrator.title("interrupt-mcp demo: an agent asks before it acts, and nothing is lost")
    narrator.step(1, "An MCP client starts a server and gives its hotel agent a request:")
    narrator.quote(f'"{_MESSAGE}"')
    async with server(stage, _ALONE) as (client, process):
        run = await call(client, "start_run", agent=AGENT, message=_MESSAGE)
        interrupt = run["interrupts"][0]
        narrator.step(2, "The agent stops before it acts. It wants to call")
        _show(narrator, interrupt)
        narrator.step(3, f"Now the server is killed: {_AS_TYPED} {process}.")
        os.kill(process, _KILL)
    async with server(stage, _ALONE) as (client, process):
        waiting = (await call(client, "list_interrupts"))["interrupts"]
        same = [one for one in waiting if one["interrupt_id"] == interrupt["interrupt_id"]]
        if not same:
            raise Unavailable("The interrupt is lost")
        narrator.step(4, f"Another server is started, process {process}. Nothing is lost. Still waiting:")
        _show(narrator, same[0])
        decision = _decide(narrator, same[0])
        finished = await call(
            client, "resume_run", run_id=run["run_id"], decisions=[{**decision, "digest": same[0]["digest"]}]
        )
        narrator.step(6, f"The run goes on where it stopped and ends with {finished['status']}:")
        narrator.quote(finished.get("answer", ""))
        narrator.gap()
        narrator.say(f"Bookings really made: {', '.join(map(visible, stage.bookings)) or 'none'}.")


def _show(narrator: Narrator, interrupt: Mapping[str, Any]) -> None:
    request = interrupt["requests"][0]
    narrator.call(request["action"], request["args"])
    narrator.gap()
    narrator.say(f"This is interrupt {interrupt['code']}. It takes one of: {', '.join(request['allowed'])}.")


def _decide(narrator: Narrator, interrupt: Mapping[str, Any]) -> dict[str, Any]:
    """Return the person's decision, or where nobody can be asked, what the demo's person decides."""
    request, code = interrupt["requests"][0], interrupt["code"]
    if not narrator.asks:
        args = {**request["args"], "hotel_name": _INSTEAD}
        narrator.step(5, f"The person edits {code} and lets it go on as")
        narrator.call(request["action"], args)
        return {"interrupt_id": code, "type": "edit", "args": args}
    narrator.step(5, f"Your turn. Decide on {code}: (a)ccept, (e)dit or (r)eject.")
    while True:
        match narrator.ask("Decision [e]:").lower()[:1]:
            case "a":
                return {"interrupt_id": code, "type": "accept"}
            case "r":
                return {"interrupt_id": code, "type": "reject", "message": narrator.ask("Why?") or "No"}
            case "e" | "":
                asked = request["args"].items()
                args = {name: narrator.ask(f"{visible(name)} [{_INSTEAD}]:") or _INSTEAD for name, _ in asked}
                return {"interrupt_id": code, "type": "edit", "args": args}


def what_next(narrator: Narrator) -> None:
    """Tell how to go on from here."""
    here = f"{os.getcwd()}{os.sep}"
    ours = [word.removeprefix(here) for word in program()]
    narrator.gap()
    narrator.title("Try it in a client of yours")
    narrator.gap()
    narrator.quote(typed([*ours, "install", CLIENT_NAMES[0], "--write"]))
    narrator.gap()
    narrator.say(
        f"or {', '.join(CLIENT_NAMES[1:])}; without --write it shows what it would change."
        " Then ask the client to book the Ritz and the Plaza with the hotel agent."
    )
    narrator.gap()
    narrator.title("Begin an agent of your own")
    narrator.gap()
    narrator.quote(typed([*ours, "init", "my-agent"]))


@asynccontextmanager
async def server(stage: Stage, environ: Mapping[str, str]) -> AsyncIterator[tuple[Client, int]]:
    """Start a server of the demo as an MCP client does; yield the client and the server's process id.

    `environ` is what the server is told besides.
    """
    variables = {
        "INTERRUPT_MCP_LOG": "info",
        "INTERRUPT_MCP_HOTEL_LEDGER": str(stage.ledger),
        **{name: value for name, value in os.environ.items() if name.startswith(("PYTHON", "PG"))},
        **environ,
    }
    with stage.log.open("w", encoding="utf-8") as log:
        parameters = StdioServerParameters(
            command=sys.executable, args=["-m", "interrupt_mcp", *stage.arguments], env=variables, cwd=stage.folder
        )
        async with Client(stdio_client(parameters, errlog=log), read_timeout_seconds=_PATIENCE) as client:
            found = re.search(r"process (\d+) serves", stage.log.read_text(encoding="utf-8", errors="replace"))
            if found is None:
                raise Unavailable("The server does not say which process it is")
            yield client, int(found[1])


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return the tool's result.

    Raises:
        Unavailable: it is an error.
    """
    result = await client.call_tool(tool, arguments)
    if result.is_error or result.structured_content is None:
        raise Unavailable(" ".join(getattr(part, "text", "") for part in result.content))
    return dict(result.structured_content)
