"""Going on from an older checkpoint, on a branch of its own, with an edited state where one is given.

LangGraph writes the checkpoint that begins the branch, so that tasks and interrupts get new ids there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command, StateUpdate

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.model import Call, JsonObject, to_json

_INPUT = "__start__"


@dataclass(frozen=True, slots=True)
class Rewind:
    """Go on from this checkpoint, after these values were merged into its state by the graph's reducers."""

    checkpoint_id: str
    values: JsonObject | None = None


async def rewound(graph: Any, config: RunnableConfig, step: Rewind) -> tuple[Any, RunnableConfig]:
    """What to give the graph, and the checkpoint at which. The first that is written with `config` is the branch's."""
    at = _at(config, step.checkpoint_id)
    if step.values is None:
        return None, at
    saved = await graph.checkpointer.aget_tuple(at)
    state = await graph.aget_state(at)
    if _INPUT in state.next:
        # The values come after the input, which would else be merged over them. Without the run's mark, so that a
        # process that dies here leaves nothing that looks begun.
        given = saved.checkpoint["channel_values"][_INPUT]
        at = await graph.aupdate_state(_at({"configurable": config["configurable"]}, step.checkpoint_id), given, _INPUT)
        return Command(update=step.values), _at(config, at["configurable"]["checkpoint_id"])
    nodes = _last_nodes(graph, saved.checkpoint["versions_seen"])
    if not any(graph.builder.branches.get(node) for node in nodes):
        return Command(update=step.values), at
    # What runs next is decided by the state: the edges are followed again.
    updates = [StateUpdate(step.values if n == 0 else {}, node) for n, node in enumerate(nodes)]
    at = await graph.abulk_update_state(at, [updates])
    return None, _at(config, at["configurable"]["checkpoint_id"])


async def begins_with(graph: Any, thread_id: str, step: Rewind) -> tuple[dict[str, Any], dict[str, Any]]:
    """The state at the checkpoint, with an input that was not applied yet, and the same with the values merged in.

    Nothing is written.

    Raises:
        InvalidInput: a reducer does not take its value.
    """
    at = _at({"configurable": {"thread_id": thread_id}}, step.checkpoint_id)
    state = await graph.aget_state(at)
    before = dict(state.values) if isinstance(state.values, dict) else {"": state.values}
    if _INPUT in state.next:
        saved = await graph.checkpointer.aget_tuple(at)
        before[_INPUT] = saved.checkpoint["channel_values"].get(_INPUT)
    return before, {**before, **{key: _merged(graph, before, key, item) for key, item in (step.values or {}).items()}}


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
        merged.update([value])
        return merged.get()
    except Exception as error:
        raise InvalidInput(f"values.{key}: {type(error).__name__}: {error}") from error


def _at(config: RunnableConfig, checkpoint_id: str) -> RunnableConfig:
    place = {**config["configurable"], "checkpoint_ns": "", "checkpoint_id": checkpoint_id}
    return {**config, "configurable": place}


def _last_nodes(graph: Any, versions_seen: dict[str, dict[str, Any]]) -> list[str]:
    """The nodes that ran in the step that led to the checkpoint."""
    seen = {node: max(versions.values()) for node, versions in versions_seen.items() if versions}
    latest = max((version for node, version in seen.items() if node in graph.nodes), default=None)
    return [node for node in graph.nodes if latest is not None and seen.get(node) == latest]
