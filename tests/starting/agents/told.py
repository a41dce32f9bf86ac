"""Agents that answer with what they were started with: their context, their configuration, who and where they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NotRequired

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import BaseModel
from typing_extensions import TypedDict

SHOWN = (
    "user_id",
    "thread_id",
    "checkpoint_ns",
    "langgraph_auth_user",
    "langgraph_user_id",
    "__pregel_x",
    "graph_id",
    "assistant_id",
)


class State(MessagesState):
    found: NotRequired[dict[str, Any]]


@dataclass
class Who:
    user_id: str = "nobody"
    languages: list[str] = field(default_factory=lambda: ["en"])


@dataclass
class Needed:
    user_id: str


class Model(BaseModel):
    user_id: str = "nobody"
    times: int = 1


class Typed(TypedDict):
    user_id: str
    times: int


def _look(state: State, config: RunnableConfig, runtime: Runtime[Any]) -> Any:
    configurable = config["configurable"]
    context = runtime.context
    return {
        "found": {
            "configurable": {name: configurable[name] for name in SHOWN if name in configurable},
            "run_id": configurable["run_id"],
            "context": context if isinstance(context, dict) else vars(context),
        }
    }


def _then(state: State) -> Any:
    interrupt("Go on?")
    return {}


def _looking(schema: Any = None, **more: Any) -> Any:
    return StateGraph(State, context_schema=schema).add_sequence([("look", _look)]).add_edge(START, "look").compile()


plain = _looking()
who = _looking(Who)
needed = _looking(Needed)
model = _looking(Model)
typed = _looking(Typed)

pausing: Any = StateGraph(State).add_sequence([("ask", _then), ("look", _look)]).add_edge(START, "ask").compile()


def _named(name: str) -> Any:
    """A graph that knows for whom it was made, and has a node of that name."""

    def greet(state: State) -> Any:
        interrupt(f"Greet {name}?")
        return {"messages": [("ai", f"Hello {name}")]}

    return StateGraph(State).add_node(f"greet_{name}", greet).add_edge(START, f"greet_{name}").compile()


def made(config: RunnableConfig) -> Any:
    """Makes a graph for whoever the configuration names."""
    return _named(config["configurable"].get("user_id", "nobody"))


@asynccontextmanager
async def held(config: RunnableConfig) -> AsyncIterator[Any]:
    """Makes one as long as it is used."""
    yield _named(config["configurable"].get("user_id", "nobody"))


def broken(config: RunnableConfig) -> Any:
    """Makes one for some, and fails for others."""
    return _named({"nobody": "nobody", "ann": "ann"}[config["configurable"].get("user_id", "nobody")])


@asynccontextmanager
async def meddling(config: RunnableConfig) -> AsyncIterator[Any]:
    """Makes one, and would have whatever happens meanwhile be as if it had not; then it fails itself."""
    try:
        yield _named(config["configurable"].get("user_id", "nobody"))
    finally:
        raise RuntimeError("The door is stuck")
