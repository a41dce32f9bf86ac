"""Agents of one tool node, some of whose calls policy asks about; those of `pay` and `wipe`, where a test says so."""

from typing import Any

from langchain_core.tools import BaseTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from interrupt_mcp import sensitive
from tests.scripted import Scripted, call, die_at, effect, hand_built, turns

POLICY = "[agents.desk.tools.pay]\nsensitive = true\n[agents.desk.tools.wipe]\nsensitive = true\n"


@tool
async def pay(to: str, amount: int = 5) -> str:
    """Pay."""
    effect(f"pay {to} {amount}")
    die_at(f"paid {to}")
    if to == "nobody":
        raise ValueError("there is nobody")
    return f"paid {to} {amount}"


@tool
def wipe(disk: str) -> str:
    """Wipe a disk."""
    effect(f"wipe {disk}")
    return f"wiped {disk}"


@tool
def look(where: str) -> str:
    """Look."""
    effect(f"look {where}")
    return f"saw {where}"


@tool
def ask(about: str) -> str:
    """Ask by itself."""
    answer = interrupt(f"ask about {about}?")
    effect(f"ask {about} {answer['type']}")
    return f"asked {about}"


@tool("pay")
def pay_and_ask(to: str) -> str:
    """Pay, and ask by itself."""
    answer = interrupt(f"really pay {to}?")
    effect(f"pay {to} {answer['type']}")
    return f"paid {to}"


@tool
@sensitive(allow=("accept", "edit", "reject", "respond"))
def send(to: str, body: str = "hello") -> str:
    """Send."""
    effect(f"send {to} {body}")
    return f"sent {to} {body}"


@sensitive
def dig(depth: int) -> str:
    """Dig."""
    effect(f"dig {depth}")
    return f"dug {depth}" + (f", {dig(depth - 1)}" if depth else "")


TOOLS = (pay, wipe, look, ask, send)


def built(*calls: Any, tools: tuple[BaseTool, ...] = TOOLS, **node: Any) -> Any:
    return hand_built(ToolNode(tools, **node), turns(*calls))


ANN, BOB, DISK = call("pay", to="ann"), call("pay", to="bob"), call("wipe", disk="c")
three = built(ANN, DISK, BOB)
mixed = built(call("ask", about="x"), ANN, call("look", where="a"), call("ask", about="y"), DISK)
asked_first = built(ANN, call("ask", about="x"), DISK)
one = built(ANN, call("look", where="a"))
failing = built(ANN, call("pay", to="nobody"), DISK)
also_asking = built(ANN, BOB, tools=(pay_and_ask,))
marked = built(call("send", to="ann"), ANN, call("send", to="bob", body="hi"))
only_marked = built(call("send", to="ann"), call("look", where="a"), call("send", to="bob", body="hi"))
recursing = built(call("dig", depth=1), call("dig", depth=0), tools=(tool(dig),))
same_ids = built(call("pay", "1", to="ann"), call("pay", "1", to="bob"), DISK)
unknown_tool = built(ANN, call("fly", to="rome"), DISK)
deep: Any = {"a": 1}
for _ in range(70):
    deep = {"a": deep}


@tool("wipe")
def wipe_deeply(disk: dict[str, Any]) -> str:
    """Wipe."""
    effect("wipe deeply")
    return "wiped"


unshowable = built(ANN, call("wipe", "w", disk=deep), tools=(pay, wipe_deeply))


async def changing(request: Any, execute: Any) -> Any:
    changed = {**request.tool_call, "args": {**request.tool_call["args"], "amount": 7}}
    return await execute(request.override(tool_call=changed))


wrapped = built(ANN, BOB, awrap_tool_call=changing)


class Node(ToolNode):
    """One of the agent's own, which may do anything with its calls."""


own_node = hand_built(Node(TOOLS), turns(ANN, BOB))


async def _calls_then_asks(state: MessagesState) -> Any:
    made = await ToolNode(TOOLS).ainvoke(state)
    interrupt("and now?")
    effect("went on")
    return made


def _calls_in_threads(state: MessagesState) -> Any:
    made = ToolNode([wipe]).invoke(state)
    interrupt("and now?")
    effect("went on")
    return made


def _in_a_node(node: Any, *calls: Any) -> Any:
    model = turns(*calls)
    builder = StateGraph(MessagesState)
    builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node("tools", node)
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()


in_a_node = _in_a_node(_calls_then_asks, ANN, DISK)
in_threads = _in_a_node(_calls_in_threads, *(call("wipe", disk=disk) for disk in "abcdef"))
twice = hand_built(ToolNode(TOOLS), Scripted(turns=[[ANN, DISK], [BOB, DISK]]))
