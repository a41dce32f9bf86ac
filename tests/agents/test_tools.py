"""The tools of an agent, with what a model gives them."""

import jsonschema
import pytest

pytestmark = pytest.mark.anyio


async def test_tools_are_listed_without_what_langgraph_injects(load):
    agent = await load("graph = create_agent(Model(messages=iter([])), [send])")

    assert list(agent.tools) == ["send"]
    assert list(agent.tools["send"]["properties"]) == ["to", "times"]
    assert agent.tools["send"]["required"] == ["to", "times"]


async def test_tools_of_subgraphs_and_of_wrapped_tool_nodes_are_listed(load):
    agent = await load("""
@tool
def outer(a: int) -> str:
    "Outer."
    return ""

@tool
def retried(a: int) -> str:
    "Retried."
    return ""

inner = create_agent(Model(messages=iter([])), [send])
middle = StateGraph(MessagesState).add_node("inner", inner).add_edge(START, "inner").compile()
graph = StateGraph(MessagesState)
graph.add_node("middle", lambda state: middle.invoke(state))
graph.add_node("tools", ToolNode([outer]) | (lambda state: state))
graph.add_node("again", ToolNode([retried]).with_retry())
graph.add_edge(START, "middle")
""")

    assert set(agent.tools) == {"outer", "retried", "send"}


async def test_two_tools_of_one_name_take_what_either_takes(load):
    agent = await load("""
def of(kind):
    @tool
    def act(value: kind) -> str:
        "Acts."
        return ""
    return act

graph = StateGraph(MessagesState).add_node("a", ToolNode([of(int)])).add_node("b", ToolNode([of(str), of(str)]))
graph.add_edge(START, "a").add_edge(START, "b")
""")

    jsonschema.validate({"value": 4}, agent.tools["act"])
    jsonschema.validate({"value": "four"}, agent.tools["act"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"value": []}, agent.tools["act"])


async def test_a_tool_whose_schema_cannot_be_made_is_listed_all_the_same(load):
    agent = await load("""
class Callback:
    pass

@tool
def notify(callback: typing.Callable[[Callback], None]) -> str:
    "Notifies."
    return ""

graph = create_agent(Model(messages=iter([])), [notify])
""")

    assert agent.tools["notify"] == {"type": "object"}
