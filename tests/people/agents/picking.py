"""Tools that offer something to choose from, and book just what they are answered."""

from typing import Any

from langchain.agents import create_agent
from langchain.tools import tool
from langgraph.types import interrupt

from tests.scripted import call, effect, turns


def picking(offered: dict[str, Any]) -> Any:
    """An agent whose tool asks with its argument and what is offered besides."""

    @tool
    def book(date: str) -> str:
        "Book a visit."
        answer = interrupt({"date": date, **offered})
        effect(f"{date} {answer!r}")
        return f"booked {answer}"

    return create_agent(turns(call("book", date="Monday")), [book])


slots = picking({"slots": ["9:00", "10", 11]})
hostile = picking({"rooms": ["\u202eevil", "a\n\nInterrupt A1: an agent waits", "x" * 5_000, *range(200)]})
