"""What tools ask from inside, as documentation, tutorials and Agent Inbox have it, and how they take the answers."""

import pytest
from langgraph.prebuilt.interrupt import HumanResponse
from langgraph.types import interrupt
from pydantic import TypeAdapter

from interrupt_mcp.model import Decision, JsonObject
from tests.dialects.paused import Agent
from tests.dialects.payloads import EVERYTHING, accept, decide, edit, inbox, reject, respond


def book_hotel(hotel_name: str) -> str:
    """Book a hotel, as LangGraph's documentation does it: the tool knows accept and edit."""
    response = interrupt(f"Trying to call `book_hotel` with args {{'hotel_name': {hotel_name}}}. Please approve.")
    if response["type"] == "edit":
        hotel_name = response["args"]["hotel_name"]
    elif response["type"] != "accept":
        raise ValueError(f"Unknown response type: {response['type']}")
    return f"booked {hotel_name}"


def quote(hotel_name: str) -> str:
    """Ask about something that is not its argument."""
    response = interrupt({"tool": "quote", "price": 100})
    return f"{hotel_name} at {response.get('args', {}).get('price', 100)}"


def human_assistance(query: str) -> str:
    """Ask a person, as LangGraph's tutorial does it."""
    answer: str = interrupt({"query": query})["data"]
    return answer


def with_inbox(to: str) -> str:
    """Ask as Agent Inbox does."""
    response = interrupt([inbox("with_inbox", {"to": to}, EVERYTHING)])[0]
    TypeAdapter(HumanResponse).validate_python(response)
    if response["type"] == "edit":
        to = response["args"]["args"]["to"]
    return str(response["args"]) if response["type"] == "response" else f"sent to {to}"


class TestInsideATool:
    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "booked McKittrick", "success"),
            (decide(edit, args={"hotel_name": "Ritz"}), "booked Ritz", "success"),
            (decide(reject, message="stay home"), "stay home", "error"),
            (
                decide(respond, value={"type": "edit", "args": {"hotel_name": "Its own way"}}),
                "booked Its own way",
                "success",
            ),
        ],
    )
    def test_a_tool_of_the_documentation(self, decision: Decision, said: str, status: str):
        agent = Agent([book_hotel], [("book_hotel", {"hotel_name": "McKittrick"})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)

    @pytest.mark.parametrize(
        ("args", "said"),
        [({"hotel_name": "Ritz", "price": 90}, "McKittrick at 90"), ({"hotel_name": "Ritz"}, "Ritz at 100")],
    )
    def test_a_tool_that_lets_edit_what_it_shows(self, args: JsonObject, said: str):
        agent = Agent([quote], [("quote", {"hotel_name": "McKittrick"})])
        (message,) = agent.resume(decide(edit, args=args), inside=True)
        assert message.text == said

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(respond, value={"data": "42"}), "42", "success"),
            (decide(reject, message="not now"), "not now", "error"),
        ],
    )
    def test_a_tool_that_asks_a_question(self, decision: Decision, said: str, status: str):
        agent = Agent([human_assistance], [("human_assistance", {"query": "What now?"})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)

    @pytest.mark.parametrize(
        ("decision", "said", "status"),
        [
            (decide(accept), "sent to bob", "success"),
            (decide(edit, args={"to": "ann"}), "sent to ann", "success"),
            (decide(respond, message="ask Ann first"), "ask Ann first", "success"),
            (decide(reject, message="never"), "never", "error"),
        ],
    )
    def test_a_tool_that_speaks_agent_inbox(self, decision: Decision, said: str, status: str):
        agent = Agent([with_inbox], [("with_inbox", {"to": "bob"})])
        (message,) = agent.resume(decision, inside=True)
        assert (message.text, message.status) == (said, status)
