"""Agents that act in nodes, which leave no record, and in `sensitive` functions, which do."""

from collections.abc import Callable
from operator import add
from typing import Annotated, Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from interrupt_mcp import Rejected, idempotency_key, sensitive
from tests.scripted import die_at, effect


class State(TypedDict, total=False):
    done: Annotated[list[str], add]


Node = Callable[[State], State]


def asking(name: str) -> Node:
    def node(state: State) -> State:
        answer = interrupt({"which": name})
        effect(f"{name} {answer}")
        die_at(f"after {name}")
        return {"done": [f"{name} {answer}"]}

    return node


@sensitive
def send(to: str) -> list[str]:
    """Send."""
    die_at(f"before sending to {to}")
    effect(f"send {to} {idempotency_key()}")
    die_at(f"after sending to {to}")
    return [f"sent {to}"]


def sending(*names: str) -> Node:
    def node(state: State) -> State:
        done: list[str] = []
        for name in names:
            try:
                done += send(name)
            except Rejected as no:
                done.append(f"not sent to {name}: {no}")
        return {"done": done}

    return node


def then(state: State) -> State:
    effect("then")
    return {"done": ["then"]}


def built(**nodes: Node) -> Any:
    builder = StateGraph(State)
    builder.add_node("then", then)
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(START, name)
    builder.add_edge([*nodes], "then")
    return builder.compile()


asks = built(a=asking("a"))
two_ask = built(a=asking("a"), b=asking("b"))
sends = built(a=sending("ann", "bob"))
