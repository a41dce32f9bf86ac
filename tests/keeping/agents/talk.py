"""An agent that takes a note of everything, asks nobody anything, and answers in four messages a turn."""

from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition


@tool
def note(subject: str) -> str:
    """Take a note."""
    return "Noted, under " + subject


def think(state: MessagesState) -> Any:
    last = state["messages"][-1]
    if isinstance(last, HumanMessage):
        call = {"name": "note", "args": {"subject": last.text[:40]}, "id": f"note-{last.id}"}
        return {"messages": [AIMessage("", tool_calls=[call])]}
    said = [message.text for message in state["messages"] if isinstance(message, HumanMessage)]
    return {"messages": [AIMessage(f"I have noted {len(said)} things, the last of which is {said[-1][:300]}")]}


builder = StateGraph(MessagesState)
builder.add_node("think", think)
builder.add_node("tools", ToolNode([note]))
builder.add_edge(START, "think")
builder.add_conditional_edges("think", tools_condition)
builder.add_edge("tools", "think")
graph = builder.compile()
