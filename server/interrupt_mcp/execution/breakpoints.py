"""Static breakpoints: where a thread waits at one, its own graph's or one of a graph within.

LangGraph keeps nothing of such a pause. It is read from the checkpoints, by LangGraph's own rule. It knows no person.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph._internal._config import recast_checkpoint_ns
from langgraph._internal._constants import CONFIG_KEY_CHECKPOINTER, NS_SEP
from langgraph.constants import START
from langgraph.pregel._algo import should_interrupt

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.execution.reading import Unread, state_of
from interrupt_mcp.execution.upcoming import NOTHING_SEEN, DefaultsOf, Upcoming, namespace, tool_node_of, upcoming
from interrupt_mcp.execution.within import graphs_within
from interrupt_mcp.model import Breakpoints

ALL = "*"
"""LangGraph's word for all nodes."""


@dataclass(frozen=True, slots=True)
class BreakpointPause:
    """One graph that waits at a breakpoint; several may, side by side."""

    checkpoint_id: str
    """The checkpoint of that graph."""
    nodes: tuple[str, ...]
    """The nodes that run next."""
    ns: str = ""
    """The namespace of that graph; empty for the thread's own."""
    upcoming: Upcoming = NOTHING_SEEN
    """What these do, as far as it is seen."""


@dataclass(frozen=True, slots=True)
class _Task:
    """A task as far as LangGraph looks at it."""

    name: str
    """That of its node."""
    config: Mapping[str, Any]
    """With the node's tags."""


def also_stopping_at(graph: Any, breakpoints: Breakpoints) -> dict[str, Any]:
    """Return what a copy of the graph is to have so that it stops at these nodes as well."""
    return {
        "interrupt_before_nodes": _either(graph.interrupt_before_nodes, breakpoints.before),
        "interrupt_after_nodes": _either(graph.interrupt_after_nodes, breakpoints.after),
    }


def refuse_unknown_nodes(graph: Any, breakpoints: Breakpoints) -> None:
    """Refuse names that are no nodes of the graph.

    Raises:
        InvalidInput: one is none.
    """
    names = [name for name in graph.nodes if name != START]
    for argument, given in (("interrupt_before", breakpoints.before), ("interrupt_after", breakpoints.after)):
        if unknown := [name for name in given if name not in (*names, ALL)]:
            there = ", ".join(names)
            raise InvalidInput(f"{argument}: there is no node {unknown[0]!r}; there are {there}, and * for all of them")


def _either(own: Any, given: tuple[str, ...]) -> Any:
    """Return the nodes of both; LangGraph has a word for all nodes, and else a list."""
    return ALL if ALL in (own, *given) else [*dict.fromkeys((*own, *given))]


def has_breakpoints(graph: Any) -> bool:
    """Whether the graph itself has static breakpoints."""
    return bool(graph.interrupt_before_nodes or graph.interrupt_after_nodes)


def is_at_breakpoint(graph: Any, following: Collection[str], ran: Collection[str]) -> bool:
    """Whether a branch that begins after the nodes that `ran`, and before the `following`, begins at a breakpoint.

    Only names count here. By LangGraph's own rule the checkpoint that begins a branch is past its breakpoint, so that a
    rewind to that checkpoint would not ask again.
    """
    before, after = graph.interrupt_before_nodes, graph.interrupt_after_nodes
    return any(before == "*" or node in before for node in following) or (
        bool(following) and any(after == "*" or node in after for node in ran if node != START)
    )


async def breakpoint_pauses(graph: Any, state: Any, defaults: DefaultsOf) -> list[BreakpointPause]:
    """Return where the thread with this state waits at breakpoints. A step that has begun is behind its own."""
    if not state.next:
        return []
    thread_id = state.config["configurable"]["thread_id"]
    begun = await graph.checkpointer.namespaces(thread_id)
    return await _Thread(graph.checkpointer, begun, defaults).pauses(graph, state, ())


