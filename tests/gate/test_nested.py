"""Agents inside tools, and subgraphs as nodes: what they do passes the same gate."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Serve
from tests.gate.conftest import Bare, Effects, decision

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]

INNER = '''
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from tests.scripted import Scripted, call, effect

@tool
def wipe(disk: str) -> str:
    """Wipe a disk."""
    if interrupt(f"wipe {disk}?")["type"] != "accept":
        return "kept"
    effect(f"wipe {disk}")
    return f"wiped {disk}"

@tool
def refund(amount: int) -> str:
    """Refund money."""
    effect(f"refund {amount}")
    return f"refunded {amount}"

@tool
def look() -> str:
    """Look."""
    effect("look")
    return "looked"

wiper = create_agent(Scripted(turns=[[call("wipe", disk="a"), call("look"), call("wipe", disk="b")]]), [wipe, look])
asking = HumanInTheLoopMiddleware(interrupt_on={"refund": True})
refunder = create_agent(Scripted(turns=[[call("refund", amount=5), call("look")]]), [refund, look], middleware=[asking])

def task():
    return {"messages": [("user", "go")]}
'''
ASYNC = '''
@tool
async def delegate(to: str) -> str:
    """Have another agent do it."""
    agent = wiper if to == "wiper" else refunder
    said = await agent.ainvoke(task())
    return said["messages"][-1].text
'''
SYNC = ASYNC.replace("async def", "def").replace("await agent.ainvoke", "agent.invoke")
OUTER = """
graph = create_agent(Scripted(turns=[[CALLS]]), [delegate, look, refund])
"""
WAYS = pytest.mark.parametrize("tool", [ASYNC, SYNC], ids=["async", "sync"])


def outer(calls: str) -> str:
    return OUTER.replace("CALLS", calls)


@WAYS
async def test_a_rejected_call_of_an_agent_inside_a_tool_is_not_made(
    serve: Serve, project: Project, effects: Effects, tool: str
) -> None:
    async with serve(project(desk=INNER + tool + outer('call("delegate", to="wiper")'))) as door:
        run = await door.call("start_run", agent="desk", message="go")
        assert len(run["interrupts"]) == 2
        by_disk = {i["requests"][0]["args"]["disk"]: i for i in run["interrupts"]}
        words = [decision(by_disk["a"], "accept"), decision(by_disk["b"], "reject", message="b is precious")]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "wipe a"]
    assert "wipe was not run: b is precious" in run["answer"]


@WAYS
async def test_an_edit_reaches_an_agent_inside_a_tool(
    serve: Serve, project: Project, effects: Effects, tool: str
) -> None:
    async with serve(project(desk=INNER + tool + outer('call("delegate", to="refunder")'))) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "edit", "args": {"amount": 3}}])
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "refund 3"]


@WAYS
async def test_two_agents_inside_tools_of_one_turn_go_on_independently(
    serve: Serve, project: Project, effects: Effects, tool: str
) -> None:
    calls = 'call("delegate", to="wiper"), call("look"), call("delegate", to="refunder")'
    async with serve(project(desk=INNER + tool + outer(calls))) as door:
        run = await door.call("start_run", agent="desk", message="go")
        assert len(run["interrupts"]) == 3
        words = [decision(i, "accept") for i in run["interrupts"]]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "look", "look", "refund 5", "wipe a", "wipe b"]


async def test_agents_inside_tools_of_one_task_go_on_independently(
    serve: Serve, project: Project, effects: Effects
) -> None:
    hand_built = """
