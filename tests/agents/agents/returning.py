"""An agent whose tools have the last word: what they return is not read by the model again."""

from langchain.agents import create_agent
from langchain_core.tools import tool

from interrupt_mcp import sensitive
from tests.scripted import call, turns


@tool(return_direct=True)
@sensitive
def quote(item: str) -> str:
    """Say what an item costs."""
    return f"{item} costs 5."


returning = create_agent(turns(call("quote", item="tea"), call("quote", item="milk")), [quote])
