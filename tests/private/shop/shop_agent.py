"""Agents that keep values of their own types from one process to the next, and tell of what type they then are."""

from typing import Annotated, Any, TypedDict

import langchain_core.agents
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.prompt_values import StringPromptValue
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.store.base import BaseStore
from langgraph.types import Command, Send, interrupt
from pydantic import SecretStr
from shop_models import Colour, Made, Part, Plan, Size, Step, Tags

from interrupt_mcp import sensitive


def kinds(value: Any) -> Any:
    """The names of the types of what is in it."""
    if isinstance(value, dict):
        return {key: kinds(each) for key, each in value.items()}
    if type(value) in (list, tuple):
        return [kinds(each) for each in value]
    return type(value).__name__


def plan() -> Plan:
    return Plan(steps=[Step(part=Part("wheel", colours=[Colour.RED]))])


class Kept(TypedDict, total=False):
    plan: Plan
    anything: Any
    actions: list[langchain_core.agents.AgentAction]
    told: Any


def fill(state: Kept) -> Command[Any]:
    from shop_late import Late

    anything = {
        "plan": plan(),
        "parts": [Part("a"), {"deep": Part("b")}],
        "size": Size(3, 4),
        "colour": Colour.RED,
        "tags": Tags(["x"]),
        "made": Made(x=1),
        "late": Late(1),
        "secret": SecretStr("s"),
        "prompt": StringPromptValue(text="t"),
    }
    action = langchain_core.agents.AgentAction(tool="t", tool_input="i", log="l")
    return Command(update={"plan": plan(), "anything": anything, "actions": [action]}, goto="tell")


def tell(state: Kept) -> Kept:
    interrupt("go on?")
    first = state["plan"].steps[0].part
    told = {
        "anything": kinds(state["anything"]),
        "actions": kinds(state["actions"]),
        "first": kinds([first, first.size]),
    }
    return {"told": told}


keeps = (
    StateGraph(Kept)
    .add_node("fill", fill, destinations=("tell",))
    .add_node("tell", tell)
    .add_edge(START, "fill")
    .add_edge("tell", END)
    .compile()
)


def part(given: Any) -> Kept:
    interrupt("go on?")
    return {"told": kinds(given)}


sends = (
    StateGraph(Kept)
    .add_node("part", part)
    .add_conditional_edges(START, lambda _: [Send("part", {"part": Part("wheel")})], ["part"])
    .compile()
)


class Bought(MessagesState):
    bought: Any
    told: Any


@tool
def buy(name: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command[Any]:
    """Buy a part."""
    interrupt(f"buy {name}?")
    return Command(
        update={"bought": Part(name), "messages": [ToolMessage(f"bought {name}", tool_call_id=tool_call_id)]}
    )


@tool
def look(name: str) -> str:
    """Look at a part."""
    return f"{name}: {interrupt('look?')}"


def calls(state: Bought) -> dict[str, Any]:
    buying = {"name": "buy", "args": {"name": "wheel"}, "id": "1"}
    return {"messages": [AIMessage("", tool_calls=[buying, {"name": "look", "args": {"name": "wheel"}, "id": "2"}])]}


records = (
    StateGraph(Bought)
    .add_node("calls", calls)
    .add_node("tools", ToolNode([buy, look]))
    .add_node("tell", lambda state: {"told": kinds(state["bought"])})
    .add_edge(START, "calls")
    .add_edge("calls", "tools")
    .add_edge("tools", "tell")
    .compile()
)


@sensitive
def charge(amount: int) -> Part:
    return Part(f"receipt for {amount}")


def pay(state: Kept) -> Kept:
    receipt = charge(5)
    interrupt("go on?")
    return {"told": kinds(receipt)}


charges = StateGraph(Kept).add_node("pay", pay).add_edge(START, "pay").compile()


def remember(state: Kept, store: BaseStore) -> Kept:
    if store.get(("parts",), "wheel") is None:
        store.put(("parts",), "wheel", {"name": "wheel"})
    interrupt("go on?")
    found = store.get(("parts",), "wheel")
    return {"told": found and found.value}


remembers = StateGraph(Kept).add_node("remember", remember).add_edge(START, "remember").compile()
