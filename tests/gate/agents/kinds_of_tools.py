"""Agents with one tool each: sync and async, made by `create_agent` and by hand, and tool nodes of users' own."""

from operator import add
from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.graph import START, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, interrupt

from tests.scripted import call, effect, hand_built, turns

# A tool that knows no other answer than accept.


def _book(hotel: str, nights: int) -> str:
    answer = interrupt(f"book {hotel} for {nights}?")
    if answer["type"] != "accept":
        raise ValueError(f"unknown answer {answer}")
    effect(f"book {hotel} {nights}")
    return f"booked {hotel}"


@tool
def book(hotel: str, nights: int = 1) -> str:
    """Book a hotel."""
    return _book(hotel, nights)


@tool("book")
async def book_async(hotel: str, nights: int = 1) -> str:
    """Book a hotel."""
    return _book(hotel, nights)


RITZ = turns(call("book", hotel="Ritz"))
books = create_agent(RITZ, [book])
books_async = create_agent(RITZ, [book_async])
books_by_hand = hand_built(ToolNode([book]), RITZ)
books_by_hand_async = hand_built(ToolNode([book_async]), RITZ)

# A tool that asks twice, and does something after each answer.


def _book_and_pay(hotel: str, nights: int) -> str:
    interrupt(f"book {hotel} for {nights}?")
    effect(f"held {hotel} {nights}")
    interrupt(f"pay for {nights} nights at {hotel}?")
    effect(f"paid {hotel} {nights}")
    return f"booked {hotel}"


@tool("book")
def book_and_pay(hotel: str, nights: int = 1) -> str:
    """Book a hotel."""
    return _book_and_pay(hotel, nights)


@tool("book")
async def book_and_pay_async(hotel: str, nights: int = 1) -> str:
    """Book a hotel."""
    return _book_and_pay(hotel, nights)


TWO_NIGHTS = turns(call("book", hotel="Ritz", nights=2))
asks_twice = create_agent(TWO_NIGHTS, [book_and_pay])
asks_twice_async = create_agent(TWO_NIGHTS, [book_and_pay_async])
asks_twice_by_hand = hand_built(ToolNode([book_and_pay]), TWO_NIGHTS)
asks_twice_by_hand_async = hand_built(ToolNode([book_and_pay_async]), TWO_NIGHTS)

# A tool that asks the person something, and reads a field of the answer.


def _ask(topic: str) -> str:
    data = interrupt({"query": f"What about {topic}?"})["data"]
    effect(f"heard {data}")
    return f"the person says {data}"


@tool
def ask(topic: str) -> str:
    """Ask the person something."""
    return _ask(topic)


@tool("ask")
async def ask_async(topic: str) -> str:
    """Ask the person something."""
    return _ask(topic)


TEA = turns(call("ask", topic="tea"))
questions = create_agent(TEA, [ask])
questions_async = create_agent(TEA, [ask_async])
questions_by_hand = hand_built(ToolNode([ask]), TEA)
questions_by_hand_async = hand_built(ToolNode([ask_async]), TEA)

# A tool that returns a command.


def _move(to: str, tool_call_id: str) -> Command:
    if interrupt(f"move to {to}?")["type"] == "accept":
        effect(f"move {to}")
    said = ToolMessage(f"moved to {to}", tool_call_id=tool_call_id)
    return Command(update={"messages": [said]})


@tool
def move(to: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command:
    """Move somewhere."""
    return _move(to, tool_call_id)


@tool("move")
async def move_async(to: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command:
    """Move somewhere."""
    return _move(to, tool_call_id)


MOVES = turns(call("move", to="a"), call("move", to="b"))
commands = create_agent(MOVES, [move])
commands_async = create_agent(MOVES, [move_async])
commands_by_hand = hand_built(ToolNode([move]), MOVES)
commands_by_hand_async = hand_built(ToolNode([move_async]), MOVES)

# Tool nodes of the user's own class.


class Logging(ToolNode):
    async def _arun_one(self, call: Any, input_type: Any, tool_runtime: Any) -> Any:
        effect(f"log {call['name']}")
        return await super()._arun_one(call, input_type, tool_runtime)


class LoggingLast(ToolNode):
    async def _execute_tool_async(self, request: Any, input_type: Any, config: Any) -> Any:
        effect(f"log {request.tool_call['name']}")
        return await super()._execute_tool_async(request, input_type, config)


RITZ_AND_PLAZA = turns(call("book", hotel="Ritz"), call("book", hotel="Plaza"))
logs = hand_built(Logging([book_async]), RITZ_AND_PLAZA)
logs_in_the_last_step = hand_built(LoggingLast([book_async]), RITZ_AND_PLAZA)

# A state whose reducer gives messages no ids.


class Turns(TypedDict, total=False):
    turn: int
    messages: Annotated[list[Any], add]


def think(state: Turns) -> Turns:
    turn = state.get("turn", 0)
    calls = [call("book", "same", hotel=f"{name}{turn}") for name in "ab"]
    said = AIMessage(**AIMessage("", tool_calls=calls).model_dump(exclude={"id"}))
    return {"turn": turn + 1, "messages": [said]}


def again(state: Turns) -> str:
    return "think" if state["turn"] < 2 else "__end__"


_without_ids = StateGraph(Turns)
_without_ids.add_node("think", think)
_without_ids.add_node("tools", ToolNode([book]))
_without_ids.add_edge(START, "think")
_without_ids.add_edge("think", "tools")
_without_ids.add_conditional_edges("tools", again)
without_ids = _without_ids.compile()
