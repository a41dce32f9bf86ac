"""What clients and the MCP registry are told: nothing that nobody chose is set."""

import json
import sys
import tomllib
from pathlib import Path

import pytest

from release.bundle import SERVER, manifest, project
from release.commit import Commit
from release.offered import OPTIONS
from release.place import Place
from release.refused import Refused
from release.server_json import check, server_json
from release.source import Release
from release.trying import Tool
from tests.conformance.foreign import ROOT
from tests.patience import PATIENCE
from tests.processes import ran, surroundings

RELEASE = Release(Commit(ROOT, "0" * 40, 0, frozenset()), "1.2.3", None)


def registered(folder: Path) -> dict[str, object]:
    (folder / "some.mcpb").write_bytes(b"bundle")
    return server_json(Place("some", "thing"), "1.2.3", folder / "some.mcpb")


def test_the_bundle_names_no_repository_where_none_is_known_and_asks_for_what_it_sets() -> None:
    said = json.dumps(manifest(RELEASE, [Tool("start_run", "Start a run")]))
    assert "http" not in said
    known = json.loads(said)
    assert known["server"]["mcp_config"]["env"] == {
        option.variable: f"${{user_config.{option.key}}}" for option in OPTIONS
    }
    assert {key: asked["default"] for key, asked in known["user_config"].items()} == dict.fromkeys(
        (option.key for option in OPTIONS), ""
    )
    assert known["user_config"]["openai_api_key"]["sensitive"]


def test_the_bundle_pins_what_the_constraints_pin() -> None:
    constraints = (ROOT / "constraints.txt").read_text("utf-8")
    read = tomllib.loads(project(RELEASE, "some.whl", constraints))
    assert read["tool"]["uv"]["constraint-dependencies"] == constraints.splitlines()[1:]
    assert read["tool"]["uv"]["sources"] == {"interrupt-mcp": {"path": "some.whl"}}


def test_a_setting_that_was_left_empty_is_left_to_files_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(SERVER)
    (tmp_path / "agent.py").write_text("import os\n\nraise RuntimeError(len(os.environ['OPENAI_API_KEY']))\n")
    (tmp_path / ".env").write_text("OPENAI_API_KEY=of-this-file\n")
    config = tmp_path / "langgraph.json"
    config.write_text(json.dumps({"graphs": {"one": "./agent.py:graph"}, "env": ".env"}))
    empty = {option.variable: "" for option in OPTIONS}
    environ = surroundings(tmp_path, **{**empty, "INTERRUPT_MCP_CONFIG": str(config)})
    done = ran([sys.executable, str(tmp_path / "server.py"), "agents", "--json"], PATIENCE, environ)
    (agent,) = json.loads(done.stdout)["agents"]
    assert "RuntimeError: 12 " in agent["error"]


def test_what_the_registry_is_told_is_as_the_rules_have_it(tmp_path: Path) -> None:
    check(registered(tmp_path), None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("description", "x" * 101),
        ("version", "latest"),
        ("version", ">=1.2"),
        ("name", "io.github.OWNER/NAME"),
        ("packages", []),
        ("repository", {"url": "http://example.org", "source": "github"}),
        ("more", 1),
    ],
)
def test_what_the_registry_would_refuse_is_refused_before(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(Refused, match=r"server\.json is not as the rules"):
        check({**registered(tmp_path), name: value}, None)
