"""Agents that do harm to the process that drives them, and others that are beside them when they do.

Their state is a message: what it says, they do.
"""

import asyncio
import ctypes
import os
import time
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import BaseTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from interrupt_mcp import sensitive
from tests.scripted import effect, told

print("imported")
os.write(1, b"imported, and \xff no message of any protocol\n")


def go(name: str) -> Path:
    """The file that lets those go on that wait for this name."""
    return Path(f"{os.environ['EFFECTS']}.{name}")


def harm(what: str) -> None:
    """Do it to this process."""
    match what:
        case "exit":
            os._exit(3)
        case "segfault":
            ctypes.string_at(0)
        case "memory":
            hoard = []
            while True:
                hoard.append(bytearray(16 * 1024 * 1024))
        case "write":
            print("printed")
            os.write(1, b'{"is": "Ready"}\n{"is": "Taken"}\n')
        case "block":
            while not go("unblock").exists():
                time.sleep(0.01)


@tool
@sensitive(allow=("accept", "edit", "reject", "respond"))
async def pay(to: str, amount: int = 5) -> str:
    """Pay somebody."""
    effect(f"pay {to} {amount} in {os.getpid()}")
    harm(to)
    return f"paid {to} {amount}"


@tool
async def look(where: str) -> str:
    """Look somewhere, which nobody is asked about unless policy says so."""
    effect(f"look {where} in {os.getpid()}")
    return f"saw {where}"


def calling(*tools: BaseTool) -> Any:
    """An agent that calls each tool with what the person said, all in one turn."""

    def think(state: MessagesState) -> dict[str, Any]:
        last = state["messages"][-1]
        if not isinstance(last, HumanMessage):
            return {"messages": [AIMessage(told(state["messages"]))]}
        said = last.text
        calls = [{"name": each.name, "args": {_first(each): said}, "id": f"{each.name}-{said}"} for each in tools]
        return {"messages": [AIMessage("", tool_calls=calls)]}

    builder = StateGraph(MessagesState)
    builder.add_node("think", think)
    builder.add_node("tools", ToolNode(list(tools)))
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()


def _first(tool: BaseTool) -> str:
    return str(next(iter(tool.args)))


async def wait(state: MessagesState) -> dict[str, Any]:
    """Wait for the file of that name."""
    name = state["messages"][-1].text
    effect(f"wait for {name} in {os.getpid()}")
    while not go(name).exists():
        await asyncio.sleep(0.01)
    return {"messages": [AIMessage(f"waited for {name}")]}


async def hurt(state: MessagesState) -> dict[str, Any]:
    effect(f"{state['messages'][-1].text} in {os.getpid()}")
    harm(str(state["messages"][-1].text))
    return {"messages": [AIMessage("unharmed")]}


def ask(state: MessagesState) -> dict[str, Any]:
    answer = interrupt({"question": "Well?"})
    return {"messages": [AIMessage(f"heard {answer} in {os.getpid()}")]}


pays = calling(pay)
looks = calling(look, pay)
waits = StateGraph(MessagesState).add_node("wait", wait).add_edge(START, "wait").compile()
hurts = StateGraph(MessagesState).add_node("hurt", hurt).add_edge(START, "hurt").compile()
asks = StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile()


def tell_environment(state: MessagesState) -> dict[str, Any]:
    return {"messages": [AIMessage(" ".join(f"{name}={value}" for name, value in os.environ.items()))]}


tells = StateGraph(MessagesState).add_node("tell", tell_environment).add_edge(START, "tell").compile()
