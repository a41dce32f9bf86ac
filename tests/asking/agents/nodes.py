"""Nodes that ask, each in another shape, in every place where a node can be."""

import json
from collections.abc import Callable
from operator import add
from typing import Annotated, Any

from asking_effects import effect
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt
from pydantic import BaseModel
from typing_extensions import TypedDict

from interrupt_mcp import sensitive

Ask = Callable[[str], Any]


class Person(BaseModel):
    name: str
    age: int


class Order(TypedDict):
    item: str
    count: int


def text(topic: str) -> Any:
    return interrupt(f"What about {topic}?")


def an_object(topic: str) -> Any:
    return interrupt({"question": f"What about {topic}?", "draft": [topic, 1, 2.5, None]})


def nothing(_topic: str) -> Any:
    return interrupt(None)


def person(topic: str) -> Any:
    return interrupt(f"Who is {topic}?", response_schema=Person).model_dump()


def order(topic: str) -> Any:
    return interrupt(f"What of {topic}?", response_schema=Order)


def yes_no(topic: str) -> Any:
    return interrupt(f"May {topic}?", response_schema={"type": "boolean"})


def enum(topic: str) -> Any:
    return interrupt(f"May {topic}?", response_schema={"enum": ["approve", "reject", "later"]})


def summary(topic: str) -> Any:
    schema = {
        "type": "object",
        "properties": {"summary": {"type": "string"}},
        "required": ["summary"],
        "default": {"summary": topic},
    }
    return interrupt({"task": "Review", "summary": topic}, response_schema=schema)


def fields(topic: str) -> Any:
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}
    return interrupt(f"How many {topic}?", response_schema=schema)


def number(topic: str) -> Any:
    return interrupt(f"How much {topic}?", response_schema={"type": "integer", "minimum": 1})


def inbox_list(topic: str) -> Any:
    return interrupt([_inbox(topic, accept=True)])[0]


def inbox_bare(topic: str) -> Any:
    return interrupt(_inbox(topic, accept=True))


def inbox_respond_only(topic: str) -> Any:
    return interrupt([_inbox(topic, accept=False)])[0]


def _inbox(topic: str, *, accept: bool) -> dict[str, Any]:
    config = {"allow_accept": accept, "allow_edit": accept, "allow_respond": True, "allow_ignore": accept}
    return {"action_request": {"action": "do", "args": {"topic": topic}}, "config": config, "description": "Do it?"}


def middleware_like(topic: str) -> Any:
    """A graph that copies the shape of LangChain's middleware."""
    return interrupt(
        {
            "action_requests": [{"name": "do", "args": {"topic": topic}, "description": "Do it?"}],
            "review_configs": [{"action_name": "do", "allowed_decisions": ["approve", "edit", "reject", "respond"]}],
        }
    )["decisions"][0]


def form(topic: str) -> Any:
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
    return interrupt({"mode": "form", "message": f"Which {topic}?", "requestedSchema": schema})


def url(topic: str) -> Any:
    return interrupt({"mode": "url", "message": f"Sign in for {topic}", "url": "https://example.com/in"})


def carried(topic: str) -> Any:
    """Two questions of an MCP server at once."""
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
    return interrupt(
        {
            "type": "mcp_elicitation",
            "tool_name": "shop",
            "requests": [
                {"key": "a", "message": f"Which {topic}?", "mode": "form", "requested_schema": schema},
                {"key": "b", "message": "Sign in", "mode": "url", "url": "https://example.com/in"},
            ],
        }
    )["responses"]


@sensitive(allow=("accept", "edit", "reject", "respond"))
def mail(topic: str, copies: int = 1) -> str:
    """Sends a mail."""
    effect("mail", {"topic": topic, "copies": copies})
    return f"mailed {topic} {copies}"


def by_sensitive(topic: str) -> Any:
    return mail(topic)


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
ASKS: list[Ask] = [
    text,
    an_object,
    nothing,
    person,
    order,
    yes_no,
    enum,
    summary,
    fields,
    number,
    inbox_list,
    inbox_bare,
    inbox_respond_only,
    middleware_like,
    form,
    url,
    carried,
    by_sensitive,
]

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
