"""The examples of README and docs work as they are printed."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Serve

pytestmark = pytest.mark.anyio
README = Path(__file__).parents[1] / "README.md"
CONFIGURATION = README.parent / "docs" / "configuration.md"


def block(language: str, containing: str, page: Path = README) -> str:
    """The page's only code block of that language with these words in it."""
    blocks = re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    (found,) = [each for each in blocks if containing in each]
    return found


async def test_the_agent_of_the_readme_is_edited_though_its_tool_knows_no_edit(
    serve: Serve, tmp_path: Path, era: str
) -> None:
    (tmp_path / "agent.py").write_text(block("python", "delete_file"))
    config = tmp_path / "langgraph.json"
    config.write_text(block("json", '"graphs"'))
    async with serve(config, mode=era) as door:
        run = await door.call("start_run", agent="files", message="delete report.txt")
        assert run["interrupts"][0]["description"] == "Delete report.txt?"
        decision = {"type": "edit", "args": {"path": "draft.txt"}}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
    assert "deleted draft.txt" in run["answer"]


def test_every_json_in_the_readme_and_the_example_configuration_is_json() -> None:
    blocks = re.findall(r"```json\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 6
    for each in [*blocks, README.with_name("claude_desktop_config.example.json").read_text("utf-8")]:
        json.loads(each)


async def test_the_policy_of_the_documentation_asks_a_person_in_a_terminal_alone(serve: Serve, tmp_path: Path) -> None:
    agent = block("python", "delete_file").replace('    interrupt(f"Delete {path}?")\n', "")
    (tmp_path / "agent.py").write_text(agent)
    config = tmp_path / "langgraph.json"
    config.write_text(block("json", '"graphs"'))
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
