"""Going on from an older checkpoint, on a branch of its own, with an edited state where one is given.

LangGraph writes the checkpoint that begins the branch, so that tasks and interrupts get new ids there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, cast

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointMetadata, CheckpointTuple, copy_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.types import Command, StateUpdate

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.execution.breakpoints import breaks, last_nodes
from interrupt_mcp.execution.trial import read_at, refuse_unmapped, said
from interrupt_mcp.model import Call, JsonObject, to_json

_INPUT = "__start__"
_KEPT = ("step", "parents", "counters_since_delta_snapshot")
"""What a checkpoint's metadata says of its content."""


@dataclass(frozen=True, slots=True)
class Rewind:
    """Go on from this checkpoint, after these values were merged into its state by the graph's reducers."""

    checkpoint_id: str
    values: JsonObject | None = None


async def rewound(graph: Any, config: RunnableConfig, step: Rewind) -> tuple[Any, RunnableConfig] | None:
    """Begin the branch: what to give the graph, and the checkpoint at which; `None` where it stands at a breakpoint.

    The first checkpoint that is written with the run's mark, which `config` has, is one that a run can go on from.
    """
    at = _at(config, step.checkpoint_id)
    state = await graph.aget_state(at)
    if step.values is None:
        stands = _at_breakpoint(graph, state.next, await _last_nodes(graph, at))
        if stands or await _begins_none(graph, at):
            at = await _copied(graph, at, "fork")
        return None if stands else (None, at)
    if _INPUT in state.next:
        return await _after_input(graph, config, step.checkpoint_id, step.values)
    nodes = await _last_nodes(graph, at)
    if _way(graph, state, nodes) is _Way.AS_IT_IS:
        return Command(update=step.values), await _beginning(graph, config, step.checkpoint_id)
    updates = [StateUpdate(step.values if n == 0 else {}, node) for n, node in enumerate(nodes)]
    return await _from(graph, config, await graph.abulk_update_state(at, [updates]), nodes)


async def _after_input(
    graph: Any, config: RunnableConfig, checkpoint_id: str, values: JsonObject
) -> tuple[Any, RunnableConfig] | None:
    """The values come after the input, which would else be merged over them."""
    at = _at(_unmarked(config), checkpoint_id)
    saved = await graph.checkpointer.aget_tuple(at)
    begun = await graph.aupdate_state(at, saved.checkpoint["channel_values"][_INPUT], _INPUT)
    begun_id = begun["configurable"]["checkpoint_id"]
    if not breaks(graph):
        return Command(update=values), await _beginning(graph, config, begun_id)
    return await _from(graph, config, await graph.aupdate_state(_at(config, begun_id), values, _INPUT), [_INPUT])


async def _begins_none(graph: Any, at: RunnableConfig) -> bool:
    """Whether LangGraph would begin no branch here: it goes on at the latest checkpoint itself if one begins there."""
    head = await graph.checkpointer.aget_tuple(_at(at, ""))
    is_head = head.config["configurable"]["checkpoint_id"] == at["configurable"]["checkpoint_id"]
    return is_head and head.metadata.get("source") in ("fork", "update")


async def _beginning(graph: Any, config: RunnableConfig, checkpoint_id: str) -> RunnableConfig:
    """A checkpoint like this one, at which LangGraph begins a branch when it is given something.

    A copy is without the run's mark, so that a process that dies here leaves nothing that looks begun.
    """
    at = _at(_unmarked(config), checkpoint_id)
    if await _begins_none(graph, at):
        at = await _copied(graph, at, "copy")
    return {**config, "configurable": at["configurable"]}


async def _copied(graph: Any, at: RunnableConfig, source: str) -> RunnableConfig:
    """The same checkpoint once more, as the latest. LangGraph's own `__copy__` leaves out the run's mark."""
    saved: CheckpointTuple = await graph.checkpointer.aget_tuple(at)
    parent = (saved.parent_config or {}).get("configurable", {}).get("checkpoint_id")
    copy = copy_checkpoint(saved.checkpoint)
    copy["id"], copy["ts"] = str(uuid6()), datetime.now(UTC).isoformat()
    kept = {key: value for key, value in saved.metadata.items() if key in _KEPT}
    metadata = cast("CheckpointMetadata", {**kept, "source": source})
    await graph.checkpointer.aput(_at(at, parent), copy, metadata, {})
    return _at(at, copy["id"])


async def _from(
    graph: Any, config: RunnableConfig, begun: RunnableConfig, nodes: Sequence[str]
) -> tuple[Any, RunnableConfig] | None:
    at = _at(config, begun["configurable"]["checkpoint_id"])
    state = await graph.aget_state(at)
    return None if _at_breakpoint(graph, state.next, nodes) else (None, at)


