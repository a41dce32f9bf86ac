"""Every kind of thing that can stand for a graph: one, a builder of one, and functions and a class that make one."""

from typing import Any

from langchain_core.runnables import RunnableConfig

from tests.agents.agents.shouting import builder, graph


def make(debug: bool = False) -> Any:
    return graph


async def make_later(config):  # type: ignore[no-untyped-def]
    assert config == {"configurable": {}}
    return builder


def make_with(anything):  # type: ignore[no-untyped-def]
    assert anything == {"configurable": {}}
    return graph


async def make_annotated(given: "RunnableConfig | None" = None, *more: Any, **still_more: Any) -> Any:
    assert given == {"configurable": {}}
    return graph


class Made:
    def __new__(cls) -> Any:
        return graph
