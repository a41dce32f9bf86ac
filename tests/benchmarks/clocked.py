"""An agent whose only node answers with the time at which it began, on the machine's own clock."""

import time
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.graph import START, MessagesState, StateGraph


def begin(_: MessagesState) -> dict[str, Any]:
    return {"messages": [AIMessage(str(time.perf_counter()))]}


graph = StateGraph(MessagesState).add_node(begin).add_edge(START, "begin").compile()
