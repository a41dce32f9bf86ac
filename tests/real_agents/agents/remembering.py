"""Agents with langmem: some write their memories by tools, and one has them written by what langmem extracts."""

from typing import Any

from langchain.agents import create_agent
from langgraph.graph import START, MessagesState, StateGraph
from langmem import create_manage_memory_tool, create_memory_store_manager, create_search_memory_tool

from tests.real_agents.agents.bank import model

_SHARED = ("shared",)
_EXTRACTED = ("extracted",)
_THEIRS = ("memories", "{langgraph_user_id}")

notes = create_agent(model(), [create_manage_memory_tool(_SHARED), create_search_memory_tool(_SHARED)])

diary = create_agent(model(), [create_manage_memory_tool(_THEIRS), create_search_memory_tool(_THEIRS)])
"""Has memories of each user."""

reader = create_agent(model(), [create_search_memory_tool(_EXTRACTED)])
"""Knows what `extracting` has written."""

_manager = create_memory_store_manager(model(), namespace=_EXTRACTED)


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
