"""How a thread stands: LangGraph's own state, read and never guessed. It knows no runs beyond their ids."""

from asyncio import CancelledError
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import _interrupt_id

from interrupt_mcp.execution.breakpoints import BreakpointPause, breakpoint_pauses
from interrupt_mcp.execution.reading import RUN_MARK, Unread, state_of
from interrupt_mcp.execution.upcoming import DefaultsOf, tool_node_of
from interrupt_mcp.model import Ask, Bound, Call, Json, JsonObject, to_json

_OF_NO_ANSWER = "placeholder-id"
"""The id of an interrupt that LangGraph's `NodeInterrupt` (deprecated, and still found) carries."""
_MOST_QUESTIONS = 20
"""How many questions of one task are told from others by their ids."""


@dataclass(frozen=True, slots=True)
class ThreadState:
    """A thread at its latest checkpoint."""

    run_id: str
    """The run that wrote the checkpoint; empty where no run of ours did."""
    asks: tuple[Ask, ...]
    """What is pending, in LangGraph's order."""
    pending_tasks: frozenset[str]
    """Ids of the tasks that will run when the thread goes on."""
    ended: bool
    """Whether nothing is left to do. A step whose tasks are all done is not yet the next one."""
    values: Any
    """The graph's state."""
    failed: tuple[frozenset[str], ...] = ()
    """Of each task that raised, the ids of the interrupts it asked at this checkpoint; not of those cut off by it."""
    asked_by: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Node and task of the graph's own that asks each question; those of graphs within it are not here."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What was asked, answered or not, and in which graph; empty for the graph itself."""
    unkept: tuple[BaseMessage, ...] = ()
    """Messages of a step that did not end. `values` has them, but new input drops them with the step."""

    def raised_on(self, answered: Collection[str]) -> bool:
        """Whether tasks raised, and only such as had got one of these answers."""
        return bool(self.failed) and all(not asked.isdisjoint(answered) for asked in self.failed)

    def stands_before(self, call: Call) -> bool:
        """Whether the task that makes this call will run again when the thread goes on."""
        outermost = call.ns.split("|")[0]
        return outermost.rpartition(":")[2] in self.pending_tasks

    def makes_again(self, call: Call) -> bool:
        """Whether the task that makes this call will run again, and nothing was asked in it or around it."""
        tasks = list(accumulate(call.ns.split("|"), "{}|{}".format))
        ids = {_interrupt_id(task, number) for task in tasks for number in range(_MOST_QUESTIONS)}
        within = any(f"{ns}|".startswith(f"{call.ns}|") for ns in self.asked.values())
        return self.stands_before(call) and not within and ids.isdisjoint(self.asked)

    @property
    def answer(self) -> str | None:
        """Text of the last AI message, or of its tools after it, where the state has messages."""
        return answer_in(self.values)

    @property
    def dropped(self) -> tuple[ToolMessage, ...]:
        """Tool results that new input would drop."""
        return tuple(message for message in self.unkept if isinstance(message, ToolMessage))

    @property
    def dangling(self) -> tuple[tuple[str, str], ...]:
        """Id and name of the last AI message's tool calls that have no result."""
        messages = messages_in(self.values)
        done = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
        last = next((m for m in reversed(messages) if isinstance(m, AIMessage) and m not in self.unkept), None)
        return tuple((c["id"] or "", c["name"]) for c in last.tool_calls if c["id"] not in done) if last else ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One interrupt of a task of the graph's own."""

    interrupt: Any
    """LangGraph's own."""
    task_id: str
    node: str


def asked_by(tasks: dict[str, str], interrupt: Any) -> Asked | None:
    """Return the interrupt with its task, if one of these asks it: LangGraph makes an interrupt's id of its task's."""
    # Nearly always it is the first question of one of the last tasks.
    for number in range(_MOST_QUESTIONS):
        for task_id, node in reversed(tasks.items()):
            if _interrupt_id(f"{node}:{task_id}", number) == interrupt.id:
                return Asked(interrupt, task_id, node)
    return None


