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
from langgraph.constants import START
from langgraph.types import Command, StateUpdate

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.execution.breakpoints import has_breakpoints, is_at_breakpoint, last_nodes
from interrupt_mcp.execution.trial import read_at, refuse_unmapped, sentence_of
from interrupt_mcp.model import Call, JsonObject, to_json

_KEPT = ("step", "parents", "counters_since_delta_snapshot")
"""What a checkpoint's metadata says of its content, which holds for a copy too."""


@dataclass(frozen=True, slots=True)
class Rewind:
    """Go on from an older checkpoint."""

    checkpoint_id: str
    values: JsonObject | None = None
    """What the graph's reducers merge into the state first; `None` where it goes on as it was."""


async def rewound(graph: Any, config: RunnableConfig, step: Rewind) -> tuple[Any, RunnableConfig] | None:
    """Begin the branch, and return what to give the graph at which checkpoint; `None` where that is at a breakpoint.

    The first checkpoint that is written with the run's mark, which `config` has, is one that a run can go on from.
    """
    at = _at(config, step.checkpoint_id)
    state = await graph.aget_state(at)
    if step.values is None:
        stands = is_at_breakpoint(graph, state.next, await _last_nodes(graph, at))
        if stands or await _begins_none(graph, at):
            at = await _copied(graph, at, "fork")
        return None if stands else (None, at)
    if START in state.next:
        return await _after_input(graph, config, step.checkpoint_id, step.values)
    nodes = await _last_nodes(graph, at)
    if _how_to_merge(graph, state, nodes) is _Merge.KEEPING_NEXT:
        return Command(update=step.values), await _branch_start(graph, config, step.checkpoint_id)
    updates = [StateUpdate(step.values if n == 0 else {}, node) for n, node in enumerate(nodes)]
    return await _going_on(graph, config, await graph.abulk_update_state(at, [updates]), nodes)


async def _after_input(
    graph: Any, config: RunnableConfig, checkpoint_id: str, values: JsonObject
) -> tuple[Any, RunnableConfig] | None:
    """Begin the branch with the values merged after the input, which would else be merged over them."""
    at = _at(_unmarked(config), checkpoint_id)
    saved = await graph.checkpointer.aget_tuple(at)
    begun = await graph.aupdate_state(at, saved.checkpoint["channel_values"][START], START)
    begun_id = begun["configurable"]["checkpoint_id"]
    if not has_breakpoints(graph):
        return Command(update=values), await _branch_start(graph, config, begun_id)
    return await _going_on(graph, config, await graph.aupdate_state(_at(config, begun_id), values, START), [START])


async def _begins_none(graph: Any, at: RunnableConfig) -> bool:
    """Whether LangGraph would begin no branch here: it goes on at the latest checkpoint itself if one begins there."""
    head = await graph.checkpointer.aget_tuple(_at(at, ""))
    is_head = head.config["configurable"]["checkpoint_id"] == at["configurable"]["checkpoint_id"]
    return is_head and head.metadata.get("source") in ("fork", "update")


async def _branch_start(graph: Any, config: RunnableConfig, checkpoint_id: str) -> RunnableConfig:
    """Return a checkpoint like this one, at which LangGraph begins a branch when it is given something.

    A copy is without the run's mark, so that a process that dies here leaves nothing that looks begun.
    """
    at = _at(_unmarked(config), checkpoint_id)
    if await _begins_none(graph, at):
        at = await _copied(graph, at, "copy")
    return {**config, "configurable": at["configurable"]}


async def _copied(graph: Any, at: RunnableConfig, source: str) -> RunnableConfig:
    """Save the same checkpoint once more, as the latest. LangGraph's own `__copy__` leaves out the run's mark."""
    saved: CheckpointTuple = await graph.checkpointer.aget_tuple(at)
    parent = (saved.parent_config or {}).get("configurable", {}).get("checkpoint_id")
    copy = copy_checkpoint(saved.checkpoint)
    copy["id"], copy["ts"] = str(uuid6()), datetime.now(UTC).isoformat()
    kept = {key: value for key, value in saved.metadata.items() if key in _KEPT}
    metadata = cast("CheckpointMetadata", {**kept, "source": source})
    await graph.checkpointer.aput(_at(at, parent), copy, metadata, {})
    return _at(at, copy["id"])


