"""Tools of every kind that ask: sync and async, twice in sequence, with questions, with commands, that raise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.gate.conftest import Bare, Effects, decision

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]

SOURCE = """
from typing import Annotated
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import InjectedToolCallId, StructuredTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, interrupt
from tests.scripted import Scripted, call, effect

def turns(*calls):
    return Scripted(turns=[list(calls)])

def hand_built(node, *calls, **more):
    model = turns(*calls)
    builder = StateGraph(MessagesState)
    builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node("tools", node, **more)
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()
"""
KNOWS_ACCEPT_ONLY = '''
@tool
DEF book(hotel: str, nights: int = 1) -> str:
    """Book a hotel."""
    answer = interrupt(f"book {hotel} for {nights}?")
    if answer["type"] != "accept":
        raise ValueError(f"unknown answer {answer}")
    effect(f"book {hotel} {nights}")
    return f"booked {hotel}"
'''
ASKS_TWICE = '''
@tool
DEF book(hotel: str, nights: int = 1) -> str:
    """Book a hotel."""
    first = interrupt(f"book {hotel} for {nights}?")
    effect(f"held {hotel} {nights}")
    second = interrupt(f"pay for {nights} nights at {hotel}?")
    effect(f"paid {hotel} {nights}")
    return f"booked {hotel}"
'''
ASKS_A_QUESTION = '''
@tool
DEF ask(topic: str) -> str:
    """Ask the person something."""
    data = interrupt({"query": f"What about {topic}?"})["data"]
    effect(f"heard {data}")
    return f"the person says {data}"
'''
DEFS = pytest.mark.parametrize("define", ["def", "async def"])
SHAPES = pytest.mark.parametrize("shape", ["create_agent", "hand_built"])


def agent(tool: str, define: str, shape: str, name: str, calls: str) -> str:
    made = {
        "create_agent": f"graph = create_agent(turns({calls}), [{name}])\n",
        "hand_built": f"graph = hand_built(ToolNode([{name}]), {calls})\n",
    }
    return SOURCE + tool.replace("DEF", define) + made[shape]


async def answered(serve: Serve, config: Path, *words: dict[str, Any]) -> dict[str, Any]:
    """The run after one decision after the other."""
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        for word in words:
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[word])
    return run


@DEFS
@SHAPES
async def test_a_tool_that_knows_only_accept_is_edited_by_the_gate(
    serve: Serve, project: Project, effects: Effects, define: str, shape: str
) -> None:
    config = project(desk=agent(KNOWS_ACCEPT_ONLY, define, shape, "book", 'call("book", hotel="Ritz")'))
    run = await answered(serve, config, {"type": "edit", "args": {"hotel": "Plaza", "nights": 2}})
    assert run["status"] == "success"
    assert effects.lines == ["book Plaza 2"]
    assert run["answer"] == "success: booked Plaza"


@DEFS
@SHAPES
async def test_a_tool_that_knows_only_accept_is_rejected_by_the_gate(
    serve: Serve, project: Project, effects: Effects, define: str, shape: str
) -> None:
    config = project(desk=agent(KNOWS_ACCEPT_ONLY, define, shape, "book", 'call("book", hotel="Ritz")'))
    run = await answered(serve, config, {"type": "reject", "message": "too dear"})
    assert run["status"] == "success"
    assert effects.lines == []
    assert run["answer"] == "error: book was not run: too dear"


async def test_langgraph_alone_is_stuck_for_good_on_a_reject_that_the_tool_does_not_know(
    bare: Callable[[str], Bare], effects: Effects
) -> None:
    graph = bare(agent(KNOWS_ACCEPT_ONLY, "async def", "create_agent", "book", 'call("book", hotel="Ritz")'))
    (question,) = await graph.start()
    with pytest.raises(ValueError, match="unknown answer"):
        await graph.answer({question.id: {"type": "reject"}})
    with pytest.raises(ValueError, match=r"unknown answer .*reject"):
        await graph.answer({question.id: {"type": "accept"}})
    assert effects.lines == []


ACCEPT, REJECT = {"type": "accept"}, {"type": "reject", "message": "no"}
EDIT = {"type": "edit", "args": {"hotel": "Plaza", "nights": 3}}


@DEFS
@SHAPES
@pytest.mark.parametrize(
    ("first", "second", "done"),
    [
        (ACCEPT, ACCEPT, ["held Ritz 2", "held Ritz 2", "paid Ritz 2"]),
        (ACCEPT, REJECT, ["held Ritz 2"]),
        (EDIT, ACCEPT, ["held Plaza 3", "held Plaza 3", "paid Plaza 3"]),
        (ACCEPT, EDIT, ["held Ritz 2", "held Plaza 3", "paid Plaza 3"]),
        (REJECT, None, []),
    ],
    ids=["accept-accept", "accept-reject", "edit-accept", "accept-edit", "reject"],
)
async def test_a_tool_that_asks_twice(
    serve: Serve,
    project: Project,
    effects: Effects,
    define: str,
    shape: str,
    first: dict[str, Any],
    second: dict[str, Any] | None,
    done: list[str],
) -> None:
    """What stands before its second question runs again with the answer to it, as LangGraph does it."""
    config = project(desk=agent(ASKS_TWICE, define, shape, "book", 'call("book", hotel="Ritz", nights=2)'))
    run = await answered(serve, config, *filter(None, (first, second)))
    assert run["status"] == "success"
    assert effects.lines == done


async def test_the_second_question_shows_the_arguments_that_were_edited_at_the_first(
    serve: Serve, project: Project, effects: Effects
) -> None:
    config = project(desk=agent(ASKS_TWICE, "def", "create_agent", "book", 'call("book", hotel="Ritz", nights=2)'))
    run = await answered(serve, config, EDIT)
    (second,) = run["interrupts"]
    assert second["value"] == "pay for 3 nights at Plaza?"
    assert second["requests"][0]["args"] == {"hotel": "Plaza", "nights": 3}


@DEFS
@SHAPES
async def test_a_question_of_a_tool_is_answered_with_what_the_person_says(
    serve: Serve, project: Project, effects: Effects, define: str, shape: str
) -> None:
    config = project(desk=agent(ASKS_A_QUESTION, define, shape, "ask", 'call("ask", topic="tea")'))
    run = await answered(serve, config, {"type": "respond", "value": {"data": "milk first"}})
    assert run["answer"] == "success: the person says milk first"
    assert effects.lines == ["heard milk first"]


@DEFS
@SHAPES
async def test_a_question_of_a_tool_can_be_refused(
    serve: Serve, project: Project, effects: Effects, define: str, shape: str
) -> None:
    config = project(desk=agent(ASKS_A_QUESTION, define, shape, "ask", 'call("ask", topic="tea")'))
    run = await answered(serve, config, {"type": "reject", "message": "none of your business"})
    assert run["answer"] == "error: ask was not run: none of your business"
    assert effects.lines == []


async def test_langgraph_alone_is_stuck_for_good_on_an_answer_without_the_field_that_the_tool_reads(
    bare: Callable[[str], Bare], effects: Effects
) -> None:
    graph = bare(agent(ASKS_A_QUESTION, "async def", "create_agent", "ask", 'call("ask", topic="tea")'))
    (question,) = await graph.start()
    with pytest.raises(KeyError):
        await graph.answer({question.id: {"type": "accept"}})
    with pytest.raises(KeyError):
        await graph.answer({question.id: {"data": "milk first"}})


@SHAPES
async def test_an_answer_on_which_the_tool_raises_is_asked_for_again_once_a_person_lets_it_run_again(
    serve: Serve, project: Project, effects: Effects, shape: str
) -> None:
    config = project(desk=agent(ASKS_A_QUESTION, "async def", shape, "ask", 'call("ask", topic="tea")'))
    run = await answered(
        serve, config, {"type": "respond", "value": "milk"}, ACCEPT, {"type": "respond", "value": {"data": "tea"}}
    )
    assert run["status"] == "success"
    assert effects.lines == ["heard tea"]


COMMANDS = '''
@tool
DEF move(to: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command:
    """Move somewhere."""
    if interrupt(f"move to {to}?")["type"] == "accept":
        effect(f"move {to}")
    said = ToolMessage(f"moved to {to}", tool_call_id=tool_call_id)
    return Command(update={"messages": [said]})
'''


@DEFS
@SHAPES
async def test_a_tool_that_returns_a_command_keeps_it_while_its_neighbour_is_decided(
    serve: Serve, project: Project, effects: Effects, define: str, shape: str
) -> None:
    calls = 'call("move", to="a"), call("move", to="b")'
    config = project(desk=agent(COMMANDS, define, shape, "move", calls))
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        while run["status"] == "interrupted":
            words = [
                decision(i, "accept" if i["requests"][0]["args"]["to"] == "a" else "reject") for i in run["interrupts"]
            ]
            run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
    assert run["status"] == "success"
    assert effects.lines == ["move a"]
    first, second = run["answer"].splitlines()
    assert first == "success: moved to a"
    assert second.startswith("error: move was not run")


SUBCLASSES = {
    "one that logs": """