def asks_of(asked: Iterable[Asked], values: Any, bound: Bound, schemas: Mapping[str, JsonObject]) -> tuple[Ask, ...]:
    """Return what the graph asks, where it stopped with these values."""
    calls = {"": tuple(calls_of(values, schemas))}
    return tuple(_ask(one.interrupt, bound, calls, "", one.node) for one in asked)


def _ask(interrupt: Any, bound: Bound, calls: Mapping[str, tuple[Call, ...]], ns: str, node: str) -> Ask:
    return Ask(
        langgraph_id=interrupt.id,
        value=to_json(interrupt.value),
        response_schema=_object(getattr(interrupt, "response_schema", None)),
        call=None if interrupt.id in bound.together else bound.calls.get(interrupt.id),
        together=bound.together.get(interrupt.id, ()),
        calls=calls[ns],
        ns=ns,
        node=node,
        by_function=interrupt.id in bound.functions,
    )


def _ask_at(pause: BreakpointPause) -> Ask:
    return Ask(
        f"breakpoint:{pause.checkpoint_id}",
        value=pause.upcoming.given,
        calls=pause.upcoming.calls,
        breakpoint_nodes=pause.nodes,
        code_nodes=pause.upcoming.code_nodes,
        ns=pause.ns,
    )


def _asks_of_stopped(state: Any) -> list[Ask]:
    """Return what nodes ask that raised `NodeInterrupt`, as one question: such a node takes no answer.

    It does the same again until the state is another.
    """
    stopped = {
        task.name: to_json(each.value) for task in state.tasks for each in task.interrupts if each.id == _OF_NO_ANSWER
    }
    if not stopped:
        return []
    checkpoint_id = state.config["configurable"].get("checkpoint_id", "")
    value: Json = next(iter(stopped.values())) if len(stopped) == 1 else dict(stopped)
    return [Ask(f"breakpoint:{checkpoint_id}:raised", value, breakpoint_nodes=tuple(stopped), stopped_itself=True)]


def _ask_at_unseen(state: Any) -> Ask:
    """Ask at the breakpoint of a graph that cannot be seen from here."""
    checkpoint_id = state.config["configurable"].get("checkpoint_id", "")
    return _ask_at(BreakpointPause(checkpoint_id, tuple(dict.fromkeys(state.next))))


async def look(
    graph: Any,
    thread_id: str,
    bound: Bound,
    below: Mapping[str, str],
    schemas: Mapping[str, JsonObject],
    *,
    paused: bool,
    nodes: Mapping[str, str] = {},
    defaults: DefaultsOf = lambda _tool, _args: {},
) -> ThreadState:
    """Read the thread's state.

    `bound` tells in which tool call an interrupt was raised, `below` in which namespace where it was not the graph's
    own, and `nodes` then in which node, each by LangGraph's id; `schemas` are those of tools, by name. `paused` says
    that LangGraph stopped by itself: if it asks nothing and is not at its end, it waits at a static breakpoint, whether
    it can be seen which one or not. `defaults` tells what a tool is called with besides its arguments.

    Raises:
        Unreadable: the checkpoint cannot be loaded.
    """
    config: RunnableConfig = {"configurable": {"thread_id": thread_id}}
    state = await state_of(graph, config)
    if isinstance(state, Unread):
        return ThreadState(state.run_id, (), frozenset(), ended=False, values=state.values)
    calls = await _calls_by_ns(graph, thread_id, state, below, schemas)
    by = {i.id: (task.name, task.id) for task in state.tasks for i in task.interrupts if i.id not in below}
    nodes = {**{id_: node for id_, (node, _) in by.items()}, **nodes}
    answerable = [i for i in state.interrupts if i.id != _OF_NO_ANSWER]
    asks = [_ask(i, bound, calls, below.get(i.id, ""), nodes.get(i.id, "")) for i in answerable]
    asks += _asks_of_stopped(state)
    failed = [task for task in state.tasks if task.error is not None]
    asks += [_ask_at(pause) for pause in await breakpoint_pauses(graph, state, defaults)]
    if not asks and not failed and state.next and paused:
        asks = [_ask_at_unseen(state)]
    return ThreadState(
        run_id=str((state.metadata or {}).get(RUN_MARK, "")),
        asks=tuple(asks),
        pending_tasks=frozenset(task.id for task in state.tasks if task.result is None),
        ended=not state.tasks,
        values=state.values,
        failed=tuple(frozenset(i.id for i in task.interrupts) for task in failed if not _was_cut_off(task.error)),
        asked_by=by,
        asked={**{i.id: "" for task in state.tasks for i in task.interrupts}, **below},
        unkept=tuple(message for task in state.tasks for message in messages_in(task.result)),
    )


