"""A graph that begins with the tools of the bundled agents: the calls come with its input."""

from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from interrupt_mcp_agents.desk import TOOLS
from interrupt_mcp_agents.hotel import book_hotel

tools = ToolNode([*TOOLS, book_hotel])
graph = StateGraph(MessagesState).add_node("tools", tools).add_edge(START, "tools").compile()
