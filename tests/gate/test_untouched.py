"""The user's graphs are theirs: the server changes none of them, and outside its runs they behave as ever."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.prebuilt import ToolNode
from langgraph.types import Command

from tests.conftest import Serve
from tests.gate.conftest import Effects

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]

SOURCE = '''
from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.types import interrupt
from tests.scripted import Scripted, call, effect

@tool
def send(to: str) -> str:
    """Send."""
    answer = interrupt(f"send to {to}?")
    effect(f"send {to} {answer['type']}")
    return f"sent {to}"

graph = create_agent(Scripted(turns=[[call("send", to="a")]]), [send])
same = graph
'''


def shape(graph: Any) -> dict[str, Any]:
    """All that the graph, its tool node and the tool hold; of the tool not what pydantic remembers of itself."""
    node: ToolNode = graph.nodes["tools"].bound
    send = node.tools_by_name["send"]
    tool = {name: getattr(send, name) for name in type(send).model_fields}
    return {"graph": dict(vars(graph)), "node": dict(vars(node)), "tool": tool}


async def test_a_run_leaves_the_graph_and_its_tools_as_they_were(
    serve: Serve, project: Project, effects: Effects
) -> None:
    async with serve(project(desk=SOURCE)) as door:
        assert door.app is not None
        graph = (await door.app.agents.load("desk")).graph
        before = shape(graph)
        run = await door.call("start_run", agent="desk", message="go")
        await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
        assert shape(graph) == before
        assert graph.checkpointer is None
    assert effects.lines == []


async def test_two_names_for_one_graph_are_gated_once_each(serve: Serve, project: Project, effects: Effects) -> None:
    config = project(desk=SOURCE)
    config.write_text(json.dumps({"graphs": {"one": "./desk.py:graph", "two": "./desk.py:same"}}))
    async with serve(config) as door:
        for name, word in (("one", "accept"), ("two", "reject"), ("one", "reject"), ("two", "accept")):
            run = await door.call("start_run", agent=name, message="go")
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": word}])
            assert run["status"] == "success"
    assert effects.lines == ["send a accept", "send a accept"]


async def test_outside_a_run_the_same_graph_asks_and_answers_as_ever_while_the_server_runs(
    serve: Serve, project: Project, effects: Effects
) -> None:
    async with serve(project(desk=SOURCE)) as door:
        assert door.app is not None
        run = await door.call("start_run", agent="desk", message="go")
        graph = (await door.app.agents.load("desk")).graph.copy(update={"checkpointer": InMemorySaver()})
        config = {"configurable": {"thread_id": "mine"}}
        await graph.ainvoke({"messages": [("user", "go")]}, config)
        output = await graph.ainvoke(Command(resume={"type": "whatever I like"}), config)
        assert output["messages"][-1].text == "success: sent a"
        assert effects.lines == ["send a whatever I like"]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert run["status"] == "success"
    assert effects.lines[1:] == ["send a accept"]
