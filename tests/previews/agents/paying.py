"""Agents that pay and write: tools, functions and questions, with previews of their own and without."""

from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from interrupt_mcp import sensitive
from tests.scripted import call, effect, hand_built, turns


@tool
def pay(to: str, amount: float = 5) -> str:
    """Pay."""
    effect(f"pay {to} {amount}")
    return f"paid {to} {amount}"


def letter(to: str, body: str) -> str:
    return f"Dear {to}: {body}"


@tool
@sensitive(preview=letter)
def send(to: str, body: str = "hello") -> str:
    """Send."""
    effect(f"send {to} {body}")
    return f"sent {to} {body}"


async def slow_letter(to: str) -> dict[str, Any]:
    return {"name": "box", "before": None, "after": f"a letter to {to}"}


@tool
async def post(to: str) -> str:
    """Post."""
    effect(f"post {to}")
    return f"posted {to}"


def hole(depth: int) -> str:
    return f"a hole of {depth} metres"


@sensitive(preview=hole)
def dig(depth: int) -> str:
    """Dig."""
    effect(f"dig {depth}")
    return f"dug {depth}"


@tool
def asks_about_itself(to: str) -> str:
    """Ask by itself."""
    answer = interrupt({"action": "asks_about_itself", "to": to})
    return str(answer)


@tool
def asks_something(to: str) -> str:
    """Ask something else."""
    answer = interrupt({"query": "What now?"})
    return str(answer)


def _digging(_state: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", dig(3))]}


TOOLS = [pay, send, sensitive(post, preview=slow_letter), asks_about_itself, asks_something]

pays = hand_built(ToolNode(TOOLS), turns(call("pay", to="ann")))
pays_two = hand_built(ToolNode(TOOLS), turns(call("pay", to="ann"), call("pay", to="bob", amount=7)))
sends = hand_built(ToolNode(TOOLS), turns(call("send", to="ann")))
posts = hand_built(ToolNode(TOOLS), turns(call("post", to="ann")))
asks = hand_built(ToolNode(TOOLS), turns(call("asks_about_itself", to="ann")))
asks_else = hand_built(ToolNode(TOOLS), turns(call("asks_something", to="ann")))
stops = create_agent(turns(call("pay", to="ann")), TOOLS, interrupt_before=["tools"])
batch = create_agent(
    turns(call("pay", to="ann"), call("pay", to="bob", amount=7)),
    TOOLS,
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"pay": True})],
)
digs = StateGraph(MessagesState).add_node("digging", _digging).add_edge(START, "digging").compile()
