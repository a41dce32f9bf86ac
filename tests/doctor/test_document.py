"""The page about the doctor shows what the command prints, and names what there is."""

import json
import re
from pathlib import Path

from tests.doctor.looking import LEVELS, SECTIONS, looked, surroundings_in
from tests.patience import PATIENCE
from tests.processes import command, ran

PAGE = (Path(__file__).parents[2] / "docs" / "doctor.md").read_text("utf-8")
OFFICE = """
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.tools import tool
from interrupt_mcp_agents.offline import model


@tool
def send_mail(to: str) -> str:
    \"\"\"Send a mail.\"\"\"
    return to


@tool
def find_mail(of: str) -> str:
    \"\"\"Find a mail.\"\"\"
    return of


@tool
def delete_mail(name: str) -> str:
    \"\"\"Delete a mail.\"\"\"
    return name


asks = HumanInTheLoopMiddleware({"send_mail": True})
graph = create_agent(model([]), [send_mail, find_mail, delete_mail], middleware=[asks])
"""


def words(text: str, home: str) -> str:
    """A text on one line, with the folder that it names left out."""
    return " ".join(text.replace(home, "").split())


def test_the_example_is_what_the_command_prints_of_such_a_project(tmp_path: Path) -> None:
    (tmp_path / "office.py").write_text(OFFICE)
    (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": {"office": "./office.py:graph"}}))
    ended = ran([command(), "doctor"], PATIENCE, surroundings_in(tmp_path, {"COLUMNS": "80"}))
    assert ended.returncode == 0, ended.stdout
    (example,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    (shown,) = re.findall(r"Agents\n(.*?)\n\n", example, re.DOTALL)
    (printed,) = re.findall(r"Agents\n(.*?)\n\n", ended.stdout, re.DOTALL)
    assert words(printed, str(tmp_path)) == words(shown, "/home/ann/agents")
    heads = [line.lower() for line in example.splitlines() if re.fullmatch(r"[A-Z][a-z]+", line)]
    assert set(heads) <= set(SECTIONS)


def test_all_sections_levels_and_fields_are_named(tmp_path: Path) -> None:
    for word in (*SECTIONS, *LEVELS):
        assert word in PAGE, word
    (body,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    example = json.loads(body)
    said = looked(tmp_path)
    fields = {key for each in said.findings for key in each}
    assert {key for each in example["findings"] for key in each} == fields