class _Way(Enum):
    """How values are merged."""

    AS_IT_IS = "what runs next stays the same"
    BY_EDGES = "the edges of the nodes that ran are followed again, as the state may decide what runs next"


def _way(graph: Any, state: Any, nodes: Sequence[str]) -> _Way:
    """
    Raises:
        InvalidInput: neither way is open.
    """
    builder = graph.builder
    if any(builder.branches.get(node) for node in nodes):
        return _Way.BY_EDGES
    if not _at_breakpoint(graph, state.next, nodes):
        return _Way.AS_IT_IS
    # A run that is given anything at a breakpoint goes past it.
    if not {start for start, _ in builder.edges} | {n for starts, _ in builder.waiting_edges for n in starts} >= {
        *nodes
    }:
        raise InvalidInput(
            f"values cannot be merged at this breakpoint, because {', '.join(nodes)} chose itself what runs next"
        )
    return _Way.BY_EDGES


def _at_breakpoint(graph: Any, following: Sequence[str], ran: Sequence[str]) -> bool:
    before, after = graph.interrupt_before_nodes, graph.interrupt_after_nodes
    return any(before == "*" or node in before for node in following) or (
        bool(following) and any(after == "*" or node in after for node in ran if node != _INPUT)
    )


def begins_with(graph: Any, thread_id: str, step: Rewind) -> tuple[dict[str, Any], dict[str, Any]]:
    """The state at the checkpoint, with an input that was not applied yet, and the same with the values merged in.

    Nothing is written. It runs code of the agent's own, which may take its time: not for the event loop.

    Raises:
        InvalidInput: a reducer does not take its value.
        Unreadable: nothing can go on from this checkpoint.
    """
    at = _at({"configurable": {"thread_id": thread_id}}, step.checkpoint_id)
    state = read_at(graph, at)
    before = dict(state.values) if isinstance(state.values, dict) else {"": state.values}
    if _INPUT in state.next:
        saved = graph.checkpointer.get_tuple(at)
        before[_INPUT] = saved.checkpoint["channel_values"].get(_INPUT)
        if breaks(graph) and (
            others := sorted((step.values or {}).keys() - graph.builder.schemas[graph.builder.input_schema].keys())
        ):
            raise InvalidInput(f"values.{others[0]} is no part of the input, which is all that can be edited here")
    elif step.values is not None:
        _way(graph, state, last_nodes(graph, graph.checkpointer.get_tuple(at).checkpoint))
    after = {**before, **{key: _merged(graph, before, key, item) for key, item in (step.values or {}).items()}}
    if step.values is not None:
        refuse_unmapped(graph, [name for name in state.next if name != _INPUT], after, "values")
    return before, after


def calls_within(value: Any) -> Iterator[Call]:
    """All tool calls of messages anywhere in a state, also of messages that are still plain objects."""
    if isinstance(value, AIMessage):
        yield from _calls(value.id, value.tool_calls)
    elif isinstance(value, dict):
        if isinstance(calls := value.get("tool_calls"), list):
            yield from _calls(value.get("id"), calls)
        for item in value.values():
            yield from calls_within(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from calls_within(item)


def _calls(message_id: Any, calls: Iterable[Any]) -> Iterator[Call]:
    for position, call in enumerate(calls):
        if isinstance(call, dict):
            function = call.get("function")
            name = call.get("name") or (function.get("name") if isinstance(function, dict) else None)
            args = to_json(call.get("args"))
            place = (str(message_id or ""), position, str(call.get("id") or ""))
            yield Call("", *place, str(name or ""), args if isinstance(args, dict) else {})


def _merged(graph: Any, state: Mapping[str, Any], key: str, value: Any) -> Any:
    channel = graph.channels[key]
    try:
        merged = channel.from_checkpoint(state[key]) if key in state else channel.copy()
        merged.update([deepcopy(value)])
        return merged.get()
    except Exception as error:
        raise InvalidInput(f"values.{key}: {said(error)}") from error


def _unmarked(config: RunnableConfig) -> RunnableConfig:
    return {"configurable": config["configurable"]}


def _at(config: RunnableConfig, checkpoint_id: str | None) -> RunnableConfig:
    place = {**config["configurable"], "checkpoint_ns": "", "checkpoint_id": checkpoint_id}
    return {**config, "configurable": place}


async def _last_nodes(graph: Any, at: RunnableConfig) -> list[str]:
    return last_nodes(graph, (await graph.checkpointer.aget_tuple(at)).checkpoint)
