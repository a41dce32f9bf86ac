"""An agent that keeps a text, a list and an object in LangGraph's store, and tells what it finds there."""

from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.store.base import BaseStore
from typing_extensions import TypedDict

VALUES: dict[str, Any] = {"text": "likes tea", "list": ["tea", 2], "object": {"likes": "tea"}, "number": 0}


class Memory(TypedDict, total=False):
    kept: dict[str, Any]
    searched: dict[str, Any]
    gone: Any


async def keep(state: Memory, store: BaseStore) -> None:
    for key, value in VALUES.items():
        await store.aput(("preferences",), key, value)
    await store.aput(("preferences",), "gone", "for now")
    await store.adelete(("preferences",), "gone")


def tell(state: Memory, store: BaseStore) -> Memory:
    found = {key: store.get(("preferences",), key) for key in VALUES}
    return {
        "kept": {key: item.value for key, item in found.items() if item is not None},
        "searched": {item.key: item.value for item in store.search(("preferences",))},
        "gone": store.get(("preferences",), "gone"),
    }


builder = StateGraph(Memory).add_node("keep", keep).add_node("tell", tell)
keepsakes = builder.add_edge(START, "keep").add_edge("keep", "tell").compile()
