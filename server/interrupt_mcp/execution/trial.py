"""Trying an input: what LangGraph does with it before any node runs, on a copy of the thread's state.

Once kept, an input that a reducer or a validator refuses would fail every later read of the thread. Nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import is_dataclass
from types import SimpleNamespace
from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.channels import AnyValue, BinaryOperatorAggregate, EphemeralValue, LastValue, UntrackedValue
from langgraph.channels.base import BaseChannel
from langgraph.channels.binop import _get_overwrite
from langgraph.checkpoint.base import empty_checkpoint
from langgraph.graph import START
from langgraph.graph.message import add_messages
from langgraph.graph.state import CompiledStateGraph
from langgraph.pregel._checkpoint import channels_from_checkpoint
from pydantic import BaseModel, ValidationError

from interrupt_mcp.errors import InvalidInput, Unreadable
from interrupt_mcp.text import redaction

_ROOT = "__root__"
_KEEPS = (AnyValue, EphemeralValue, LastValue, UntrackedValue)
"""Channels that take one value as it is."""
_KINDS = (bool, int | float, str, list, dict)
"""Kinds of values that JSON can overwrite a state with."""
_LONGEST = 300
_RUN_START = SimpleNamespace(step=0, stop=25)
"""All that LangGraph makes managed values from, at the start of a run."""


def is_plain(graph: Any, given: Any) -> bool:
    """Whether nothing of the agent's own looks at the input before a node does, so that it need not be tried."""
    if any(node.mapper is not None for node in graph.nodes.values()):
        return False
    return all(_takes(graph.channels[name], value) for name, value in _writes(graph, given))


def _takes(channel: Any, value: Any) -> bool:
    if type(channel) is BinaryOperatorAggregate:
        said = isinstance(value, list) and all(type(each) is HumanMessage for each in value)
        return said and channel.operator is add_messages
    return type(channel) in _KEEPS


def try_input(graph: Any, thread_id: str, given: Any, named: str) -> str:
    """Merge the input into a copy of the thread's state, and return the checkpoint of that; empty where there is none.

    `named` is what errors call the input. It runs code of the agent's own, which may take its time: not for the event
    loop.

    Raises:
        InvalidInput: the graph does not take it there.
        Unreadable: the thread's state is such that it takes nothing.
    """
    config: RunnableConfig = {"configurable": {"thread_id": thread_id, "checkpoint_ns": ""}}
    saved = graph.checkpointer.get_tuple(config)
    if saved is not None and any(node.mapper is not None for node in graph.nodes.values()):
        read_at(graph, saved.config)
    checkpoint = empty_checkpoint() if saved is None else saved.checkpoint
    channels, _ = channels_from_checkpoint(
        graph.channels, checkpoint, saver=graph.checkpointer, config=saved.config if saved else None
    )
    for name, value in _writes(graph, deepcopy(given)):
        try:
            _refuse_overwrite(graph.channels[name], value)
            channels[name].update([value])
        except Exception as error:
            field = named if name in (START, _ROOT) or not isinstance(given, dict) else f"{named}.{name}"
            raise InvalidInput(f"{field}: {sentence_of(error)}") from error
    refuse_unmapped(graph, _first(graph), {n: c.get() for n, c in channels.items() if c.is_available()}, named)
    return "" if saved is None else str(checkpoint["id"])


def _refuse_overwrite(channel: Any, value: Any) -> None:
    """Refuse an overwrite of another kind than the value it overwrites, which would take nothing any more then.

    No reducer sees it.

    Raises:
        TypeError: it is of another kind.
    """
    overwrites, put = _get_overwrite(value)
    if overwrites and isinstance(channel, BinaryOperatorAggregate) and channel.is_available():
        empty = channel.get()
        kind = next((kind for kind in _KINDS if isinstance(empty, kind)), type(empty))
        if not isinstance(put, kind):
            raise TypeError(f"a {type(put).__name__} cannot be put in the place of a {type(empty).__name__}")


def refuse_unmapped(graph: Any, nodes: Iterable[str], values: Mapping[str, Any], named: str) -> None:
    """Refuse values that these nodes would not take.

    Raises:
        InvalidInput: a node's own type of state, such as one with validators, does not take them.
    """
    for node in (graph.nodes[name] for name in nodes if name in graph.nodes):
        if node.mapper is None:
            continue
        managed = {name: graph.channels[name].get(_RUN_START) for name in node.channels if not _is_channel(graph, name)}
        try:
            node.mapper({**managed, **{name: values[name] for name in node.channels if name in values}})
        except Exception as error:
            raise InvalidInput(f"{named}{sentence_of(error, within=True)}") from error


def refuse_context(graph: Any, context: Any) -> None:
    """Refuse a context that the graph would not take.

    Raises:
        InvalidInput: the graph's own type of context does not take it.
    """
    schema = graph.context_schema
    if (
        isinstance(context, dict)
        and isinstance(schema, type)
        and (issubclass(schema, BaseModel) or is_dataclass(schema))
    ):
        try:
            schema(**context)
        except Exception as error:
            raise InvalidInput(f"context{sentence_of(error, within=True)}") from error


def read_at(graph: Any, at: RunnableConfig) -> Any:
    """Return the thread's state at this checkpoint.

    Raises:
        Unreadable: it cannot be read.
    """
    try:
        return graph.get_state(at)
    except Exception as error:
        conf = at["configurable"]
        raise Unreadable(
            f"Thread {conf['thread_id']} cannot go on at checkpoint {conf['checkpoint_id']}: {sentence_of(error)}"
        ) from error


def sentence_of(error: BaseException, *, within: bool = False) -> str:
    """Return the error as one sentence; `within`, it begins with the field of the value, where the error names one."""
    field, text = "", redaction.said(error, _LONGEST)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field, text = "".join(f".{part}" for part in first["loc"]), redaction.line_of(first["msg"])
    told = f"{field}: {text}" if within else f"{field.removeprefix('.')}: {text}".removeprefix(": ")
    return told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"


def _writes(graph: Any, given: Any) -> Iterable[tuple[str, Any]]:
    """Return what the input puts into which channels; LangGraph drops other names."""
    if isinstance(graph, CompiledStateGraph):
        names = graph.builder.schemas[graph.builder.input_schema].keys()
        if list(names) == [_ROOT]:
            return [(_ROOT, given)]
    elif isinstance(graph.input_channels, str):
        return [(graph.input_channels, given)]
    else:
        names = graph.input_channels
    if not isinstance(given, dict):
        raise InvalidInput(f"input: it must be an object with some of {', '.join(names)}")
    return [(name, value) for name, value in given.items() if name in names and _is_channel(graph, name)]


def _is_channel(graph: Any, name: str) -> bool:
    return isinstance(graph.channels.get(name), BaseChannel)


def _first(graph: Any) -> Iterator[str]:
    """Return the nodes that may run first.

    Which of them do may be for the agent's own code to say, which is not asked: it may do something.
    """
    if not isinstance(graph, CompiledStateGraph):
        return
    builder = graph.builder
    surely = {end for start, end in builder.edges if start == START}
    branches = builder.branches.get(START, {}).values()
    maybe = {end for branch in branches for end in (builder.nodes if branch.ends is None else branch.ends.values())}
    for name, node in builder.nodes.items():
        if name in surely or (name in maybe and node.input_schema is builder.state_schema):
            yield name
