"""The examples of README and docs work as they are printed."""

import json
import re
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client

from interrupt_mcp.cli.serve import PORT
from interrupt_mcp.installing.clients import CLIENTS
from tests.conftest import Serve
from tests.installing.machine import Machine
from tests.people.person import Person, fill_in
from tests.printed import block
from tests.processes import connected, surroundings

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


def test_the_readme_puts_the_server_into_each_client_that_there_is() -> None:
    text = README.read_text("utf-8")
    named = set(re.findall(r"install ([a-z]+(?:-[a-z]+)?) --write", text))
    others = text[text.index("\nor `claude-code`") :].partition(";")[0]
    assert named | set(re.findall(r"`([a-z-]+)`", others)) == set(CLIENTS)


def test_every_json_of_the_readme_and_the_example_configuration_can_be_read_and_starts_what_is_there() -> None:
    example = json.loads(README.with_name("claude_desktop_config.example.json").read_text("utf-8"))
    for name, entry in example["mcpServers"].items():
        assert entry["command"].endswith(("/.venv/bin/interrupt-mcp", "/uvx")), name
        assert set(entry.get("env", {})) <= set(re.findall(r"`(INTERRUPT_MCP_\w+)`", CONFIGURATION.read_text("utf-8")))
    for text in re.findall(r"```json\n(.*?)```", README.read_text("utf-8"), re.DOTALL):
        json.loads(text)


def test_the_address_for_clients_is_the_one_that_is_served() -> None:
    for port in re.findall(r"127\.0\.0\.1:(\d+)", README.read_text("utf-8")):
        assert int(port) == PORT


@pytest.mark.parametrize(
    ("client", "version", "forms"),
    [("claude-desktop", "2025-11-25", False), ("claude-code", "2026-07-28", True), ("codex", "2025-06-18", True)],
)
async def test_a_client_into_which_the_readmes_command_puts_the_server_drives_a_run(
    client: str, version: str, forms: bool, tmp_path: Path
) -> None:
    machine = Machine(tmp_path)
    machine.done(client, "--write")
    told = machine.entry(client)
    ledger = tmp_path / "ledger.txt"
    variables = {**surroundings(tmp_path), **told.get("env", {}), "INTERRUPT_MCP_HOTEL_LEDGER": str(ledger)}
    server = StdioServerParameters(command=told["command"], args=told["args"], env=variables, cwd=tmp_path)
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
