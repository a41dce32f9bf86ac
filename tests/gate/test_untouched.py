"""The user's graphs are theirs: the server changes none of them, and outside its runs they behave as ever."""

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.prebuilt import ToolNode
from langgraph.types import Command

from tests.conftest import Offer, Serve
from tests.deciding import decide
from tests.effects import Effects

pytestmark = pytest.mark.anyio


def shape(graph: Any) -> dict[str, Any]:
    """Return all that the graph, its tool node and the tool hold; of the tool not what pydantic keeps for itself."""
    node: ToolNode = graph.nodes["tools"].bound
    send = node.tools_by_name["send"]
    tool = {name: getattr(send, name) for name in type(send).model_fields}
    return {"graph": dict(vars(graph)), "node": dict(vars(node)), "tool": tool}


async def test_a_run_leaves_the_graph_and_its_tools_as_they_were(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer(desk="sending:sends")) as door:
        assert door.app is not None
        graph = (await door.app.agents.load("desk")).graph
        before = shape(graph)
        run = await door.call("start_run", agent="desk", message="go")
        await decide(door, run, {"type": "reject"})
        assert shape(graph) == before
        assert graph.checkpointer is None
    assert effects.lines == []


async def test_two_names_for_one_graph_are_gated_once_each(serve: Serve, offer: Offer, effects: Effects) -> None:
    config = offer(one="sending:sends", two="sending:same")
    async with serve(config) as door:
        for name, word in (("one", "accept"), ("two", "reject"), ("one", "reject"), ("two", "accept")):
            run = await door.call("start_run", agent=name, message="go")
            run = await decide(door, run, {"type": word})
            assert run["status"] == "success"
    assert effects.lines == ["send a accept", "send a accept"]


async def test_outside_a_run_the_same_graph_asks_and_answers_as_ever_while_the_server_runs(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="sending:sends")) as door:
        assert door.app is not None
        run = await door.call("start_run", agent="desk", message="go")
        graph = (await door.app.agents.load("desk")).graph.copy(update={"checkpointer": InMemorySaver()})
        config = {"configurable": {"thread_id": "mine"}}
        await graph.ainvoke({"messages": [("user", "go")]}, config)
        output = await graph.ainvoke(Command(resume={"type": "whatever I like"}), config)
        assert output["messages"][-1].text == "success: sent a"
        assert effects.lines == ["send a whatever I like"]
        run = await decide(door, run, {"type": "accept"})
    assert run["status"] == "success"
    assert effects.lines[1:] == ["send a accept"]
