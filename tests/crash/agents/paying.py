"""An agent with one call, in which the process can be made to die."""

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.types import interrupt

from tests.scripted import call, die_at, effect, turns


@tool
def pay(amount: int) -> str:
    """Pay."""
    if interrupt(f"pay {amount}?")["type"] != "accept":
        return "not paid"
    die_at("in the tool, before the effect")
    effect(f"pay {amount}")
    die_at("in the tool, after the effect")
    return f"paid {amount}"


pays = create_agent(turns(call("pay", amount=5)), [pay])
