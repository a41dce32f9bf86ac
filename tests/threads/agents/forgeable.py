"""Agents into whose state calls can be written: behind a node that asks, at a breakpoint, with the input."""

from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from tests.scripted import call, effect, turns


@tool
def plain(x: int) -> str:
    """Do it."""
    effect(f"plain {x}")
    return f"plain {x}"


@tool
def asking(x: int) -> str:
    """Ask, and do it."""
    answer = interrupt({"action": "asking", "args": {"x": x}, "description": "Really?"})
    effect(f"asking {x} {answer['type']}")
    return f"asking {x}"


ACCEPT_OR_IGNORE = {"allow_accept": True, "allow_ignore": True, "allow_edit": False, "allow_respond": False}


def review(state: MessagesState) -> None:
    """Ask about each call of `plain`, as Agent Inbox does."""
    calls = state["messages"][-1].tool_calls  # type: ignore[union-attr]
    if calls:
        asked = [
            {"action_request": {"action": one["name"], "args": one["args"]}, "config": ACCEPT_OR_IGNORE}
            for one in calls
            if one["name"] == "plain"
        ]
        answers = interrupt(asked)
        assert all(answer["type"] == "accept" for answer in answers)


model = turns(call("plain", x=1), call("asking", x=2), call("plain", x=3))


def think(state: MessagesState) -> dict[str, Any]:
    return {"messages": [model.invoke(state["messages"])]}


_shared = StateGraph(MessagesState)
_shared.add_node("model", think)
_shared.add_node("review", review)
_shared.add_node("tools", ToolNode([plain, asking]))
_shared.add_edge(START, "model")
_shared.add_edge("model", "review")
_shared.add_conditional_edges("review", tools_condition)
_shared.add_edge("tools", "model")
shared = _shared.compile()


@tool
def wipe(x: int) -> str:
    """Do it."""
    effect(f"wipe {x}")
    return f"wiped {x}"


waiting = create_agent(turns(call("wipe", x=1)), [wipe], interrupt_before=["tools"])
takes_calls = StateGraph(MessagesState).add_node("tools", ToolNode([wipe])).add_edge(START, "tools").compile()
