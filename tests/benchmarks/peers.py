"""The peers by name and version."""

from importlib.metadata import version

HELLO = f"hello-world server of mcp {version('mcp')}"
LANGGRAPH = f"LangGraph {version('langgraph')} alone, AsyncSqliteSaver {version('langgraph-checkpoint-sqlite')}"
BY_HAND = f"server of mcp {version('mcp')} written by hand, {LANGGRAPH.partition(', ')[2]}"
ONE_PROCESS = "one process of ours"
DEV_REQUIREMENTS = ("langgraph-cli[inmem]==0.4.40", "langgraph-api==0.16.7", "langchain>=1.4,<2")
LANGGRAPH_DEV = "langgraph dev, langgraph-api 0.16.7, in memory"
