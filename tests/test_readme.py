"""The examples of README and docs work as they are printed."""

import base64
import json
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client

from interrupt_mcp.cli.serve import PORT
from tests.conftest import Serve
from tests.people.person import Person, fill_in
from tests.printed import block
from tests.processes import command, connected, surroundings

pytestmark = pytest.mark.anyio
README = Path(__file__).parents[1] / "README.md"
CONFIGURATION = README.parent / "docs" / "configuration.md"


async def test_the_agent_of_the_readme_is_edited_though_its_tool_knows_no_edit(
    serve: Serve, tmp_path: Path, era: str
) -> None:
    (tmp_path / "agent.py").write_text(block("python", "delete_file", README))
    config = tmp_path / "langgraph.json"
    config.write_text(block("json", '"graphs"', README))
    async with serve(config, mode=era) as door:
        run = await door.call("start_run", agent="files", message="delete report.txt")
        assert run["interrupts"][0]["description"] == "Delete report.txt?"
        decision = {"type": "edit", "args": {"path": "draft.txt"}}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
    assert "deleted draft.txt" in run["answer"]


async def test_the_preview_of_the_docs_shows_what_of_a_file_would_change(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(
        block("python", "delete_file", README)
        .replace("def delete_file(path: str)", "def write_file(path: str, text: str)")
        .replace('interrupt(f"Delete {path}?")', 'open(path, "w").write(text)')
        .replace("delete_file", "write_file")
    )
    (tmp_path / "previews.py").write_text(block("python", "change_of_file", CONFIGURATION))
    (tmp_path / "interrupt-mcp.toml").write_text(block("toml", "change_of_file", CONFIGURATION))
    config = tmp_path / "langgraph.json"
    config.write_text(block("json", '"graphs"', README))
    note = tmp_path / "note.txt"
    async with serve(config) as door:
        call = f'call write_file {{"path": "{note}", "text": "new"}}'
        (interrupt,) = (await door.call("start_run", agent="files", message=call))["interrupts"]
    assert interrupt["requests"][0]["preview"] == {"kind": "change", "name": str(note), "before": "", "after": "new"}
    assert not note.exists()


@dataclass(frozen=True)
class Entry:
    """How a client is told to start a server."""

    command: str
    args: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Entry":
        known = ("command", "cmd", "args", "env", "envs")
        more = {name: value for name, value in table.items() if name not in known}
        environ = table.get("env", table.get("envs", {}))
        return cls(table.get("command") or table["cmd"], list(table["args"]), environ, more)


PRINTED = Entry("uvx", ["interrupt-mcp"])
FILES = {
    "Claude Desktop": ("json", "mcpServers"),
    "Cursor": ("json", "mcpServers"),
    "VS Code": ("json", "servers"),
    "Windsurf": ("json", "mcpServers"),
    "Zed": ("json", "context_servers"),
    "Codex": ("toml", "mcp_servers"),
    "goose": ("yaml", "extensions"),
}
"""In what a client's configuration is written, and where servers stand in it."""


def section(client: str) -> str:
    page = README.read_text("utf-8")
    (found,) = re.findall(rf"<details><summary>{client}</summary>(.*?)</details>", page, re.DOTALL)
    return found


def entry(client: str) -> Entry:
    """What README has a client start."""
    if client == "Claude Code":
        line = next(line for line in section(client).splitlines() if line.startswith("claude mcp add interrupt-mcp "))
        name, starts = shlex.split(line.removeprefix("claude mcp add "))[0], shlex.split(line.partition(" -- ")[2])
        assert name == "interrupt-mcp"
        return Entry(starts[0], starts[1:])
    language, place = FILES[client]
    (text,) = re.findall(rf"```{language}\n(.*?)```", section(client), re.DOTALL)
    readers: dict[str, Any] = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}
    servers = readers[language](text)[place]
    assert list(servers) == ["interrupt-mcp"]
    return Entry.of(servers["interrupt-mcp"])


