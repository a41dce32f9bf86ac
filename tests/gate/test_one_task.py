"""A ToolNode in a hand-built graph makes all calls of a message in one task, which asks one question at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.gate.conftest import Bare, Effects, asked, decision

pytestmark = pytest.mark.anyio

TOOLS = '''
import asyncio
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from tests.scripted import Scripted, call, effect

@tool
async def refund(amount: int) -> str:
    """Refund money."""
    if interrupt(f"refund {amount}?")["type"] != "accept":
        return "not refunded"
    effect(f"refund {amount}")
    return f"refunded {amount}"

@tool
def delete(customer: int) -> str:
    """Delete a customer."""
    if interrupt(f"delete {customer}?")["type"] != "accept":
        return "not deleted"
    effect(f"delete {customer}")
    return f"deleted {customer}"

@tool
def look(where: str) -> str:
    """Look at something."""
    effect(f"look {where}")
    return f"looked at {where}"

CALLS = [call("refund", amount=5), call("look", where="a"), call("delete", customer=7)]
WRAP = None

def built(calls=CALLS, wrap=None):
    model = Scripted(turns=[calls])
    def think(state):
        return {"messages": [model.invoke(state["messages"])]}
    builder = StateGraph(MessagesState)
    builder.add_node("think", think)
    builder.add_node("tools", ToolNode([refund, delete, look], awrap_tool_call=wrap))
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()
'''
AGENT = TOOLS + "graph = built()\n"
ALL_ASYNC = TOOLS.replace("\ndef delete", "\nasync def delete")
"""Where some are not, LangGraph alone gives the answers to now one call and now another."""
MEMO = """
kept = {}
async def memo(request, execute):
    id_ = request.tool_call["id"]
    if id_ not in kept:
        kept[id_] = await execute(request)
    return kept[id_]
graph = built(wrap=memo)
"""
"""What one would write first: the result of a call that is done is kept, and given again."""

SLOW_FIRST = """
async def slow_first(request, execute):
    if request.tool_call["name"] == "refund":
        for _ in range(50):
            await asyncio.sleep(0)
    return await execute(request)