@dataclass(frozen=True, slots=True)
class _Thread:
    """A thread whose graphs are looked through."""

    saver: Any
    begun: Collection[str]
    """The namespaces of all graphs that ever ran on it."""
    defaults: DefaultsOf

    async def pauses(
        self, graph: Any, state: Any, around: tuple[str, ...], *, in_tool: bool = False
    ) -> list[BreakpointPause]:
        """Return where this graph and those within it wait; `around` is the node that runs the graph."""
        found: list[BreakpointPause] = []
        began = False
        for task in state.tasks:
            if task.result is not None:
                began = True
                continue
            inside = in_tool or tool_node_of(graph.nodes.get(task.name)) is not None
            namespaces = self._namespaces(state, task)
            began = began or bool(namespaces or task.error or task.interrupts)
            for ns in namespaces:
                last = ns == namespaces[-1]
                found += await self._within(graph, state, task.name, ns, last=last, in_tool=inside)
            if (kept := recast_checkpoint_ns(namespace(state, task))) in self.begun:
                # A graph that keeps its state from one task to the next, and may not have begun in this one.
                within = await self._within(graph, state, task.name, kept, last=False, in_tool=inside)
                began = began or bool(within)
                found += within
        if not began:
            saved = await self.saver.aget_tuple(state.config)
            if _pauses_at(graph, saved, state.next):
                found.append(self._pause(graph, state, saved, around, in_tool=in_tool))
        return found

    def _pause(self, graph: Any, state: Any, saved: Any, around: tuple[str, ...], *, in_tool: bool) -> BreakpointPause:
        return BreakpointPause(
            saved.checkpoint["id"],
            tuple(dict.fromkeys(state.next or around)),
            state.config["configurable"].get("checkpoint_ns", ""),
            upcoming(graph, state, saved, self.defaults, in_tool=in_tool),
        )

    def _namespaces(self, state: Any, task: Any) -> list[str]:
        """Return the namespaces of the graphs that the task began; each but the last may have come to its end."""
        own = namespace(state, task)
        further = f"{own}{NS_SEP}"
        numbered = [ns for ns in self.begun if ns.startswith(further) and ns.removeprefix(further).isdigit()]
        return [ns for ns in (own,) if ns in self.begun] + sorted(numbered, key=lambda ns: (len(ns), ns))

    async def _within(
        self, graph: Any, state: Any, node: str, ns: str, *, last: bool, in_tool: bool
    ) -> list[BreakpointPause]:
        at: RunnableConfig = {
            "configurable": {
                "thread_id": state.config["configurable"]["thread_id"],
                "checkpoint_ns": ns,
                CONFIG_KEY_CHECKPOINTER: self.saver,
            }
        }
        saved = await self.saver.aget_tuple(at)
        for inner in graphs_within(graph.nodes[node]) if node in graph.nodes else ():
            if not _is_of(inner, saved.checkpoint):
                continue
            now = await state_of(inner, at)
            if isinstance(now, Unread):
                continue
            # Only the last one may stand after its own last node: the task went on behind the others.
            if (now.next or last) and (found := await self.pauses(inner, now, (node,), in_tool=in_tool)):
                return found
        return []


def _is_of(graph: Any, checkpoint: Any) -> bool:
    """Whether the checkpoint may be one of this graph."""
    ran = {name for name in checkpoint["versions_seen"] if not name.startswith("__")}
    return ran <= set(graph.nodes) and set(checkpoint["channel_values"]) <= set(graph.channels)


def _pauses_at(graph: Any, saved: Any, following: Collection[str]) -> bool:
    checkpoint = saved.checkpoint
    # Nothing of this run came before its input.
    ran = [] if saved.metadata.get("source") == "input" else last_nodes(graph, checkpoint)
    return bool(
        should_interrupt(checkpoint, graph.interrupt_before_nodes, _tasks_of(graph, following))
        or should_interrupt(checkpoint, graph.interrupt_after_nodes, _tasks_of(graph, ran))
    )


def _tasks_of(graph: Any, names: Collection[str]) -> Iterator[Any]:
    return (_Task(name, {"tags": graph.nodes[name].tags or ()}) for name in names if name in graph.nodes)


def last_nodes(graph: Any, checkpoint: Any) -> list[str]:
    """Return the nodes that ran in the step that led to the checkpoint."""
    seen = {node: max(versions.values()) for node, versions in checkpoint["versions_seen"].items() if versions}
    latest = max((version for node, version in seen.items() if node in graph.nodes), default=None)
    return [node for node in graph.nodes if latest is not None and seen.get(node) == latest]
