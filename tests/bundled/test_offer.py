"""What `langgraph.json` offers."""

import importlib
import json
from importlib.resources import files

import pytest

GRAPHS = json.loads(files("interrupt_mcp_agents").joinpath("langgraph.json").read_text("utf-8"))["graphs"]


def graph_of(name: str):
    module, attribute = GRAPHS[name]["path"].removeprefix("./").split(".py:")
    return getattr(importlib.import_module(f"interrupt_mcp_agents.{module}"), attribute)


def test_all_bundled_agents_are_offered():
    assert set(GRAPHS) == {"revise_text", "revise_texts", "approve_output", "review_summary", "hotel", "desk", "notes"}


@pytest.mark.parametrize("name", GRAPHS)
def test_the_example_of_an_agent_leads_to_a_question(name, thread_of, tmp_path, monkeypatch):
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    monkeypatch.setenv("NOTES_FOLDER", str(tmp_path / "notes"))
    example = dict(GRAPHS[name]["example"])

    assert example.pop("agent") == name
    ((_, given),) = example.items()
    assert thread_of(graph_of(name)).start(given)


@pytest.mark.parametrize("name", GRAPHS)
def test_an_agent_leaves_the_checkpointer_to_the_server_and_tells_what_it_takes(name):
    graph = graph_of(name)

    assert graph.checkpointer is None
    assert graph.get_input_jsonschema()["type"] == "object"


@pytest.mark.parametrize("name", ["hotel", "desk", "notes"])
def test_an_agent_on_the_offline_model_says_so(name):
    assert "Runs on a deterministic offline model unless INTERRUPT_MCP_MODEL is set." in GRAPHS[name]["description"]
