"""Agents that raise: in a node, a tool, a graph within, an agent within a tool, a library, a thread.

The line that is to be named ends with a comment, `# here: ` and the name of the agent.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph

from tests.scripted import call, turns

SECRET = "sk-proj-abcdefghijklmnop0123456789"


def of_node(node: Any, name: str = "works") -> Any:
    return StateGraph(MessagesState).add_node(name, node).add_edge(START, name).compile()


def divides(_: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", str(1 / 0))]}  # here: in_node


async def divides_async(_: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", str(1 / 0))]}  # here: in_async_node


def deeper() -> int:
    return 1 // 0  # here: in_function


def calls_function(_: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", str(deeper()))]}


def reads(_: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", json.loads("{"))]}  # here: in_library


def raises_from(_: MessagesState) -> dict[str, Any]:
    try:
        deeper()
    except ZeroDivisionError as error:
        raise ValueError("no such share") from error  # here: from_another
    return {}


def in_pool(_: MessagesState) -> dict[str, Any]:
    with ThreadPoolExecutor() as pool:
        return {"messages": [("ai", pool.submit(lambda: str(1 / 0)).result())]}  # here: in_thread


async def in_group(_: MessagesState) -> dict[str, Any]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(fails())
    return {}


async def fails() -> None:
    raise ValueError("the line went dead")  # here: in_task_group


def by_exec(_: MessagesState) -> dict[str, Any]:
    exec("1 / 0")  # here: in_made_code
    return {}


def says_much(_: MessagesState) -> dict[str, Any]:
    raise ValueError(f"{SECRET} " + "word " * 1000)  # here: says_much


def gives_nonsense(_: MessagesState) -> Any:
    return 5


@tool
def divide(by: int) -> int:
    """Divide."""
    return 1 // by  # here: in_tool


@tool("divide")
async def divide_later(by: int) -> int:
    """Divide."""
    return 1 // by  # here: in_async_tool


in_tool = create_agent(turns(call("divide", by=0)), [divide])
in_async_tool = create_agent(turns(call("divide", by=0)), [divide_later])


@tool
async def ask_inner() -> str:
    """Ask another agent."""
    return str(await in_tool.ainvoke({"messages": [("user", "go")]}))


def calls_tool(_: MessagesState) -> dict[str, Any]:
    return {"messages": [("ai", str(divide.invoke({"by": 0})))]}


class Careless(AgentMiddleware[Any, Any]):
    def before_model(self, state: Any, runtime: Any) -> dict[str, Any] | None:
        return {"messages": [state["nothing"]]}  # here: in_middleware


in_node = of_node(divides)
in_async_node = of_node(divides_async)
in_function = of_node(calls_function)
in_library = of_node(reads)
from_another = of_node(raises_from)
in_thread = of_node(in_pool)
in_task_group = of_node(in_group)
in_made_code = of_node(by_exec)
says_much = of_node(says_much)
nonsense = of_node(gives_nonsense)
in_subgraph = of_node(of_node(divides, "inner"), "outer")
in_agent_in_tool = create_agent(turns(call("ask_inner")), [ask_inner])
by_code = of_node(calls_tool)
in_middleware = create_agent(turns(call("divide", by=0)), [divide], middleware=[Careless()])
odd_name = of_node(divides, f"{SECRET} " + "n" * 5000)
