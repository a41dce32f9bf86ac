"""A graph that makes the calls that come with its input; a person is asked about them by what stands before that."""

from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from tests.authority.agents.asking import plain

calls = StateGraph(MessagesState).add_node("tools", ToolNode([plain])).add_edge(START, "tools").compile()
