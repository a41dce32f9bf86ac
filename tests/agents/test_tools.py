"""The tools of an agent, with what a model gives them."""

import jsonschema
import pytest

pytestmark = pytest.mark.anyio


async def test_tools_are_listed_without_what_langgraph_injects(load):
    agent = await load("chat")

    assert list(agent.tools) == ["send"]
    assert list(agent.tools["send"]["properties"]) == ["to", "times"]
    assert agent.tools["send"]["required"] == ["to", "times"]


async def test_tools_of_subgraphs_and_of_wrapped_tool_nodes_are_listed(load):
    agent = await load("within")

    assert set(agent.tools) == {"outer", "retried", "send"}


async def test_two_tools_of_one_name_take_what_either_takes(load):
    agent = await load("of_one_name")

    jsonschema.validate({"value": 4}, agent.tools["act"])
    jsonschema.validate({"value": "four"}, agent.tools["act"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"value": []}, agent.tools["act"])


async def test_a_tool_whose_schema_cannot_be_made_is_listed_all_the_same(load):
    agent = await load("notifying")

    assert agent.tools["notify"] == {"type": "object"}
