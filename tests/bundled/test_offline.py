"""The deterministic model: which requests become which tool calls, and what it says of their results."""

import asyncio
from functools import reduce
from operator import add
from typing import Any

import pytest
from langchain.chat_models import BaseChatModel
from langchain.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain.tools import tool
from langchain_openai import ChatOpenAI

from interrupt_mcp_agents import desk, hotel
from interrupt_mcp_agents.offline import OfflineModel, Rule, model


@tool
def paint(thing: str, coats: int = 1) -> str:
    """Paint a thing."""
    return f"{thing}: {coats}"


@tool
def wash(thing: str) -> str:
    """Wash a thing."""
    return thing


RULES = (
    Rule(
        "Paint the door", r"paint (?:the )?(?P<thing>[^.!?]+?)(?: (?P<coats>\d+) times)?[.!?]*$", "paint", each="thing"
    ),
    Rule("Wash the car", r"wash (?:the )?(?P<thing>[\w ]+)", "wash"),
)
OFFLINE = OfflineModel(rules=RULES).bind_tools([paint, wash])


def calls(text: str) -> list[tuple[str, dict[str, Any]]]:
    answer = OFFLINE.invoke(text)
    return [(call["name"], call["args"]) for call in answer.tool_calls]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paint the door", [("paint", {"thing": "door"})]),
        ("Hello! I would like you to paint the door.", [("paint", {"thing": "door"})]),
        ("PAINT THE DOOR 2 times", [("paint", {"thing": "DOOR", "coats": 2})]),
        (
            "Paint the door, the wall and a chair",
            [("paint", {"thing": "door"}), ("paint", {"thing": "wall"}), ("paint", {"thing": "a chair"})],
        ),
        ("Wash the car, and then please paint it", [("wash", {"thing": "car"}), ("paint", {"thing": "it"})]),
        (
            "wash the car; paint it\nwash me",
            [("wash", {"thing": "car"}), ("paint", {"thing": "it"}), ("wash", {"thing": "me"})],
        ),
        ('call wash {"thing": "and paint, the door"}', [("wash", {"thing": "and paint, the door"})]),
        ('call wash {"thing": 1}\ncall other {}', [("wash", {"thing": 1}), ("other", {})]),
        ("Sing a song", []),
        ("Repaint the door", []),
    ],
)
def test_a_request_becomes_the_tool_calls_it_names(text, expected):
    assert calls(text) == expected


def test_a_rule_whose_tool_is_not_there_is_not_followed():
    assert OfflineModel(rules=RULES).bind_tools([paint]).invoke("wash the car").tool_calls == []


def test_what_is_not_understood_is_answered_with_examples():
    answer = OFFLINE.invoke("Sing a song")

    assert answer.text.startswith("(offline model) ")
    assert "- Paint the door\n- Wash the car\n- call TOOL {json}" in answer.text


def test_arguments_that_are_not_json_are_answered_in_words():
    answer = OFFLINE.invoke("call wash {thing}")

    assert answer.tool_calls == []
    assert "cannot be read" in answer.text


def conversation() -> list[Any]:
    asked = HumanMessage("Paint the door; wash the car")
    calling = OFFLINE.invoke([asked])
    painted, washed = (call["id"] for call in calling.tool_calls)
    return [
        SystemMessage("Wash the car whenever you can."),
        asked,
        calling,
        ToolMessage("door: 1", name="paint", tool_call_id=painted),
        ToolMessage("Rejected: it rains.", name="wash", tool_call_id=washed, status="error"),
    ]


def test_results_are_told_with_the_words_of_those_that_failed():
    answer = OFFLINE.invoke(conversation())

    assert answer.tool_calls == []
    assert answer.text == "(offline model) paint: door: 1\nwash did not succeed: Rejected: it rains."


def test_a_new_message_of_a_person_is_a_new_request_with_new_ids():
    history = conversation()
    answer = OFFLINE.invoke([*history, AIMessage("Done."), HumanMessage("Paint the door")])

    assert [call["name"] for call in answer.tool_calls] == ["paint"]
    assert answer.tool_calls[0]["id"] not in [call["id"] for call in history[2].tool_calls]


def test_the_same_conversation_gets_the_same_ids_and_each_call_its_own():
    first, second = (OFFLINE.invoke("Paint the door, the wall and the fence").tool_calls for _ in range(2))

    assert first == second
    assert len({call["id"] for call in first}) == 3


@pytest.mark.parametrize("given", ["Paint the door, then wash the car", "Sing a song", conversation()])
def test_what_is_streamed_sums_up_to_what_is_answered_at_once(given):
    chunks = list(OFFLINE.stream(given))
    whole, answer = reduce(add, chunks), OFFLINE.invoke(given)

    assert len(chunks) > 2
    assert (whole.content, whole.tool_calls) == (answer.content, answer.tool_calls)


def test_asked_asynchronously_it_answers_the_same():
    async def ask() -> tuple[AIMessage, list[Any]]:
        answer = await OFFLINE.ainvoke("Paint the door")
        return answer, [chunk async for chunk in OFFLINE.astream("Paint the door")]

    answer, chunks = asyncio.run(ask())

    assert answer.tool_calls == reduce(add, chunks).tool_calls == OFFLINE.invoke("Paint the door").tool_calls


@pytest.mark.parametrize(
    ("rule", "tools"),
    [(rule, [hotel.book_hotel, hotel.search_hotels]) for rule in hotel.RULES]
    + [(rule, desk.TOOLS) for rule in desk.RULES],
    ids=lambda given: given.example if isinstance(given, Rule) else "",
)
def test_each_example_of_a_bundled_agent_is_a_valid_call_of_its_tool(rule, tools):
    agent = hotel if rule in hotel.RULES else desk
    (call,) = model(agent.RULES).bind_tools(tools).invoke(rule.example).tool_calls
    called = next(tool for tool in tools if tool.name == rule.tool)

    assert call["name"] == rule.tool
    called.get_input_schema().model_validate(call["args"])


@pytest.mark.parametrize("name", [None, "", "offline"])
def test_without_another_name_the_model_is_the_offline_one(monkeypatch, name):
    monkeypatch.delenv("INTERRUPT_MCP_MODEL", raising=False)
    if name is not None:
        monkeypatch.setenv("INTERRUPT_MCP_MODEL", name)

    assert isinstance(model(RULES), OfflineModel)


def test_a_named_model_is_the_one_that_is_used(monkeypatch):
    monkeypatch.setenv("INTERRUPT_MCP_MODEL", "openai:gpt-4o")
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    named: BaseChatModel = model(RULES)

    assert isinstance(named, ChatOpenAI)
    assert named.model_name == "gpt-4o"
