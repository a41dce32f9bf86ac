"""Agents whose code raises what is no `Exception`, so that nothing on the way out takes it for an error."""

import sys
from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.func import entrypoint, task
from langgraph.graph import START, MessagesState, StateGraph

from interrupt_mcp import sensitive
from tests.scripted import call, turns


class NotConfigured(BaseException):
    """Raised past everybody who catches errors."""


@tool
@sensitive
def look_up(what: str) -> str:
    """Look something up."""
    raise NotConfigured("There is no user.")


async def fail(state: MessagesState) -> dict[str, Any]:
    raise NotConfigured("There is no user.")


by_tool = create_agent(turns(call("look_up", what="tea")), [look_up])
by_node = StateGraph(MessagesState).add_node("fail", fail).add_edge(START, "fail").compile()


# Those that leave


@tool
@sensitive
def go_home(by: str) -> str:
    """Leave the house."""
    sys.exit(f"gone by {by}")


@tool
async def go_out(by: str) -> str:
    """Leave the house for a while."""
    sys.exit(4)


async def _leave(state: MessagesState) -> dict[str, Any]:
    sys.exit(3)


def _leave_in_thread(state: MessagesState) -> dict[str, Any]:
    sys.exit(3)


def _leave_at_once(state: MessagesState) -> str:
    sys.exit(3)


@task
async def _leaves(given: str) -> str:
    sys.exit(3)


@entrypoint()
async def leaves_in_task(given: str) -> str:
    return await _leaves(given)


def _with(node: Any) -> Any:
    return StateGraph(MessagesState).add_node("leave", node).add_edge(START, "leave").compile()


leaves = _with(_leave)
leaves_in_thread = _with(_leave_in_thread)
leaves_within = _with(_with(_leave))
leaves_at_once = (
    StateGraph(MessagesState)
    .add_node("leave", _leave)
    .add_conditional_edges(START, _leave_at_once, ["leave"])
    .compile()
)
leaves_by_tools = create_agent(turns(call("go_out", by="bus"), call("go_out", by="bike")), [go_out])
leaves_by_sensitive = create_agent(turns(call("go_home", by="bus")), [go_home])
