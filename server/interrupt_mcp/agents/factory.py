"""A factory: what stands under a name in a module, made into a graph. It knows nothing of files and names."""

import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

import anyio
import anyio.to_thread


def is_graph(value: object) -> bool:
    """Whether it is a graph, compiled or not yet."""
    from langgraph.graph import StateGraph
    from langgraph.pregel import Pregel

    return isinstance(value, Pregel | StateGraph)


def compiled(value: object) -> Any:
    """Return the compiled graph.

    Raises:
        TypeError: the value is no graph.
    """
    from langgraph.graph import StateGraph

    if not is_graph(value):
        raise TypeError(f"a {type(value).__name__} is neither a LangGraph graph nor a function that makes one")
    return value.compile() if isinstance(value, StateGraph) else value


def make(attribute: object, configurable: Mapping[str, Any]) -> object:
    """Return the attribute itself where it is a graph, else what it gives when it is called with the configuration."""
    if is_graph(attribute) or not callable(attribute):
        return attribute
    return attribute(**_arguments(attribute, configurable))


def takes_config(attribute: object) -> bool:
    """Whether it is a function that makes a graph of a configuration, maybe another graph for each run."""
    if is_graph(attribute) or not callable(attribute):
        return False
    return any(_takes_config(parameter) for parameter in inspect.signature(attribute).parameters.values())


def is_made(value: object) -> bool:
    """Whether nothing has to be awaited or entered any more."""
    unfinished = inspect.isawaitable(value) or hasattr(value, "__aenter__") or hasattr(value, "__enter__")
    return is_graph(value) or not unfinished


@asynccontextmanager
async def entered(value: Any) -> AsyncIterator[object]:
    """Await a coroutine and enter a context manager, where the value is one; to be left in the same task."""
    if inspect.isawaitable(value):
        value = await value
    if is_made(value):
        yield value
    elif hasattr(value, "__aenter__"):
        async with value as given:
            yield given
    else:
        async with _in_threads(value) as given:
            yield given


def _arguments(factory: Callable[..., object], configurable: Mapping[str, Any]) -> dict[str, object]:
    """Return a configuration for the parameter that takes one; any other has to have a default."""
    parameters = inspect.signature(factory).parameters.values()
    arguments: dict[str, object] = {}
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if _takes_config(parameter):
            arguments[parameter.name] = {"configurable": dict(configurable)}
        elif parameter.default is parameter.empty:
            raise TypeError(
                f"a function that makes a graph may take one RunnableConfig and nothing else, not `{parameter}`"
            )
    return arguments


def _takes_config(parameter: inspect.Parameter) -> bool:
    if parameter.kind is parameter.POSITIONAL_ONLY:
        return False
    if parameter.annotation is parameter.empty and parameter.default is parameter.empty:
        return True
    return parameter.name == "config" or "RunnableConfig" in str(parameter.annotation)


@asynccontextmanager
async def _in_threads(manager: AbstractContextManager[object]) -> AsyncIterator[object]:
    given = await anyio.to_thread.run_sync(manager.__enter__)
    try:
        yield given
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(manager.__exit__, None, None, None)
