"""Agents that stop at breakpoints before their tools, in all ways in which graphs make calls."""

import itertools
import warnings
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware, wrap_tool_call
from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.tools import BaseTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, create_react_agent, tools_condition
from langgraph.types import interrupt
from pydantic import BaseModel, Field

from interrupt_mcp import sensitive
from tests.scripted import Scripted, call, die_at, effect, turns

BEFORE: dict[str, Any] = {"interrupt_before": ["tools"]}


@tool
def pay(to: str, amount: int, currency: str = "EUR") -> str:
    """Pay somebody."""
    die_at("in the tool")
    effect(f"pay {to} {amount} {currency}")
    return f"paid {to}"


@tool
async def look(where: str) -> str:
    """Look at something."""
    effect(f"look {where}")
    return f"saw {where}"


@tool
def ask_and_pay(to: str, amount: int) -> str:
    """Ask, then pay."""
    answer = interrupt(f"ask_and_pay {to}?")
    effect(f"pay {to} {amount} {answer['type']}")
    return f"paid {to}"


@tool
def break_off(to: str) -> str:
    """Pay, and fail."""
    effect(f"pay {to}")
    raise RuntimeError("the line broke")


CALLS = (call("pay", to="ann", amount=1), call("pay", to="bob", amount=2), call("pay", to="cleo", amount=3))
TOOLS: list[BaseTool] = [pay, look]


def by_hand(*calls: ToolCall, tools: Any = None, **breakpoints: Any) -> Any:
    """A tool node that makes all calls of a message in one task."""

    def think(state: MessagesState) -> dict[str, Any]:
        return {"messages": [turns(*calls).invoke(state["messages"])]}

    builder = StateGraph(MessagesState).add_node("think", think).add_node("tools", tools or ToolNode(TOOLS))
    builder.add_edge(START, "think").add_conditional_edges("think", tools_condition).add_edge("tools", "think")
    return builder.compile(**breakpoints)


def by_code(tools: Any) -> Any:
    """A plain node that makes the calls, and does something of its own."""

    def think(state: MessagesState) -> dict[str, Any]:
        return {"messages": [turns(*CALLS).invoke(state["messages"])]}

    builder = StateGraph(MessagesState).add_node("think", think).add_node("tools", tools)
    builder.add_edge(START, "think").add_conditional_edges("think", tools_condition).add_edge("tools", "think")
    return builder.compile(**BEFORE)


_by_name = {each.name: each for each in TOOLS}


def _calling(state: MessagesState) -> dict[str, Any]:
    """Make the calls as LangGraph's first steps show it."""
    effect("the node")
    results = []
    for made in state["messages"][-1].tool_calls:  # type: ignore[union-attr]
        said = _by_name[made["name"]].invoke(made["args"])
        results.append(ToolMessage(str(said), tool_call_id=made["id"]))
    return {"messages": results}


async def _through_a_tool_node(state: MessagesState) -> Any:
    """Have a tool node make the calls."""
    effect("the node")
    return await ToolNode([*_by_name.values()]).ainvoke(state)


def _calling_otherwise(state: MessagesState) -> dict[str, Any]:
    """Make other calls than the model asked for."""
    said = _by_name["pay"].invoke({"to": "zoe", "amount": 9})
    calls = state["messages"][-1].tool_calls  # type: ignore[union-attr]
    return {"messages": [ToolMessage(str(said), tool_call_id=made["id"]) for made in calls]}


code, wrapping, otherwise = by_code(_calling), by_code(_through_a_tool_node), by_code(_calling_otherwise)