model = Scripted(turns=[[call("delegate", to="wiper"), call("look"), call("delegate", to="refunder")]])
builder = StateGraph(MessagesState)
builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
builder.add_node("tools", ToolNode([delegate, look, refund]))
builder.add_edge(START, "think")
builder.add_conditional_edges("think", tools_condition)
builder.add_edge("tools", "think")
graph = builder.compile()
"""
    async with serve(project(desk=INNER + ASYNC + hand_built)) as door:
        run = await door.call("start_run", agent="desk", message="go")
        while run["status"] == "interrupted":
            words = [decision(i, "accept") for i in run["interrupts"]]
            run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "look", "look", "refund 5", "wipe a", "wipe b"]


async def test_the_inner_call_is_told_from_an_outer_one_that_looks_the_same(
    serve: Serve, project: Project, effects: Effects
) -> None:
    """The outer agent's own `refund` is free, the inner agent's is asked for: the decision is the inner one's."""
    calls = 'call("refund", "one", amount=5), call("delegate", to="refunder")'
    async with serve(project(desk=INNER + ASYNC + outer(calls))) as door:
        run = await door.call("start_run", agent="desk", message="go")
        (one,) = run["interrupts"]
        assert effects.lines.count("refund 5") == 1
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[decision(one, "accept")])
        assert door.app is not None
        entries = (await door.app.store()).list_audit(0, 100)
    assert run["status"] == "success"
    assert effects.lines.count("refund 5") == 2
    assert [e["event"] for e in entries if e["event"].startswith("effect")] == ["effect_started", "effect_done"]


@pytest.mark.parametrize("name", ["wiper", "refunder"])
async def test_a_subgraph_as_a_node(serve: Serve, project: Project, effects: Effects, name: str) -> None:
    parent = f"""
builder = StateGraph(MessagesState)
builder.add_node("inner", {name})
builder.add_node("after", lambda state: effect("after") or {{"messages": []}})
builder.add_edge(START, "inner")
builder.add_edge("inner", "after")
graph = builder.compile()
"""
    async with serve(project(desk=INNER + parent)) as door:
        run = await door.call("start_run", agent="desk", message="go")
        words = [decision(i, "accept" if n == 0 else "reject") for n, i in enumerate(run["interrupts"])]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
    assert run["status"] == "success"
    assert effects.lines[-1] == "after"
    done = {"wiper": [["look", "wipe a"], ["look", "wipe b"]], "refunder": [["look", "refund 5"]]}
    assert sorted(effects.lines[:-1]) in done[name]


async def test_a_gate_on_the_nodes_of_the_graph_does_not_see_an_agent_inside_a_tool(
    bare: Callable[[str], Bare], effects: Effects
) -> None:
    watched = """
seen = []
async def watch(request, execute):
    seen.append(request.tool_call["name"])
    return await execute(request)
graph.nodes["tools"].bound._awrap_tool_call = watch
"""
    made = bare(INNER + ASYNC + outer('call("delegate", to="refunder")') + watched)
    (question,) = await made.start()
    await made.answer({question.id: {"decisions": [{"type": "approve"}]}})
    assert "refund 5" in effects.lines
    seen = made.graph.nodes["tools"].bound._awrap_tool_call.__globals__["seen"]
    assert set(seen) == {"delegate"}


async def test_a_tool_that_runs_a_tool_node_of_its_own(serve: Serve, project: Project, effects: Effects) -> None:
    within = '''
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
own = ToolNode([wipe, look])

@tool
async def both(disk: str, config: RunnableConfig) -> str:
    """Look and wipe."""
    message = AIMessage("", tool_calls=[call("look"), call("wipe", disk=disk)])
    said = await own.ainvoke({"messages": [message]}, config)
    return "; ".join(m.text for m in said["messages"])
graph = create_agent(Scripted(turns=[[call("both", disk="a"), call("both", disk="b")]]), [both])
'''
    async with serve(project(desk=INNER + within)) as door:
        run = await door.call("start_run", agent="desk", message="go", wait_seconds=5)
        by_disk = {i["value"]: i for i in run["interrupts"]}
        words = [decision(by_disk["wipe a?"], "accept"), decision(by_disk["wipe b?"], "reject")]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words, wait_seconds=5)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "look", "wipe a"]
