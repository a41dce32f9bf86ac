"""A node and a tool that ask with whatever they are given, as the examples of the documentation do."""

import json
import os
from typing import Any

from asking_effects import effect
from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict

from interrupt_mcp_agents.offline import OfflineModel


class Example(TypedDict):
    payload: Any
    response_schema: dict[str, Any] | None
    answer: Any


_node = StateGraph(Example)
_node.add_node("ask", lambda state: {"answer": interrupt(state["payload"], response_schema=state["response_schema"])})
_node.add_edge(START, "ask")
documented_node = _node.compile()


@tool
def pay(to: str, amount: int) -> str:
    """Asks with what the variable holds."""
    answer = interrupt(json.loads(os.environ["ASKING_PAYLOAD"]))
    effect("went on", [{"to": to, "amount": amount}, answer])
    return "paid"


documented_tool = create_agent(OfflineModel(), [pay])
