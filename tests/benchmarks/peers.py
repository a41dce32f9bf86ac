"""The peers by name and version."""

from importlib.metadata import version

HELLO = f"hello-world server of mcp {version('mcp')}"
LANGGRAPH = f"LangGraph {version('langgraph')} alone, AsyncSqliteSaver {version('langgraph-checkpoint-sqlite')}"
BY_HAND = f"server of mcp {version('mcp')} written by hand, {LANGGRAPH.partition(', ')[2]}"
ONE_PROCESS = "one process of ours"
DEV_REQUIREMENTS = ("langgraph-cli[inmem]==0.4.40", "langgraph-api==0.16.7", "langchain>=1.4,<2")
LANGGRAPH_DEV = "langgraph dev, langgraph-api 0.16.7, in memory"
AEGRA_REQUIREMENTS = ("aegra-api==0.11.0", "langchain>=1.4,<2")
AEGRA_PYTHONS = ("3.12", "3.13", "3.14")
AEGRA = "Aegra 0.11.0 without Redis"
