"""Nodes that ask, each in another shape, in every place where a node can be."""

import json
from operator import add
from typing import Annotated, Any

from asking_effects import effect
from asking_questions import ASKS, Ask
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt
from typing_extensions import TypedDict


def told(answer: Any) -> Any:
    effect("told", answer)
    return answer


class State(TypedDict):
    topic: str
    answers: Annotated[list[Any], add]


def in_node(ask: Ask) -> Any:
    builder = StateGraph(State)
    builder.add_node("ask", lambda state: {"answers": [told(ask(state["topic"]))]})
    builder.add_edge(START, "ask")
    return builder.compile()


def in_async_node(ask: Ask) -> Any:
    async def node(state: State) -> Any:
        return {"answers": [told(ask(state["topic"]))]}

    builder = StateGraph(State)
    builder.add_node("ask", node)
    builder.add_edge(START, "ask")
    return builder.compile()


def in_parallel(ask: Ask) -> Any:
    builder = StateGraph(State)
    for name in ("left", "right"):

        def node(state: State, name: str = name) -> Any:
            return {"answers": [[name, told(ask(f"{name} {state['topic']}"))]]}

        builder.add_node(name, node)
        builder.add_edge(START, name)
    return builder.compile()


def in_subgraph(ask: Ask) -> Any:
    builder = StateGraph(State)
    builder.add_node("inner", in_node(ask))
    builder.add_edge(START, "inner")
    return builder.compile()


def in_called_subgraph(ask: Ask) -> Any:
    """The subgraph is called by the node's own code."""
    inner = in_node(ask)

    async def node(state: State) -> Any:
        return {"answers": (await inner.ainvoke({"topic": state["topic"], "answers": []}))["answers"]}

    builder = StateGraph(State)
    builder.add_node("outer", node)
    builder.add_edge(START, "outer")
    return builder.compile()


def in_entrypoint(ask: Ask) -> Any:
    @entrypoint()
    async def workflow(given: dict[str, Any]) -> Any:
        """Asks in the body of an entrypoint."""
        return {"answers": [told(ask(given["topic"]))]}

    return workflow


def in_task(ask: Ask) -> Any:
    @task
    def prepare(topic: str) -> str:
        effect("prepared", topic)
        return topic

    @task
    def asked(topic: str) -> Any:
        return told(ask(topic))

    @entrypoint()
    async def workflow(given: dict[str, Any]) -> Any:
        """Asks in a task."""
        return {"answers": [await asked(await prepare(given["topic"]))]}

    return workflow


def twice(ask: Ask) -> Any:
    def node(state: State) -> Any:
        first = ask(f"first {state['topic']}")
        second = ask(f"second {state['topic']}")
        return {"answers": [told(first), told(second)]}

    builder = StateGraph(State)
    builder.add_node("ask", node)
    builder.add_edge(START, "ask")
    return builder.compile()


PLACES = {
    "in_node": in_node,
    "in_async_node": in_async_node,
    "in_parallel": in_parallel,
    "in_subgraph": in_subgraph,
    "in_called_subgraph": in_called_subgraph,
    "in_entrypoint": in_entrypoint,
    "in_task": in_task,
    "twice": twice,
}
for place_name, place in PLACES.items():
    for each in ASKS:
        globals()[f"{place_name}_{each.__name__}"] = place(each)


class Gate(TypedDict):
    steps: Annotated[list[str], add]


def _stepping(**breaks: Any) -> Any:
    def step(name: str) -> Any:
        def node(_state: Gate) -> Any:
            effect("step", name)
            return {"steps": [name]}

        return node

    builder = StateGraph(Gate)
    builder.add_node("one", step("one"))
    builder.add_node("two", step("two"))
    builder.add_edge(START, "one")
    builder.add_edge("one", "two")
    return builder.compile(**breaks)


before = _stepping(interrupt_before=["two"])
after = _stepping(interrupt_after=["one"])


def _loop(state: State) -> Any:
    prompt = "How old are you?"
    while True:
        answer = interrupt(prompt)
        if isinstance(answer, int) and answer > 0:
            break
        prompt = f"{json.dumps(answer)} is not an age. How old are you?"
    return {"answers": [told(answer)]}


_looping = StateGraph(State)
_looping.add_node("ask", _loop)
_looping.add_edge(START, "ask")
loop = _looping.compile()


def years(topic: str) -> int:
    """Raises on answers that are no number."""
    return int(interrupt(f"How old is {topic}?"))


def _asked(state: Any) -> Any:
    return {"answers": [[state["name"], told(BY_NAME[state["name"]](state["topic"]))]]}


BY_NAME = {ask.__name__: ask for ask in [*ASKS, years]}
_everything = StateGraph(State)
_everything.add_node("ask", _asked)
_everything.add_conditional_edges(
    START, lambda state: [Send("ask", {"name": name, "topic": state["topic"]}) for name in BY_NAME], ["ask"]
)
everything = _everything.compile()
