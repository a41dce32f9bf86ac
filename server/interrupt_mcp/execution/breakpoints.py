"""Static breakpoints: where a thread stands at one, its own graph's or one of a graph within.

LangGraph keeps nothing of such a pause. It is read from the checkpoints, by LangGraph's own rule. It knows no person.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph._internal._config import recast_checkpoint_ns
from langgraph._internal._constants import CONFIG_KEY_CHECKPOINTER, NS_END, NS_SEP
from langgraph.pregel._algo import should_interrupt

from interrupt_mcp.execution.reading import Unread, state_of
from interrupt_mcp.execution.within import graphs_within


@dataclass(frozen=True, slots=True)
class Stop:
    """One graph that stands at a breakpoint; several may, side by side."""

    checkpoint_id: str
    """Of that graph."""
    nodes: tuple[str, ...]
    """What runs next."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A task as far as LangGraph looks at it."""

    name: str
    config: Mapping[str, Any]


def breaks(graph: Any) -> bool:
    """Whether the graph itself has static breakpoints."""
    return bool(graph.interrupt_before_nodes or graph.interrupt_after_nodes)


async def stops(graph: Any, state: Any) -> list[Stop]:
    """Where the thread with this state stands at breakpoints. A step that has begun is behind its own."""
    if not state.next:
        return []
    thread_id = state.config["configurable"]["thread_id"]
    begun = await graph.checkpointer.namespaces(thread_id)
    return await _stops(graph, graph.checkpointer, state, begun, ())


async def _stops(graph: Any, saver: Any, state: Any, begun: Collection[str], around: tuple[str, ...]) -> list[Stop]:
    found: list[Stop] = []
    began = False
    for task in state.tasks:
        if task.result is not None:
            began = True
            continue
        places = _places(state, task, begun)
        began = began or bool(places or task.error or task.interrupts)
        for ns in places:
            found += await _within(graph, saver, state, task.name, ns, begun, last=ns == places[-1])
        if (kept := recast_checkpoint_ns(_own(state, task))) in begun:
            # A graph that keeps its state from one task to the next, and may not have begun in this one.
            within = await _within(graph, saver, state, task.name, kept, begun, last=False)
            began = began or bool(within)
            found += within
    if not began:
        saved = await saver.aget_tuple(state.config)
        if _stands(graph, saved, state.next):
            found.append(Stop(saved.checkpoint["id"], tuple(dict.fromkeys(state.next or around))))
    return found


def _places(state: Any, task: Any, begun: Collection[str]) -> list[str]:
    """The namespaces of the graphs that the task began; each but the last may have come to its end."""
    own = _own(state, task)
    further = f"{own}{NS_SEP}"
    numbered = [ns for ns in begun if ns.startswith(further) and ns.removeprefix(further).isdigit()]
    return [ns for ns in (own,) if ns in begun] + sorted(numbered, key=lambda ns: (len(ns), ns))


def _own(state: Any, task: Any) -> str:
    outer = state.config["configurable"].get("checkpoint_ns", "")
    return f"{outer}{NS_SEP if outer else ''}{task.name}{NS_END}{task.id}"


async def _within(
    graph: Any, saver: Any, state: Any, node: str, ns: str, begun: Collection[str], *, last: bool
) -> list[Stop]:
    place: RunnableConfig = {
        "configurable": {
            "thread_id": state.config["configurable"]["thread_id"],
            "checkpoint_ns": ns,
            CONFIG_KEY_CHECKPOINTER: saver,
        }
    }
    saved = await saver.aget_tuple(place)
    for inner in graphs_within(graph.nodes[node]) if node in graph.nodes else ():
        if not _is_of(inner, saved.checkpoint):
            continue
        now = await state_of(inner, place)
        if isinstance(now, Unread):
            continue
        # Only the last one may stand after its own last node: the task went on behind the others.
        if (now.next or last) and (found := await _stops(inner, saver, now, begun, (node,))):
            return found
    return []


def _is_of(graph: Any, checkpoint: Any) -> bool:
    """Whether the checkpoint may be one of this graph."""
    ran = {name for name in checkpoint["versions_seen"] if not name.startswith("__")}
    return ran <= set(graph.nodes) and set(checkpoint["channel_values"]) <= set(graph.channels)


def _stands(graph: Any, saved: Any, following: Collection[str]) -> bool:
    checkpoint = saved.checkpoint
    # Nothing of this run came before its input.
    ran = [] if saved.metadata.get("source") == "input" else last_nodes(graph, checkpoint)
    return bool(
        should_interrupt(checkpoint, graph.interrupt_before_nodes, _tasks(graph, following))
        or should_interrupt(checkpoint, graph.interrupt_after_nodes, _tasks(graph, ran))
    )


def _tasks(graph: Any, names: Collection[str]) -> Iterator[Any]:
    return (_Task(name, {"tags": graph.nodes[name].tags or ()}) for name in names if name in graph.nodes)


def last_nodes(graph: Any, checkpoint: Any) -> list[str]:
    """The nodes that ran in the step that led to the checkpoint."""
    seen = {node: max(versions.values()) for node, versions in checkpoint["versions_seen"].items() if versions}
    latest = max((version for node, version in seen.items() if node in graph.nodes), default=None)
    return [node for node in graph.nodes if latest is not None and seen.get(node) == latest]
