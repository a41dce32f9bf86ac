"""Agents whose code raises what is no `Exception`, so that nothing on the way out takes it for an error."""

from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import tool
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
