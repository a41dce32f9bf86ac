"""Agents that tell what cannot be shown as it is, or too much of it."""

import threading
from collections.abc import Callable
from typing import Any

from langgraph.config import get_stream_writer
from langgraph.graph import START, MessagesState, StateGraph


class Nameless(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise RuntimeError("nameless")


class Thing(metaclass=Nameless):
    """Fails at whatever is asked of it."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = None  # type: ignore[assignment]


class Texts(dict[str, Any]):
    def __iter__(self) -> Any:
        raise RuntimeError("no")


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


def own_tail() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["again"] = value
    return value


EVENTS: dict[str, Callable[[], Any]] = {
    "a megabyte": lambda: "a word and more " * 65_536,
    "a megabyte without a space": lambda: "x" * 2**20,
    "a large object": lambda: {f"key {number}": "v" * 1000 for number in range(10_000)},
    "a large key": lambda: {"k" * 2**20: 1},
    "deep": deep,
    "its own tail": own_tail,
    "no JSON": Thing,
    "no JSON within": lambda: {"things": [Thing(), {1, 2}, b"bytes", {("a", 1): 2}, threading.Lock()]},
    "a class of its own": lambda: Texts(a=1),
    "a large number": lambda: [10**10_000, float("nan"), float("inf")],
    "turned round": lambda: "paid \u202e005$\u202c \u200b to \x1b[31mbob\x00",
    "half a character": lambda: "\ud800 {\udfff",
    "lines": lambda: "one\ntwo\r\nthree\u2028four",
    "a key": lambda: "with sk-proj-abcdefghijklmnop0123456789",
    "a named key": lambda: {"api_key": "hunter2hunter2", "at": 3},
    "a key within": lambda: {"deep": [{"said": "Bearer abcdefgh12345678"}]},
    "a long key": lambda: "word " * 58 + "sk-proj-" + "a1" * 400,
    "nothing": lambda: None,
    "no text": lambda: "",
    "markup": lambda: "<script>alert(1)</script> [link](http://x) {{7*7}}",
}


def tells(state: MessagesState) -> dict[str, Any]:
    get_stream_writer()(EVENTS[state["messages"][-1].text]())
    return {}


def floods(_: MessagesState) -> dict[str, Any]:
    write = get_stream_writer()
    for number in range(10_000):
        write({"event": number})
    return {}


def of_node(name: str, node: Any) -> Any:
    return StateGraph(MessagesState).add_node(name, node).add_edge(START, name).compile()


odd = of_node("tells", tells)
flood = of_node("floods", floods)
named = of_node("pay \u202e5\u202c sk-proj-abcdefghijklmnop0123456789 " + "n" * 5000, lambda _: {})
