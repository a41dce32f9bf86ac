"""Clients that others wrote, each sent on the errand: what it told, and whether just what was decided was done."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.clients import environments
from tests.clients.programs.errand import decision_on
from tests.conformance import foreign, inspector
from tests.processes import command, ran

PROGRAMS = Path(__file__).with_name("programs")
THREE = "Book the Ritz, the Plaza and the Savoy"
TWELVE = f"Book {', '.join(f'Hotel {number:02}' for number in range(1, 10))}, the Ritz, the Plaza and the Savoy"
BOOKED = sorted(["Ritz", "Hilton", *(f"Hotel {number:02}" for number in range(1, 10)), "Ritz", "Hilton"])
"""What both messages come to, when the Plaza is changed to the Hilton and the Savoy is rejected."""
_SECONDS = 240.0


@dataclass(frozen=True)
class Client:
    """A client, and how it is run."""

    name: str
    program: str
    eras: tuple[str, ...] = ("auto",)
    """`legacy` too where it can be told to use the handshake."""
    asks: bool = True


CLIENTS = (
    Client("mcp", "mcp_client.py", ("auto", "legacy")),
    Client("@modelcontextprotocol/client", "typescript.mjs", ("auto", "legacy")),
    Client("@modelcontextprotocol/inspector --cli", "", ("modern", "legacy"), asks=False),
    Client("fastmcp", "fastmcp_client.py", ("auto", "legacy")),
    Client("pydantic-ai", "pydantic_ai_toolset.py"),
    Client("langchain-mcp-adapters", "langchain_adapters.py"),
    Client("openai-agents", "openai_agents.py", asks=False),
)
TYPESCRIPT = CLIENTS[1]


@dataclass(frozen=True)
class Server:
    """What a client is pointed at: over stdio it starts one with these variables, over HTTP there is one."""

    environ: Mapping[str, str]
    url: str
    ledger: Path
    """One line for each booking that was really made."""


@dataclass
class Outcome:
    """What came of one errand."""

    client: Client
    way: str
    version: str = ""
    era: str = ""
    """The version of the protocol that was spoken."""
    ended: list[str] = field(default_factory=list)
    """How each run ended."""
    forms: int = 0
    booked: list[str] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        return self.ended == ["success"] * 2 and self.booked == BOOKED

    @property
    def decided_by_forms_alone(self) -> bool:
        return self.finished and self.forms == 15


def errands(client: Client, server: Server) -> Iterator[Outcome]:
    """Each way and each era of the client."""
    for way in ("stdio", "http"):
        for era in client.eras:
            yield run(client, way, era, server)


def run(client: Client, way: str, era: str, server: Server, *, asks: bool = True) -> Outcome:
    server.ledger.unlink(missing_ok=True)
    told = _told(client, way, era, server, asks and client.asks) if client.program else _inspected(way, era, server)
    return Outcome(
        client,
        way,
        told["version"],
        told["era"],
        [run["status"] for run in told["runs"]],
        len(told["shown"]),
        sorted(server.ledger.read_text().splitlines()),
    )


def _told(client: Client, way: str, era: str, server: Server, asks: bool) -> dict[str, Any]:
    """What the program prints."""
    job = json.dumps(
        {
            "way": way,
            "era": era,
            "target": [command(), "serve"] if way == "stdio" else [server.url],
            "environ": dict(server.environ),
            "messages": [THREE, TWELVE],
            "asks": asks,
        }
    )
    script = PROGRAMS / client.program
    if script.suffix == ".mjs":
        done = foreign.node(script, job, seconds=_SECONDS, PACKAGES=str(foreign.TOOLS / "npm"))
    else:
        done = ran([str(environments.python_of(client.name)), str(script), job], _SECONDS)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _inspected(way: str, era: str, server: Server) -> dict[str, Any]:
    """The errand with the Inspector, which calls one tool each time it is run, and shows no forms."""
    given = [part for name, value in server.environ.items() for part in ("-e", f"{name}={value}")]
    target = [command(), "serve", *given] if way == "stdio" else [server.url]
    runs = []
    for message in (THREE, TWELVE):
        begun = inspector.call(era, target, "start_run", agent="hotel", message=message)
        decisions = [decision_on(interrupt) for interrupt in begun["interrupts"]]
        runs.append(inspector.call(era, target, "resume_run", run_id=begun["run_id"], decisions=decisions))
    spoken = "2026-07-28" if era == "modern" else "2025-11-25"
    return {"version": inspector.VERSION, "era": spoken, "runs": runs, "shown": []}
