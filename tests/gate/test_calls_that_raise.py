"""A decided call that raises: whether it had an effect is not known, so nothing repeats it but a person's word."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.gate.conftest import Effects, asked

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]
DEFS = pytest.mark.parametrize("define", ["def", "async def"])
ACCEPT = {"type": "accept"}

SOURCE = """
from langchain.agents import create_agent
from langchain.agents.middleware import ToolRetryMiddleware
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import RetryPolicy, interrupt
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
RAISES = '''
@tool
DEF pay(amount: int) -> str:
    """Pay."""
    if interrupt(f"pay {amount}?")["type"] != "accept":
        return "not paid"
    effect(f"pay {amount}")
    if amount > 0:
        raise RuntimeError("the line went dead")
    return "paid"
'''
WAYS_TO_RETRY = {
    "nothing retries": 'graph = hand_built(ToolNode([pay]), call("pay", amount=5))',
    "middleware retries": 'graph = create_agent(turns(call("pay", amount=5)), [pay], middleware=[RETRY])',
    "the node retries": 'graph = hand_built(ToolNode([pay]), call("pay", amount=5), retry_policy=POLICY)',
    "a wrapper retries": 'graph = hand_built(ToolNode([pay], awrap_tool_call=again), call("pay", amount=5))',
}
RETRIES = """
RETRY = ToolRetryMiddleware(max_retries=2, initial_delay=0, jitter=False)
POLICY = RetryPolicy(max_attempts=3, initial_interval=0, jitter=False, retry_on=Exception)
async def again(request, execute):
    for _ in range(3):
        try:
            return await execute(request)
        except RuntimeError:
            pass
    return await execute(request)
"""


async def answered(serve: Serve, config: Path, *words: dict[str, Any]) -> dict[str, Any]:
    """The run after one decision after the other."""
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        for word in words:
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[word])
    return run


@DEFS
@pytest.mark.parametrize("way", WAYS_TO_RETRY)
async def test_a_decided_call_that_raises_is_not_repeated_but_asked_about(
    serve: Serve, project: Project, effects: Effects, define: str, way: str
) -> None:
    config = project(desk=SOURCE + RAISES.replace("DEF", define) + RETRIES + WAYS_TO_RETRY[way] + "\n")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        first = asked(run, "pay")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[ACCEPT])
        assert effects.lines == ["pay 5"]
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (first["interrupt_id"], "unknown_outcome")
        assert doubt["requests"][0]["allowed"] == ["accept", "respond", "reject"]
        assert "It is not known whether the action was done" in run["next_step"]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[ACCEPT])
        assert effects.lines == ["pay 5", "pay 5"]
        (doubt,) = run["interrupts"]
        run = await door.call(
            "resume_run", run_id=run["run_id"], decisions=[{"type": "respond", "value": {"paid": True}}]
        )
    assert run["status"] == "success"
    assert effects.lines == ["pay 5", "pay 5"]
    assert run["answer"] == 'success: {"paid":true}'


@pytest.mark.parametrize("way", WAYS_TO_RETRY)
async def test_a_call_in_doubt_that_is_dropped_is_not_made_again_and_the_model_is_told(
    serve: Serve, project: Project, effects: Effects, way: str
) -> None:
    config = project(desk=SOURCE + RAISES.replace("DEF", "def") + RETRIES + WAYS_TO_RETRY[way] + "\n")
    run = await answered(serve, config, ACCEPT, {"type": "reject", "message": "I shall look myself"})
    assert run["status"] == "success"
    assert effects.lines == ["pay 5"]
    assert (
        run["answer"] == "error: It is not known whether pay was done, and it was not done again: I shall look myself"
    )


async def test_an_error_that_the_agent_tells_the_model_is_an_outcome(
    serve: Serve, project: Project, effects: Effects
) -> None:
    made = 'graph = hand_built(ToolNode([pay], handle_tool_errors=True), call("pay", amount=5))\n'
    run = await answered(serve, project(desk=SOURCE + RAISES.replace("DEF", "def") + made), ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == ["pay 5"]
    assert "the line went dead" in run["answer"]


async def test_a_call_that_nobody_decided_on_may_be_retried_as_ever(
    serve: Serve, project: Project, effects: Effects
) -> None:
    flaky = '''
tries = []
@tool
def look() -> str:
    """Look."""
    tries.append(1)
    effect("look")
    if len(tries) < 3:
        raise RuntimeError("not yet")
    return "seen"
graph = create_agent(turns(call("look")), [look], middleware=[RETRY])
'''
    async with serve(project(desk=SOURCE + RETRIES + flaky)) as door:
        run = await door.call("start_run", agent="desk", message="go")
    assert run["answer"] == "success: seen"
    assert effects.lines == ["look"] * 3
