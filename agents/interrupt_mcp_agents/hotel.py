"""Review tool calls: a ReAct agent with one tool that asks before it acts.

`book_hotel` asks by itself, as LangGraph's documentation shows it, and knows two answers: accept and edit.
"""

import os
from collections.abc import Callable
from typing import Any

from langchain.agents import create_agent
from langchain.tools import tool
from langgraph.types import interrupt

from interrupt_mcp_agents.offline import Rule, model

HOTELS = {
    "london": ["The Savoy", "The Ritz London", "Brown's Hotel"],
    "new york": ["The Plaza", "McKittrick Hotel", "Hotel Chelsea"],
    "paris": ["Ritz Paris", "Hôtel de Crillon", "Le Meurice"],
}

RULES = [
    Rule(
        example="Book a stay at the McKittrick hotel",
        pattern=r"book (?:me )?(?:a (?:stay|room|night) )?(?:(?:at|in) )?(?:the )?(?P<hotel_name>.+?)[.!?]*$",
        tool="book_hotel",
        each="hotel_name",
    ),
    Rule(
        example="Find hotels in Paris",
        pattern=r"(?:find|search|search for|list|show) (?:me )?(?:the )?hotels in (?P<city>.+?)[.!?]*$",
        tool="search_hotels",
        each="city",
    ),
]


@tool
def search_hotels(city: str) -> str:
    """List the hotels of a city."""
    hotels = HOTELS.get(city.lower())
    return f"Hotels in {city}: {', '.join(hotels)}." if hotels else f"No hotel is known in {city}."


@tool
def book_hotel(hotel_name: str) -> str:
    """Book a stay at a hotel."""
    response = interrupt(
        f"Trying to call `book_hotel` with args {{'hotel_name': {hotel_name}}}. Please approve or suggest edits."
    )
    if response["type"] == "accept":
        pass
    elif response["type"] == "edit":
        hotel_name = response["args"]["hotel_name"]
    else:
        raise ValueError(f"Unknown response type: {response['type']}")
    record(hotel_name)
    return f"Successfully booked a stay at {hotel_name}."


def record(hotel_name: str) -> None:
    """Write a line for a booking to the file that INTERRUPT_MCP_HOTEL_LEDGER names, to see what was really done."""
    if path := os.environ.get("INTERRUPT_MCP_HOTEL_LEDGER"):
        with open(path, "a", encoding="utf-8") as ledger:
            ledger.write(hotel_name + "\n")
            ledger.flush()
            os.fsync(ledger.fileno())


def build(create: Callable[..., Any] = create_agent) -> Any:
    """Return the graph, as LangChain's `create_agent`, or another function like it, makes it."""
    return create(model(RULES), tools=[book_hotel, search_hotels])


graph = build()
