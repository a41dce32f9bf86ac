"""What of a `langgraph.json` has no effect here is said, and graphs in other languages harm no other."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.agents.environment import Environment, this_environment
from interrupt_mcp.agents.manifest import read_manifest
from interrupt_mcp.agents.unused import unused
from tests.conftest import Offer, Serve
from tests.processes import command, http_server, over_stdio, ran, surroundings

HERE = Environment("/usr/bin/python3", "3.12")
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
BUILDING = (
    *("_INTERNAL_docker_tag", "internal_docker_tag", "api_version", "base_image", "image_distro", "dockerfile_lines"),
    *("keep_pkg_tools", "node_version", "pip_config_file", "pip_installer", "source"),
)


def said(folder: Path, **content: Any) -> list[str]:
    """The sentences about a file with this content."""
    config = folder / "langgraph.json"
    config.write_text(json.dumps({"graphs": {}, **content}))
    return [str(each) for each in unused(read_manifest(config), HERE)]


def test_a_file_of_which_all_is_used_is_not_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    assert not said(
        tmp_path,
        graphs={"a": "./a.py:graph", "b": {"path": "m:graph", "description": "B.", "example": {"message": "hi"}}},
        dependencies=[".", "./src", "src", "langgraph", "langchain_openai>=1", "typing-extensions[x]==4", "anyio; a"],
        env=".env",
        python_version="3.12",
        store={
            "index": {"embed": "openai:small", "dims": 4, "fields": ["text"]},
            "ttl": {"default_ttl": 5, "refresh_on_read": True, "sweep_interval_minutes": 5},
        },
        **{"$schema": "https://langgra.ph/schema.json"},
    )


@pytest.mark.parametrize(
    ("key", "means"),
    [
        ("auth", "its access rules do not hold here: whoever reaches this server can run every agent"),
        ("encryption", "not encrypted by it"),
        ("http", "none of its routes and middleware is served"),
        ("checkpointer", "INTERRUPT_MCP_KEEP_CHECKPOINTS"),
        ("webhooks", "nothing is sent"),
        ("ui", "no components"),
        ("ui_config", "no components"),
        *((key, "what agents need has to be in the environment in which they run") for key in BUILDING),
        ("somebodys_own", "interrupt-mcp has no use for it"),
    ],
)
def test_each_key_that_has_no_effect_is_named_with_what_that_means(tmp_path: Path, key: str, means: str) -> None:
    (sentence,) = said(tmp_path, **{key: {"path": "./auth.py:auth"}})
    assert sentence.startswith(f"`{key}` in langgraph.json is not used: ")
    assert means in sentence
    for empty in (None, {}, [], "", False):
        assert key == "somebodys_own" or not said(tmp_path, **{key: empty})


def test_keys_that_mean_the_same_are_told_together(tmp_path: Path) -> None:
    (sentence,) = said(tmp_path, base_image="x", dockerfile_lines=["RUN x"], pip_config_file="pip.conf")
    assert sentence.startswith(
        "`base_image`, `dockerfile_lines` and `pip_config_file` in langgraph.json are not used: "
    )


@pytest.mark.parametrize(
    ("wanted", "differs"),
    [("3.12", False), ("3.12.4", False), ("3.11", True), ("3.1", True), (3.12, False), (3.13, True), ("x" * 999, True)],
)
def test_another_version_of_python_is_told(tmp_path: Path, wanted: object, differs: bool) -> None:
    sentences = said(tmp_path, python_version=wanted)
    assert len(sentences) == differs
    assert all(
        "`python_version`" in each and "which is 3.12 and not " in each and len(each) < 300 for each in sentences
    )


def test_packages_that_are_not_installed_are_named_and_those_that_cannot_be_told_are_not(tmp_path: Path) -> None:
    (tmp_path / "no-such-folder-package").mkdir()
    (sentence,) = said(
        tmp_path,
        dependencies=[
            *("anyio", "no-such-package>=2", "no_such_other[extra] @ git+https://example.com/x", "./here", "/there"),
            *(
                "no-such-folder-package",
                "git+https://example.com/y.git",
                "no_such.whl",
                "no-such-third; python_version<'3'",
            ),
        ],
    )
    assert "and the environment of /usr/bin/python3 lacks no-such-package and no_such_other." in sentence


def test_what_is_unknown_within_graphs_and_store_is_named_by_its_path(tmp_path: Path) -> None:
    (sentence,) = said(
        tmp_path,
        graphs={"a": {"path": "m:graph", "colour": "red"}},
        store={"path": "./store.py:make", "index": {"embed": "a:b", "model": "c"}, "ttl": {"soon": True}},
    )
    assert sentence == (
        "`graphs.a.colour`, `store.path`, `store.index.model` and `store.ttl.soon` in langgraph.json are not used:"
        " interrupt-mcp has none for them."
    )


def test_however_many_and_long_they_are_the_sentence_stays_one(tmp_path: Path) -> None:
    (sentence,) = said(tmp_path, **{f"{number}{'x' * 500}": 1 for number in range(1000)})
    assert "and 990 more in langgraph.json are not used" in sentence
    assert len(sentence) < 2000


@pytest.fixture
def foreign(offer: Offer) -> Path:
    """A `langgraph.json` with two agents, of which one is TypeScript, and much that has no effect here."""
    config = offer("making:graph")
    content = json.loads(config.read_text())
    content["graphs"] |= {"web": {"path": "./src/agent.ts:graph", "description": "Browses."}, "old": "./a.mjs:$graph"}
    content |= {"auth": {"path": "./auth.py:auth"}, "node_version": "20", "x\n\x1b[2J": 1, "python_version": "3.1"}
    config.write_text(json.dumps(content))
    return config


@pytest.mark.anyio
async def test_a_graph_in_typescript_is_listed_with_its_error_and_the_others_work(
    serve: Serve, foreign: Path, era: str
) -> None:
    async with serve(foreign, mode=era) as door:
        graph, web, old = (await door.call("list_agents"))["agents"]
        refused = await door.error("start_run", agent="web", input={})
        run = await door.call("start_run", agent="graph", input={"text": "hello"})
    assert "./src/agent.ts is not written in Python. Only graphs written in Python run here" in web["error"]
    assert web["description"] == "Browses."
    assert "./a.mjs is not written in Python" in old["error"]
    assert "error" not in graph
    assert run["output"] == {"text": "HELLO"}
    assert refused.startswith("unavailable: ")
    assert "./src/agent.ts is not written in Python" in refused


def check_warnings(lines: list[str]) -> None:
    for key in ("auth", "node_version", "python_version"):
        assert sum(f"`{key}` in langgraph.json is not used: " in line for line in lines) == 1, lines
    assert sum("`graphs.web` and `graphs.old` in langgraph.json are not used: " in line for line in lines) == 1
    assert any("`x\\u{a}\\u{1b}[2J` in langgraph.json is not used: " in line for line in lines)


@pytest.mark.anyio
async def test_a_server_over_stdio_warns_of_it_when_it_starts(tmp_path: Path, foreign: Path) -> None:
    async with over_stdio(tmp_path, environ={"INTERRUPT_MCP_CONFIG": str(foreign)}):
        pass
    check_warnings((tmp_path / "stderr.txt").read_text().splitlines())


def test_a_server_over_http_warns_of_it_when_it_starts(tmp_path: Path, foreign: Path) -> None:
    with http_server(tmp_path, INTERRUPT_MCP_CONFIG=str(foreign)) as server:
        server.stop()
    check_warnings([line for text in server.said for line in text.splitlines()])


def test_agents_tells_it_below_the_table_and_in_json(tmp_path: Path, foreign: Path) -> None:
    arguments = [command(), "agents", "--config", str(foreign)]
    table = ran(arguments, 60, surroundings(tmp_path))
    told = json.loads(ran([*arguments, "--json"], 60, surroundings(tmp_path)).stdout)
    check_warnings(table.stdout.splitlines())
    meanings = {tuple(each["keys"]): each["meaning"] for each in told["unused"]}
    assert meanings["graphs.web", "graphs.old"].startswith("only graphs written in Python run here")
    assert meanings[("python_version",)] == f"agents run on the server's Python, which is {PYTHON} and not 3.1"


def test_a_server_of_the_bundled_agents_has_nothing_to_warn_of() -> None:
    bundled = Path(__file__).parents[2] / "agents" / "interrupt_mcp_agents" / "langgraph.json"
    assert unused(read_manifest(bundled), this_environment()) == ()
