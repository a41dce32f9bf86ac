"""Agents with langmem: one writes its memories by tools, and one has them written by what langmem extracts."""

from typing import Any

from langchain.agents import create_agent
from langgraph.graph import START, MessagesState, StateGraph
from langmem import create_manage_memory_tool, create_memory_store_manager, create_search_memory_tool

from tests.real_agents.agents.bank import model

NAMESPACE = ("memories", "{langgraph_user_id}")

notes = create_agent(model(), [create_manage_memory_tool(NAMESPACE), create_search_memory_tool(NAMESPACE)])

_manager = create_memory_store_manager(model(), namespace=NAMESPACE)


async def answer(state: MessagesState) -> dict[str, Any]:
    return {"messages": [await model().ainvoke(state["messages"])]}


async def reflect(state: MessagesState) -> None:
    await _manager.ainvoke({"messages": state["messages"]})


extracting = (
    StateGraph(MessagesState)
    .add_node("answer", answer)
    .add_node("reflect", reflect)
    .add_edge(START, "answer")
    .add_edge("answer", "reflect")
    .compile()
)
