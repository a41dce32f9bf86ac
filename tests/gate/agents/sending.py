"""An agent under two names, whose tool takes any answer for a yes."""

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.types import interrupt

from tests.scripted import call, effect, turns


@tool
def send(to: str) -> str:
    """Send."""
    answer = interrupt(f"send to {to}?")
    effect(f"send {to} {answer['type']}")
    return f"sent {to}"


sends = create_agent(turns(call("send", to="a")), [send])
same = sends
