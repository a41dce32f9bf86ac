"""What is known of an agent once it is loaded: how it is offered, what it takes, and what its tools take."""

from pathlib import Path

import jsonschema
import pytest

import interrupt_mcp_agents
from interrupt_mcp.agents import Agents, validate_context, validate_input
from interrupt_mcp.errors import InvalidInput

pytestmark = pytest.mark.anyio


def refused(agent, value, match):
    with pytest.raises(InvalidInput, match=match):
        validate_input(agent, value)


@pytest.mark.parametrize("graph", ["chat", "messages"])
async def test_an_agent_with_messages_alone_takes_a_message(load, graph):
    agent = await load(graph)

    assert agent.has_messages
    assert list(agent.input_schema["properties"]) == ["message"]
    assert agent.input_schema["required"] == ["message"]
    assert agent.example == {"agent": "it", "message": "Hello"}
    validate_input(agent, {"messages": [{"role": "user", "content": "Hello"}]})
    validate_input(agent, {"messages": ["Hello"]})


async def test_an_agent_with_more_than_messages_takes_a_message_or_its_whole_input(load):
    agent = await load("messages_and_more")
    schema = agent.input_schema

    assert list(schema["properties"]) == ["message", "input"]
    assert list(schema["properties"]["input"]["properties"]) == ["messages", "person"]
    jsonschema.validate({"message": "Hello"}, schema)
    jsonschema.validate({"input": {"messages": [], "person": {"name": "Ada"}}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"input": {"person": {}}}, schema)
    assert list(schema["$defs"]) == ["Person"]
    assert agent.example == {"agent": "it", "message": "Hello"}


async def test_an_agent_that_needs_more_than_messages_takes_its_whole_input_only(load):
    agent = await load("messages_of_a_user")

    assert agent.has_messages
    assert list(agent.input_schema["properties"]) == ["input"]
    validate_input(agent, agent.example["input"])
    assert agent.example["input"]["messages"] == [{"role": "user", "content": "Hello"}]


async def test_an_agent_without_messages_takes_its_own_input(load):
    agent = await load("text_on_a_topic")

    assert not agent.has_messages
    assert agent.input_schema["properties"].keys() == {"topic", "length"}
    assert agent.input_schema["required"] == ["topic"]
    assert agent.example == {"agent": "it", "input": {"topic": "text"}}
    validate_input(agent, {"topic": "cats", "length": 3})
    refused(agent, {"topic": "cats", "lenght": 3}, "'lenght' was unexpected")
    refused(agent, ["cats"], "^input: .* is not of type 'object'")


async def test_any_part_of_a_typed_dict_that_is_also_the_state_is_an_input(load):
    agent = await load("mood")

    validate_input(agent, {"topic": "cats"})
    validate_input(agent, {})
    assert agent.example == {"agent": "it", "input": {"topic": "text", "mood": "good"}}


async def test_an_input_without_a_schema_of_its_own_is_shown_field_by_field(load):
    agent = await load("odd_input")

    assert agent.graph_schema["properties"].keys() == {"odd", "person", "number"}
    validate_input(agent, {"odd": None, "person": {"name": "Ada"}, "number": 3})
    refused(agent, {"odd": None, "nummer": 3}, "'nummer' was unexpected")


@pytest.mark.parametrize(("graph", "schema", "good"), [("of_an_int", "integer", 4), ("of_a_dict", "object", {"a": 1})])
async def test_an_entrypoint_takes_what_its_function_takes(load, graph, schema, good):
    agent = await load(graph)

    validate_input(agent, good)
    assert agent.graph_schema["type"] == schema
    assert not agent.has_messages


async def test_an_input_that_says_nothing_of_itself_takes_anything(load):
    agent = await load("of_anything")

    validate_input(agent, [1, 2])


async def test_a_context_is_checked_where_the_graph_has_one(load):
    agent = await load("for_somebody")

    assert agent.context_schema is not None
    validate_context(agent, {"user": "ada"})
    with pytest.raises(InvalidInput, match=r"^context: 'user' is a required property"):
        validate_context(agent, {})
    with pytest.raises(InvalidInput, match=r"^context\.user: 4 is not of type 'string'"):
        validate_context(agent, {"user": 4})


async def test_any_context_is_taken_where_the_graph_says_nothing_of_it(load):
    agent = await load("messages")

    assert agent.context_schema is None
    validate_context(agent, {"any": "thing"})


async def test_a_context_without_a_schema_of_its_own_can_be_any_object(load):
    agent = await load("for_somebody_odd")

    validate_context(agent, {"odd": 4})


# Somebody works on the file: its source is what changes.
SENDER = """
from langchain.agents import create_agent
from tests.agents.agents.described import Model, send
graph = create_agent(Model(messages=iter([])), [send])
"""


async def test_the_digest_changes_with_the_tools_and_with_nothing_else(project):
    async def digest(text):
        config = project({"it": "./agent.py:graph"}, {"agent.py": text})
        async with Agents(config) as agents:
            return (await agents.load("it")).digest

    before = await digest(SENDER)

    assert await digest(SENDER.replace("[send]", "[send], system_prompt='Be kind.'")) == before
    post = "send = send.model_copy(update={'name': 'post'})\ngraph ="
    assert await digest(SENDER.replace("graph =", post)) != before
    assert await digest(SENDER.replace("[send]", "[]")) != before


async def test_a_description_is_the_files_first_paragraph_unless_the_config_has_one(load):
    assert (await load("messages")).description == "Answers questions."
    assert (await load("messages", description="Mine.")).description == "Mine."


async def test_a_functions_own_description_comes_before_that_of_its_file(load):
    agent = await load("by_hand")

    assert agent.description == "Made by hand."


async def test_the_example_of_the_config_is_given_with_the_agents_name(load):
    agent = await load("messages", example={"message": "Book a room"})

    assert agent.example == {"agent": "it", "message": "Book a room"}


async def test_the_bundled_agents_load_and_take_their_own_examples(tmp_path, monkeypatch):
    monkeypatch.setenv("DESK_DATABASE", str(tmp_path / "desk.db"))
    monkeypatch.delenv("INTERRUPT_MCP_MODEL", raising=False)
    config = Path(interrupt_mcp_agents.__file__).parent / "langgraph.json"

    async with Agents(config) as agents:
        for name in agents.names():
            agent = await agents.load(name)
            assert agent.example["agent"] == name
            if agent.has_messages:
                jsonschema.validate({"message": agent.example["message"]}, agent.input_schema)
            else:
                validate_input(agent, agent.example["input"])
                jsonschema.validate(agent.example["input"], agent.input_schema)
