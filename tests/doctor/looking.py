"""What the doctor says of a project, as a real command."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE
from tests.processes import command, ran, surroundings

SECTIONS = (
    *("python", "installation", "config", "environments", "agents", "policy", "model", "database", "inbox"),
    *("approver", "clients", "sharing", "processes"),
)
LEVELS = ("ok", "note", "warning", "problem")
HELLO = """
from langgraph.graph import START, StateGraph

builder = StateGraph(dict)
builder.add_node("a", lambda state: state)
builder.add_edge(START, "a")
graph = builder.compile()
"""


@dataclass(frozen=True)
class Said:
    """What it said, and how it ended."""

    code: int
    findings: list[dict[str, str]]
    out: str
    err: str

    def of(self, section: str, name: str | None = None, level: str | None = None) -> list[dict[str, str]]:
        """The findings of a section; only those of that name and level, where they are given."""
        return [
            each
            for each in self.findings
            if each["section"] == section and name in (None, each.get("name", "")) and level in (None, each["level"])
        ]

    def text(self, section: str, name: str | None = None, level: str | None = None) -> str:
        """What is said in those findings."""
        return "\n".join(f"{each['text']} {each.get('do', '')}" for each in self.of(section, name, level))


def project(home: Path, policy: str = "", **more: object) -> None:
    """Make a project of one agent, which is loaded soon."""
    (home / "hello.py").write_text(HELLO)
    (home / "langgraph.json").write_text(json.dumps({"graphs": {"hello": "./hello.py:graph"}, **more}))
    if policy:
        (home / "interrupt-mcp.toml").write_text(policy)


def looked(home: Path, *arguments: str, environ: Mapping[str, str] = {}) -> Said:
    """What the doctor says in that folder. Whatever it says has the shape that the documentation gives it."""
    ended = ran([command(), "doctor", "--json", *arguments], PATIENCE, surroundings_in(home, environ))
    body = json.loads(ended.stdout)
    assert set(body) == {"findings", "ok"}
    for each in body["findings"]:
        assert set(each) - {"name", "do"} == {"section", "level", "text"}
        assert each["section"] in SECTIONS
        assert each["level"] in LEVELS
        assert ("do" in each) == (each["level"] != "ok"), each
    assert body["ok"] == all(each["level"] != "problem" for each in body["findings"])
    assert ended.returncode == (0 if body["ok"] else 1)
    return Said(ended.returncode, body["findings"], ended.stdout, ended.stderr)


def surroundings_in(home: Path, environ: Mapping[str, str] = {}) -> dict[str, str]:
    config = home / "langgraph.json"
    named = {"INTERRUPT_MCP_CONFIG": str(config)} if config.exists() else {}
    return surroundings(home, **{**named, **environ})
