"""Agents that do what no agent should, and agents that are strict about their input."""

import asyncio
import math
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from asking_effects import effect
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt
from pydantic import BaseModel, field_serializer
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    kind: str
    result: Any


def graph(node: Any, **more: Any) -> Any:
    builder = StateGraph(State, **more)
    builder.add_node("node", node)
    builder.add_edge(START, "node")
    return builder.compile()


def _raise(state: State) -> Any:
    raise RuntimeError(f"no {state.get('kind')}\nat all; the key was sk-abcdefgh12345678")


raises = graph(_raise)


def _again(state: State) -> Any:
    return {"kind": state["kind"] + "."}


_around = StateGraph(State)
_around.add_node("node", _again)
_around.add_edge(START, "node")
_around.add_edge("node", "node")
recursive = _around.compile().with_config(recursion_limit=4)


async def _wait(_state: State) -> Any:
    effect("waiting", None)
    try:
        await asyncio.Event().wait()
    finally:
        effect("stopped", None)


endless = graph(_wait)


class Odd:
    """What no serializer knows."""


@dataclass
class Point:
    x: int


ODD: dict[str, Any] = {
    "object": Odd(),
    "function": print,
    "set": {1},
    "time": datetime(2026, 1, 2, tzinfo=UTC),
    "bytes": b"\xff\x00",
    "nan": [math.nan, math.inf],
    "point": Point(3),
    "integer": 2**70,
    "surrogate": "half \ud83d of it",
    "class": Odd,
    "deep": None,
    "wordy": "word " * 3_000,
}
_deep: Any = 1
for _ in range(200):
    _deep = [_deep]
ODD["deep"] = _deep
odd = graph(lambda state: {"result": ODD[state["kind"]]})


def _large(kind: str) -> Any:
    size = 10_000_000 if kind == "text" else 200_000
    return {
        "text": "x" * size,
        "quotes": '"\\\\' * (size // 2),
        "control": "\x00\x1f" * (size // 2),
        "foreign": "日本" * (size // 6),
        "numbers": list(range(50_000)),
        "texts": ['"'] * 40_000,
        "names": {f"name {i}": i for i in range(10_000)},
        "long name": {"n" * size: 1},
        "objects": [{"a": {"b": ["c"] * 5}} for _ in range(5_000)],
        "wide and deep": _tree(4),
        "names in quotes": {'"' * 30 + str(i): ['"'] * 50 for i in range(1_000)},
    }[kind]


def _tree(depth: int) -> Any:
    return {f"branch {i}": _tree(depth - 1) for i in range(9)} if depth else "leaf"


LARGE = (
    "text",
    "quotes",
    "control",
    "foreign",
    "numbers",
    "texts",
    "names",
    "long name",
    "objects",
    "wide and deep",
    "names in quotes",
)
large = graph(lambda state: {"result": _large(state["kind"])})
large_error = graph(lambda state: (_ for _ in ()).throw(RuntimeError(_large("quotes"))))
large_question = graph(lambda state: {"result": interrupt(_large(state["kind"]))})


def _ask(state: State) -> Any:
    interrupt({"question": "Which?", "number": state["kind"], "long": '"' * 2_000})
    return {}


_many = StateGraph(State)
_many.add_node("ask", _ask)
_many.add_conditional_edges(START, lambda state: [Send("ask", {"kind": str(i)}) for i in range(150)], ["ask"])
many_questions = _many.compile()


def _print(_state: State) -> Any:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    return {"result": "quiet"}


prints = graph(_print)


class Unreadable(BaseModel):
    """Cannot be written as JSON."""

    kind: str = ""

    @field_serializer("kind", when_used="json")
    def fail(self, kind: str) -> str:
        raise RuntimeError("not to be written")


class Held(TypedDict, total=False):
    held: Unreadable


_unreadable = StateGraph(Held)
_unreadable.add_node("node", lambda _state: {"held": Unreadable()})
_unreadable.add_edge(START, "node")
unreadable = _unreadable.compile()


class Unshowable(BaseModel):
    """Can be kept, but not be looked at."""

    kind: str = ""

    @field_serializer("kind", when_used="json")
    def fail(self, kind: str) -> str:
        raise RuntimeError("not to be written")

    def __repr__(self) -> str:
        raise RuntimeError("not to be read")


class Shown(TypedDict, total=False):
    held: Unshowable


_unshowable = StateGraph(Shown)
_unshowable.add_node("node", lambda _state: {"held": Unshowable()})
_unshowable.add_edge(START, "node")
unshowable = _unshowable.compile()


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not to be read")


def _unprintable(_state: State) -> Any:
    raise Unprintable


unprintable = graph(_unprintable)


class Asked(TypedDict):
    question: str


class Answered(TypedDict):
    answer: str


class Everything(Asked, Answered):
    scratch: str


def _narrow(state: Any) -> Any:
    question = interrupt("Instead?") if state["question"] == "ask" else state["question"]
    return {"answer": f"{question}!", "scratch": "not for others"}


_narrowed = StateGraph(Everything, input_schema=Asked, output_schema=Answered)
_narrowed.add_node("node", _narrow)
_narrowed.add_edge(START, "node")
narrow = _narrowed.compile()


class Room(BaseModel):
    floor: int
    view: Literal["sea", "yard"] = "yard"


class Strict(BaseModel):
    room: Room
    nights: int


_strict = StateGraph(Strict, context_schema=Room)
_strict.add_node("node", lambda state: {"nights": interrupt(state.nights)})
_strict.add_edge(START, "node")
strict = _strict.compile()