graph = built(wrap=slow_first)
"""

Project = Callable[..., Path]


async def decided(serve: Serve, config: Path, *words: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """The run after decisions on one action each, in the order in which they are given."""
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        for action, type_, more in words:
            (one,) = run["interrupts"]
            assert one["requests"][0]["action"] == action
            run = await door.call(
                "resume_run", run_id=run["run_id"], decisions=[decision(asked(run, action), type_, **more)]
            )
    return run


async def test_langgraph_alone_repeats_an_approved_call_when_its_neighbour_is_answered(
    bare: Callable[[str], Bare], effects: Effects
) -> None:
    graph = bare(ALL_ASYNC + "graph = built()\n")
    (first,) = await graph.start()
    (second,) = await graph.answer({first.id: {"type": "accept"}})
    await graph.answer({second.id: {"type": "reject"}})
    assert (first.value, second.value) == ("refund 5?", "delete 7?")
    assert effects.lines.count("refund 5") == 2
    assert effects.lines.count("look a") == 3


async def test_a_gate_that_keeps_results_alone_turns_a_reject_into_an_approval(
    bare: Callable[[str], Bare], effects: Effects
) -> None:
    graph = bare(ALL_ASYNC + MEMO)
    (first,) = await graph.start()
    (second,) = await graph.answer({first.id: {"type": "accept"}})
    await graph.answer({second.id: {"type": "reject"}})
    assert second.value == "delete 7?"
    assert "delete 7" in effects.lines


@pytest.mark.parametrize("wrapped", ["", SLOW_FIRST], ids=["as it is", "first call delayed"])
class TestThroughTheServer:
    @pytest.fixture
    def config(self, project: Project, wrapped: str, effects: Effects) -> Path:
        return project(desk=TOOLS + (wrapped or "graph = built()\n"))

    @pytest.fixture
    def order(self, wrapped: str) -> list[str]:
        """In which order the calls come to ask."""
        return ["delete", "refund"] if wrapped else ["refund", "delete"]

    async def test_accept_then_reject(self, serve: Serve, config: Path, order: list[str], effects: Effects) -> None:
        said = {"refund": ("refund", "accept", {}), "delete": ("delete", "reject", {"message": "keep her"})}
        run = await decided(serve, config, *(said[action] for action in order))
        assert run["status"] == "success"
        assert sorted(effects) == ["look a", "refund 5"]
        assert run["answer"].splitlines() == [
            "success: refunded 5",
            "success: looked at a",
            "error: delete was not run: keep her",
        ]

    async def test_reject_then_accept(self, serve: Serve, config: Path, order: list[str], effects: Effects) -> None:
        said = {"refund": ("refund", "reject", {"message": "too much"}), "delete": ("delete", "accept", {})}
        run = await decided(serve, config, *(said[action] for action in order))
        assert sorted(effects) == ["delete 7", "look a"]
        assert "error: refund was not run: too much" in run["answer"]

    async def test_edit_then_reject(self, serve: Serve, config: Path, order: list[str], effects: Effects) -> None:
        said = {"refund": ("refund", "edit", {"args": {"amount": 3}}), "delete": ("delete", "reject", {})}
        run = await decided(serve, config, *(said[action] for action in order))
        assert sorted(effects) == ["look a", "refund 3"]
        assert "success: refunded 3" in run["answer"]


@pytest.mark.parametrize("third", ["accept", "reject"])
@pytest.mark.parametrize("second", ["accept", "reject"])
@pytest.mark.parametrize("first", ["accept", "reject"])
async def test_three_calls_get_each_its_own_answer(
    serve: Serve, project: Project, effects: Effects, first: str, second: str, third: str
) -> None:
    calls = (
        'built([call("refund", amount=1), call("refund", amount=2), call("look", where="b"), call("refund", amount=3)])'
    )
    config = project(desk=TOOLS + f"graph = {calls}\n")
    words = (first, second, third)
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        for word in words:
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": word}])
    assert run["status"] == "success"
    accepted = [f"refund {n}" for n, word in enumerate(words, 1) if word == "accept"]
    assert [line for line in effects if line != "look b"] == accepted
    assert effects.lines.count("look b") == 1


async def test_the_answers_hold_when_each_is_given_to_another_process(
    serve: Serve, project: Project, effects: Effects
) -> None:
    config = project(desk=AGENT)
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
    for word in ("accept", "reject"):
        async with serve(config) as door:
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": word}])
    assert run["status"] == "success"
    assert sorted(effects) == ["look a", "refund 5"]


async def test_a_call_that_asks_twice_keeps_its_first_answer_beside_a_neighbour(
    serve: Serve, project: Project, effects: Effects
) -> None:
    twice = '''
@tool
def send(to: str) -> str:
    """Send."""
    first = interrupt(f"send to {to}?")
    second = interrupt(f"really send to {to}?")
    effect(f"send {to} {first['type']} {second['type']}")
    return f"sent {to}"

model = Scripted(turns=[[call("send", to="a"), call("refund", amount=5), call("send", to="b")]])
builder = StateGraph(MessagesState)
builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
builder.add_node("tools", ToolNode([send, refund]))
builder.add_edge(START, "think")
builder.add_conditional_edges("think", tools_condition)
builder.add_edge("tools", "think")
graph = builder.compile()
'''
    config = project(desk=TOOLS + twice)
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        shown = []
        for word in ("accept", "accept", "reject", "accept", "accept"):
            (one,) = run["interrupts"]
            shown.append(one["value"])
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[decision(one, word)])
    assert run["status"] == "success"
    assert shown == ["send to a?", "really send to a?", "refund 5?", "send to b?", "really send to b?"]
    assert effects.lines == ["send a accept accept", "send b accept accept"]
