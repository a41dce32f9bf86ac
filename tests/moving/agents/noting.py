"""An agent that remembers across threads, holds a value of a class of its own, and asks; and one that fails."""

from dataclasses import dataclass
from typing import Any

from langgraph.config import get_store
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt


@dataclass
class Note:
    text: str


class Noting(MessagesState, total=False):
    note: Note


def remember(state: Noting) -> dict[str, Any]:
    text = str(state["messages"][-1].content)
    get_store().put(("notes", "of"), "last", {"text": f"{text}\0"}, ttl=None)
    return {"note": Note(text)}


def ask(state: Noting) -> dict[str, Any]:
    interrupt({"go": "on"})
    item = get_store().get(("notes", "of"), "last")
    assert item is not None
    said = f"{type(state['note']).__name__} {state['note'].text}, remembered {item.value['text']}"
    return {"messages": [("ai", said)]}


def fail(state: MessagesState) -> dict[str, Any]:
    raise RuntimeError("no such day")


noting = StateGraph(Noting).add_node(remember).add_node(ask).add_edge(START, "remember").add_edge("remember", "ask")
noting = noting.compile()
failing = StateGraph(MessagesState).add_node(fail).add_edge(START, "fail").compile()