@pytest.fixture
def uvx(tmp_path: Path) -> str:
    """A PATH with nothing on it but `uvx`, which runs the command of this package, as it does after a download."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "uvx"
    program.write_text(f'#!/bin/sh\n[ "$1" = interrupt-mcp ] || exit 64\nshift\nexec {shlex.quote(command())} "$@"\n')
    program.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize("client", [*FILES, "Claude Code"])
def test_every_client_is_told_to_start_the_same_server(client: str) -> None:
    told = entry(client)
    assert (told.command, told.args, dict(told.env)) == (PRINTED.command, PRINTED.args, {})
    for name, value in told.more.items():
        # A call may take 25 seconds, and a first start downloads.
        assert "timeout" not in name or value >= 60


def test_every_json_of_the_readme_and_the_example_configuration_names_a_command_that_is_there() -> None:
    example = json.loads(README.with_name("claude_desktop_config.example.json").read_text("utf-8"))
    first = json.loads(block("json", '"mcpServers": {\n', README))
    for name, table in [*first["mcpServers"].items(), *example["mcpServers"].items()]:
        told = Entry.of(table)
        assert told.command == "uvx" or told.command.endswith("/.venv/bin/interrupt-mcp"), name
        assert set(told.env) <= set(re.findall(r"`(INTERRUPT_MCP_\w+)`", README.read_text("utf-8")))
    for text in re.findall(r"```json\n(.*?)```", README.read_text("utf-8"), re.DOTALL):
        json.loads(text)


def test_links_install_what_the_files_say() -> None:
    links = [
        parse_qs(urlsplit(link).query)
        for link in re.findall(r"https?://[^)\s]+config=[^)\s]+", README.read_text("utf-8"))
    ]
    cursor, code = (link["config"][0] for link in links)
    assert Entry.of(json.loads(base64.b64decode(cursor))) == PRINTED
    assert Entry.of(json.loads(code)) == PRINTED
    (goose,) = re.findall(r"goose://extension\?([^`]+)", section("goose"))
    asked = parse_qs(goose)
    assert (asked["cmd"], asked["arg"], asked["timeout"]) == (["uvx"], ["interrupt-mcp"], ["300"])


def test_the_address_for_clients_is_the_one_that_is_served() -> None:
    for port in re.findall(r"127\.0\.0\.1:(\d+)", README.read_text("utf-8")):
        assert int(port) == PORT


@pytest.mark.posix
@pytest.mark.parametrize(
    ("client", "version", "forms"),
    [("Claude Desktop", "2025-11-25", False), ("Claude Code", "2026-07-28", True), ("Codex", "2025-06-18", True)],
)
async def test_a_client_that_is_set_up_as_printed_drives_a_run(
    client: str, version: str, forms: bool, uvx: str, tmp_path: Path
) -> None:
    told = entry(client)
    ledger = tmp_path / "ledger.txt"
    variables = {**surroundings(tmp_path), **told.env, "PATH": uvx, "INTERRUPT_MCP_HOTEL_LEDGER": str(ledger)}
    server = StdioServerParameters(command=told.command, args=told.args, env=variables, cwd=tmp_path)
    person = {"elicitation_callback": Person(otherwise=fill_in("edit", arg_hotel_name="Grand"))} if forms else {}
    async with connected(stdio_client(server), version, person) as door:
        agents = {agent["name"]: agent for agent in (await door.call("list_agents"))["agents"]}
        run = await door.call("start_run", agent="hotel", message="Book a stay at the McKittrick hotel")
        if not forms:
            assert "show the user the action and the arguments" in run["next_step"]
            edit = {"type": "edit", "args": {"hotel_name": "Grand"}}
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[edit])
    assert "hotel" in agents
    assert run["status"] == "success"
    assert ledger.read_text() == "Grand\n"


async def test_the_policy_of_the_documentation_asks_a_person_in_a_terminal_alone(serve: Serve, tmp_path: Path) -> None:
    agent = block("python", "delete_file", README).replace('    interrupt(f"Delete {path}?")\n', "")
    (tmp_path / "agent.py").write_text(agent)
    config = tmp_path / "langgraph.json"
    config.write_text(block("json", '"graphs"', README))
    (tmp_path / "interrupt-mcp.toml").write_text(block("toml", "[policy]", CONFIGURATION))
    async with serve(config) as door:
        run = await door.call("start_run", agent="files", message="delete report.txt")
        (request,) = run["interrupts"][0]["requests"]
        refused = await door.error(
            "resume_run", run_id=run["run_id"], decisions=[{"type": "accept", "digest": run["interrupts"][0]["digest"]}]
        )
        ended = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject", "message": "no"}])
    assert request["allowed"] == ["accept", "reject"]
    assert refused.startswith("needs_human: ")
    assert "interrupt-mcp review" in run["interrupts"][0]["where_to_decide"]
    assert "did not succeed" in ended["answer"]
