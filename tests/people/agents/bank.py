"""Agents with a bank's tools, each of which leaves a line in the file of effects."""

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from tests.scripted import Scripted, call, effect


@tool
def pay(amount: int) -> str:
    "Pay an amount."
    effect(f"pay {amount}")
    return f"paid {amount}"


@tool
def look(what: str) -> str:
    "Look something up."
    effect(f"look {what}")
    return f"saw {what}"


@tool
def ask_and_pay(amount: int) -> str:
    "Ask, then pay."
    answer = interrupt(f"ask_and_pay {amount}?")
    assert answer["type"] == "accept"
    effect(f"ask_and_pay {amount}")
    return f"paid {amount}"


@tool("pay")
def pay_on_a_bad_line(amount: int) -> str:
    "Pay an amount."
    interrupt("pay?")
    effect(f"pay {amount}")
    raise RuntimeError("the line was cut")


def calling(*calls: Any) -> Scripted:
    """A model that makes these calls in one turn."""
    return Scripted(turns=[list(calls)])


plain = create_agent(calling(call("pay", amount=5), call("look", what="x")), [pay, look])
asking = create_agent(calling(call("ask_and_pay", amount=5)), [ask_and_pay])
two = create_agent(calling(call("pay", amount=1), call("pay", amount=2)), [pay])
gated = create_agent(
    calling(call("pay", amount=5)), [pay], middleware=[HumanInTheLoopMiddleware(interrupt_on={"pay": True})]
)
cut_off = create_agent(calling(call("pay", amount=5)), [pay_on_a_bad_line])
tools_first = (
    StateGraph(MessagesState).add_node("tools", ToolNode([ask_and_pay, pay])).add_edge(START, "tools").compile()
)