async def _calls_by_ns(
    graph: Any, thread_id: str, state: Any, below: Mapping[str, str], schemas: Mapping[str, JsonObject]
) -> dict[str, tuple[Call, ...]]:
    """Return the tool calls that a question may be about, by namespace of the graph that asks, maybe inside a tool."""
    calls = {"": tuple(calls_of(state.values, schemas))}
    for ns in {below[interrupt.id] for interrupt in state.interrupts if interrupt.id in below}:
        config: RunnableConfig = {"configurable": {"thread_id": thread_id, "checkpoint_ns": ns}}
        saved = await graph.checkpointer.aget_tuple(config)
        calls[ns] = tuple(calls_of(saved.checkpoint["channel_values"], schemas)) if saved else ()
    return calls


def _was_cut_off(error: object) -> bool:
    """Whether the task was cancelled, because another one raised. Errors come back as text from a checkpoint."""
    return isinstance(error, CancelledError) or str(error).startswith(CancelledError.__name__)


def calls_of(values: Any, schemas: Mapping[str, JsonObject]) -> list[Call]:
    """Return the tool calls of the last AI message, in order."""
    last = next((m for m in reversed(messages_in(values)) if isinstance(m, AIMessage)), None)
    if last is None:
        return []
    found = []
    for position, call in enumerate(last.tool_calls):
        args = to_json(call["args"])
        assert isinstance(args, dict)
        found.append(Call("", last.id or "", position, call["id"] or "", call["name"], args, schemas.get(call["name"])))
    return found


def messages_in(values: Any) -> list[BaseMessage]:
    """Return the state's `messages`, where it has them."""
    messages = values.get("messages") if isinstance(values, dict) else getattr(values, "messages", None)
    return [m for m in messages if isinstance(m, BaseMessage)] if isinstance(messages, list) else []


def answer_in(values: Any) -> str | None:
    """Return the text of the last AI message, where there is one; where it has none, what its tools said after it.

    Tools that return directly have the last word.
    """
    said: list[str] = []
    for message in reversed(messages_in(values)):
        if isinstance(message, AIMessage):
            return str(message.text) or "\n".join(reversed(said))
        if isinstance(message, ToolMessage):
            said.append(str(message.text))
    return None


def tool_nodes(graph: Any) -> frozenset[str]:
    """Return the names of the graph's own nodes that make tool calls."""
    return frozenset(name for name, node in graph.nodes.items() if tool_node_of(node) is not None)


def output_of(graph: Any, values: Any) -> Json:
    """Return the graph's own output, of all the state it ended with, as JSON and without the list of messages."""
    names = graph.output_channels
    if not isinstance(names, str):
        fields = values if isinstance(values, dict) else {name: getattr(values, name, None) for name in names}
        values = {name: fields[name] for name in names if name in fields}
    if isinstance(values, dict) and messages_in(values):
        values = {key: item for key, item in values.items() if key != "messages"}
    return to_json(values)


def _object(schema: Any) -> JsonObject | None:
    found = to_json(schema)
    return found if isinstance(found, dict) else None