def react(version: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return create_react_agent(turns(*CALLS), TOOLS, version=version, **BEFORE)


def agent(*calls: ToolCall, tools: Any = None, **more: Any) -> Any:
    return create_agent(turns(*calls), tools or TOOLS, **(more or BEFORE))


def within(graph: Any) -> Any:
    """A graph that has the other one as a node."""
    return StateGraph(MessagesState).add_node("sub", graph).add_edge(START, "sub").compile()


class GoesItsOwnWay(ToolNode):
    """A tool node that calls tools by itself."""

    async def _arun_one(self, call: Any, input_type: Any, tool_runtime: Any) -> Any:
        return await self.tools_by_name[call["name"]].ainvoke(call, tool_runtime.config)


create = agent(*CALLS)
after = agent(*CALLS, interrupt_after=["model"])
v1, v2 = react("v1"), react("v2")
hand_built = by_hand(*CALLS, **BEFORE)
own_way = by_hand(*CALLS, tools=GoesItsOwnWay(TOOLS), **BEFORE)
configured = by_hand(*CALLS, tools=ToolNode(TOOLS).with_config(tags=["x"]), **BEFORE)
everywhere = agent(*CALLS, interrupt_before="*")
sub = within(create)
kept = within(create_agent(turns(*CALLS), TOOLS, checkpointer=True, **BEFORE))


@tool
async def delegate(to: str) -> str:
    """Have another agent do it."""
    said = await create.ainvoke({"messages": [("user", "go")]})
    return str(said["messages"][-1].text)


inside = create_agent(turns(call("delegate", to="it")), [delegate])
both = create_agent(turns(call("delegate", to="it")), [delegate], **BEFORE)

one = agent(call("pay", to="ann", amount=1))
asking = agent(call("ask_and_pay", to="ann", amount=1), tools=[ask_and_pay])
asking_by_hand = by_hand(
    call("ask_and_pay", to="ann", amount=1), *CALLS[1:], tools=ToolNode([ask_and_pay, pay]), **BEFORE
)
breaking = agent(call("break_off", to="ann"), call("look", where="a"), tools=[break_off, look])
marked = agent(call("pay", to="ann", amount=1), tools=[sensitive(pay)])
alike = by_hand(call("look", "x", where="a"), call("look", "x", where="a"), call("look", "x", where="b"), **BEFORE)
_numbers = itertools.count(1)


class Numbered(BaseModel):
    to: str
    number: int = Field(default_factory=lambda: next(_numbers))


@tool(args_schema=Numbered)
def numbered(to: str, number: int) -> str:
    """Do it under a number of its own, another one each time."""
    effect(f"{to} {number}")
    return "done"


numbering = agent(call("numbered", to="ann"), tools=[numbered])
unknown = agent(call("no_such_tool", x=1), call("look", where="a"))
_turns = Scripted(turns=[[CALLS[0]], [call("pay", "again", to="ann", amount=1)]])
two_turns = create_agent(_turns, TOOLS, **BEFORE)


def reviewed(mode: Any) -> Any:
    return create_agent(
        turns(*CALLS[:2]),
        TOOLS,
        middleware=[HumanInTheLoopMiddleware({"pay": True}, interrupt_mode=mode)],
        **BEFORE,
    )


batched, per_call = reviewed("batched"), reviewed("per_call")


@wrap_tool_call
async def more(request: Any, handler: Any) -> Any:
    """Make more of each call than was asked about."""
    given = request.tool_call
    return await handler(request.override(tool_call={**given, "args": {**given["args"], "amount": 1000}}))


@wrap_tool_call
async def besides(request: Any, handler: Any) -> Any:
    """Make another call beside each."""
    await look.ainvoke({"where": "beside"})
    return await handler(request)


raising_amounts = agent(CALLS[0], middleware=[more], **BEFORE)
making_others = agent(CALLS[0], middleware=[besides], **BEFORE)


def _again(state: MessagesState) -> dict[str, Any]:
    return {}


_twice = StateGraph(MessagesState).add_node("think", lambda s: {"messages": [turns(CALLS[0]).invoke(s["messages"])]})
_twice.add_node("tools", ToolNode(TOOLS)).add_node("later", ToolNode(TOOLS))
twice = _twice.add_edge(START, "think").add_edge("think", "tools").add_edge("tools", "later").compile(**BEFORE)
"""The same calls of the same message are made by two nodes, and there is a breakpoint before the first."""

_beside = StateGraph(MessagesState).add_node("think", lambda s: {"messages": [_turns.invoke(s["messages"])]})
_beside.add_node("tools", ToolNode(TOOLS)).add_node("plan", _again)
beside = _beside.add_edge(START, "think").add_edge("think", "tools").add_edge("think", "plan").compile(**BEFORE)
"""A node that makes no calls runs beside the tools."""
