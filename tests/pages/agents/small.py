"""Small agents: one that fails until it is told not to, many steps, markup, an outcome that nobody knows."""

import operator
from typing import Annotated, Any, TypedDict

from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from interrupt_mcp import sensitive
from tests.scripted import call, effect, hand_built, turns, word_of

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202eevil\u2066\x1b[2J"


class State(TypedDict, total=False):
    text: str
    steps: Annotated[list[str], operator.add]


def fail(state: State) -> State:
    if not word_of("mended"):
        raise ValueError(f"It is broken: {EVIL}")
    return {"text": "mended"}


failing = StateGraph(State).add_node("fail", fail).add_edge(START, "fail").add_edge("fail", END).compile()


def walk(state: State) -> dict[str, Any]:
    return {"steps": [f"step {len(state.get('steps', []))}"]}


_walking = StateGraph(State)
for _number in range(20):
    _walking.add_node(f"walk{_number}", walk)
    _walking.add_edge(f"walk{_number - 1}" if _number else START, f"walk{_number}")
walking = _walking.compile()


def markup(state: State) -> State:
    return {"text": interrupt({"action": EVIL, "args": {EVIL: EVIL}, "description": EVIL})}


writing = StateGraph(State).add_node(f"write {EVIL}", markup).add_edge(START, f"write {EVIL}").compile()


def ask(state: State) -> State:
    answer = interrupt({"text": state.get("text", "")})
    effect(f"answered {answer}")
    return {"text": str(answer)}


asking = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile()


@tool
def pay(amount: int) -> str:
    """Pay, and lose the connection."""
    effect(f"paid {amount}")
    raise ConnectionError("the bank did not answer")


paying = hand_built(ToolNode([sensitive(pay)]), turns(call("pay", amount=5)))