async def _going_on(
    graph: Any, config: RunnableConfig, begun: RunnableConfig, nodes: Sequence[str]
) -> tuple[Any, RunnableConfig] | None:
    at = _at(config, begun["configurable"]["checkpoint_id"])
    state = await graph.aget_state(at)
    return None if is_at_breakpoint(graph, state.next, nodes) else (None, at)


class _Merge(Enum):
    """How values are merged."""

    KEEPING_NEXT = "what runs next stays the same"
    BY_EDGES = "the edges of the nodes that ran are followed again, as the state may decide what runs next"


def _how_to_merge(graph: Any, state: Any, nodes: Sequence[str]) -> _Merge:
    """Decide how values are merged after these nodes.

    Raises:
        InvalidInput: they cannot be, in either way.
    """
    builder = graph.builder
    if any(builder.branches.get(node) for node in nodes):
        return _Merge.BY_EDGES
    if not is_at_breakpoint(graph, state.next, nodes):
        return _Merge.KEEPING_NEXT
    # A run that is given anything at a breakpoint goes past it.
    if not {start for start, _ in builder.edges} | {n for starts, _ in builder.waiting_edges for n in starts} >= {
        *nodes
    }:
        raise InvalidInput(
            f"values cannot be merged at this breakpoint, because {', '.join(nodes)} chose itself what runs next"
        )
    return _Merge.BY_EDGES


def begins_with(graph: Any, thread_id: str, step: Rewind) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the state at the checkpoint, with an input that was not applied yet, and that with the values merged in.

    Nothing is written. It runs code of the agent's own, which may take its time: not for the event loop.

    Raises:
        InvalidInput: a reducer does not take its value.
        Unreadable: nothing can go on from this checkpoint.
    """
    at = _at({"configurable": {"thread_id": thread_id}}, step.checkpoint_id)
    state = read_at(graph, at)
    before = dict(state.values) if isinstance(state.values, dict) else {"": state.values}
    if START in state.next:
        saved = graph.checkpointer.get_tuple(at)
        before[START] = saved.checkpoint["channel_values"].get(START)
        if has_breakpoints(graph) and (
            others := sorted((step.values or {}).keys() - graph.builder.schemas[graph.builder.input_schema].keys())
        ):
            raise InvalidInput(f"values.{others[0]} is no part of the input, which is all that can be edited here")
    elif step.values is not None:
        _how_to_merge(graph, state, last_nodes(graph, graph.checkpointer.get_tuple(at).checkpoint))
    after = {**before, **{key: _merged(graph, before, key, item) for key, item in (step.values or {}).items()}}
    if step.values is not None:
        refuse_unmapped(graph, [name for name in state.next if name != START], after, "values")
    return before, after


def calls_within(value: Any) -> Iterator[Call]:
    """Return all tool calls of messages anywhere in a state, also of messages that are still plain objects."""
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
            call_id = str(call.get("id") or "")
            yield Call(
                "", str(message_id or ""), position, call_id, str(name or ""), args if isinstance(args, dict) else {}
            )


def _merged(graph: Any, state: Mapping[str, Any], key: str, value: Any) -> Any:
    channel = graph.channels[key]
    try:
        merged = channel.from_checkpoint(state[key]) if key in state else channel.copy()
        merged.update([deepcopy(value)])
        return merged.get()
    except Exception as error:
        raise InvalidInput(f"values.{key}: {sentence_of(error)}") from error


def _unmarked(config: RunnableConfig) -> RunnableConfig:
    return {"configurable": config["configurable"]}


def _at(config: RunnableConfig, checkpoint_id: str | None) -> RunnableConfig:
    conf = {**config["configurable"], "checkpoint_ns": "", "checkpoint_id": checkpoint_id}
    return {**config, "configurable": conf}


async def _last_nodes(graph: Any, at: RunnableConfig) -> list[str]:
    return last_nodes(graph, (await graph.checkpointer.aget_tuple(at)).checkpoint)