class Mine(ToolNode):
    async def _arun_one(self, call, input_type, tool_runtime):
        effect(f"log {call['name']}")
        return await super()._arun_one(call, input_type, tool_runtime)
""",
    "one that extends the last step": """
class Mine(ToolNode):
    async def _execute_tool_async(self, request, input_type, config):
        effect(f"log {request.tool_call['name']}")
        return await super()._execute_tool_async(request, input_type, config)
""",
}


@pytest.mark.parametrize("kind", SUBCLASSES)
async def test_subclasses_of_tool_nodes(serve: Serve, project: Project, effects: Effects, kind: str) -> None:
    made = 'graph = hand_built(Mine([book]), call("book", hotel="Ritz"), call("book", hotel="Plaza"))\n'
    source = SOURCE + KNOWS_ACCEPT_ONLY.replace("DEF", "async def") + SUBCLASSES[kind] + made
    run = await answered(serve, project(desk=source), ACCEPT, REJECT)
    assert run["status"] == "success"
    assert [line for line in effects if not line.startswith("log")] == ["book Ritz 1"]


async def test_messages_without_ids_in_a_state_of_the_users_own(
    serve: Serve, project: Project, effects: Effects
) -> None:
    """No reducer gives the messages ids here, the tool calls of both turns have one id, and each is decided alone."""
    own = """
from operator import add
from typing import Any, TypedDict

class State(TypedDict, total=False):
    turn: int
    messages: Annotated[list[Any], add]

def think(state):
    turn = state.get("turn", 0)
    calls = [call("book", "same", hotel=f"{name}{turn}") for name in "ab"]
    said = AIMessage(**AIMessage("", tool_calls=calls).model_dump(exclude={"id"}))
    return {"turn": turn + 1, "messages": [said]}

builder = StateGraph(State)
builder.add_node("think", think)
builder.add_node("tools", ToolNode([book]))
builder.add_edge(START, "think")
builder.add_edge("think", "tools")
builder.add_conditional_edges("tools", lambda state: "think" if state["turn"] < 2 else "__end__")
graph = builder.compile()
"""
    source = SOURCE + KNOWS_ACCEPT_ONLY.replace("DEF", "def") + own
    async with serve(project(desk=source)) as door:
        run = await door.call("start_run", agent="desk", input={"turn": 0})
        for word in ("accept", "reject", "reject", "accept"):
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": word}])
    assert run["status"] == "success"
    assert effects.lines == ["book a0 1", "book b1 1"]
