"""One step of a thread: from an input, from answers, or from where it stopped, to the next pause or the end."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph._internal._constants import CONFIG_KEY_RUNTIME
from langgraph.runtime import RunControl, Runtime
from langgraph.types import Command

from interrupt_mcp.concurrency.cancelling import cancelled_once
from interrupt_mcp.execution.breakpoints import has_breakpoints
from interrupt_mcp.execution.done_node import DoneNode, take_as_done
from interrupt_mcp.execution.model_text import ModelText
from interrupt_mcp.execution.reading import RUN_MARK
from interrupt_mcp.execution.rewind import Rewind, rewound
from interrupt_mcp.execution.thread_state import Asked, ThreadState, asked_by
from interrupt_mcp.model import Json, JsonObject
from interrupt_mcp.text.told import Told, Wrote

STRICT = "__pregel_strict_resume"
"""With it LangGraph refuses ids that are not pending instead of ignoring them (langgraph 1.2)."""


@dataclass(frozen=True, slots=True)
class Start:
    """Begin with an input."""

    input: Any


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with answers."""

    answers: dict[str, Json]
    """By LangGraph's interrupt id."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on from the latest checkpoint."""


@dataclass(frozen=True, slots=True)
class TakeAsDone:
    """Go on as if these nodes had run."""

    nodes: tuple[DoneNode, ...]
    then: Resume | Continue
    """How to go on."""


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where the graph stopped by itself."""

    output: Any
    """Its output so far."""
    ended: bool
    """Whether it is surely at its end."""
    asked: tuple[Asked, ...] | None = ()
    """What it asks, where all of it was seen to be asked by its own tasks; `None` where it may ask more."""


Step: TypeAlias = Start | Resume | Continue | TakeAsDone | Rewind


async def advance(
    graph: Any,
    thread_id: str,
    run_id: str,
    step: Step,
    *,
    context: JsonObject | None = None,
    configurable: Mapping[str, Any] = {},
    control: RunControl | None = None,
    notice: Callable[[str], None] = lambda _node: None,
    hear: Callable[[Told], None] = lambda _told: None,
    besides: Mapping[str, Any] = {},
) -> Advanced:
    """Run the graph until it pauses or ends, and return where it stopped.

    `notice` is told which node runs, and `hear`, in any thread, what the agent says. `configurable` is what the agent's
    code finds in its configuration, and `besides` is of ours and goes with it. Without a `context` the graph's own
    defaults count.

    Raises:
        GraphDrained: `control` asked it to stop, and it did, between two steps.
        Exception: whatever the graph raises.
    """
    config: RunnableConfig = {
        "configurable": {
            **configurable,
            **besides,
            "thread_id": thread_id,
            STRICT: True,
            # LangGraph takes an empty context for none, and none is `None` to the graph, unless it is seeded.
            CONFIG_KEY_RUNTIME: Runtime(context={}, store=graph.store),
        },
        "metadata": {RUN_MARK: run_id},
        "callbacks": [ModelText(hear)],
    }
    begin = await _begin(graph, config, step)
    if begin is None:
        return Advanced(None, ended=False)
    given, config = begin
    stream = graph.astream(
        given,
        config,
        context=context or {},
        control=control,
        stream_mode=["tasks", "values", "custom"],
        subgraphs=True,
        version="v2",
        durability="sync",
    )
    seen = await cancelled_once(_follow(stream, notice, hear))
    asks_more = seen.asked_elsewhere or seen.stopped_elsewhere
    ended = not (seen.asked or asks_more or seen.unfinished) and not has_breakpoints(graph)
    return Advanced(seen.output, ended, None if asks_more else tuple(seen.asked))


@dataclass(slots=True)
class _Seen:
    """What a stream tells."""

    output: Any = None
    """The graph's latest values."""
    tasks: dict[str, str] = field(default_factory=dict)
    """The nodes of the graph's own tasks, by id of the task, in LangGraph's order."""
    asked: list[Asked] = field(default_factory=list)
    """What the graph's own tasks ask."""
    asked_elsewhere: bool = False
    """Whether something is asked that may be a question of a graph within."""
    unfinished: set[str] = field(default_factory=set)
    """The graph's own tasks of which no end was told: they stopped at a breakpoint within, or were done before."""

    @property
    def stopped_elsewhere(self) -> bool:
        """Whether a task stopped and was not seen to ask: at a breakpoint of a graph within, perhaps.

        Where none was seen at all, it may be the first: LangGraph does not tell of the task that routes the input.
        """
        return not self.tasks or not self.unfinished <= {asked.task_id for asked in self.asked}

    def values(self, values: Any, interrupts: Iterable[Any]) -> None:
        """Note the graph's own values, and what its tasks ask."""
        self.output = values
        found = [asked_by(self.tasks, interrupt) for interrupt in interrupts]
        self.asked += [asked for asked in found if asked is not None]
        self.asked_elsewhere = self.asked_elsewhere or None in found

    def task_began(self, task: Mapping[str, Any]) -> None:
        """Note that one of the graph's own tasks began."""
        self.tasks[task["id"]] = task["name"]
        self.unfinished.add(task["id"])

    def task_ended(self, task: Mapping[str, Any], *, within: bool) -> None:
        """Note that a task ended; `within` is whether it is one of a graph within."""
        if not within:
            self.unfinished.discard(task["id"])
        if task.get("interrupts") and (within or not self.asked):
            self.asked_elsewhere = True


async def _follow(stream: AsyncIterator[Any], notice: Callable[[str], None], hear: Callable[[Told], None]) -> _Seen:
    """Run the graph, and return what its stream tells."""
    seen = _Seen()
    async for part in stream:
        data, within = part["data"], bool(part["ns"])
        if part["type"] == "values":
            if not within:
                seen.values(data, part["interrupts"])
        elif part["type"] == "custom":
            hear(Wrote(data))
        elif "triggers" in data:
            notice(data["name"])
            if not within:
                seen.task_began(data)
        else:
            seen.task_ended(data, within=within)
    order = list(seen.tasks)
    seen.asked.sort(key=lambda asked: order.index(asked.task_id))
    return seen


async def _begin(graph: Any, config: RunnableConfig, step: Step) -> tuple[Any, RunnableConfig] | None:
    """Return what the graph is given, and the configuration with it; `None` where nothing is to run yet."""
    match step:
        case Start(given):
            return given, config
        case Resume(answers):
            return Command(resume=answers), config
        case Continue():
            return None, config
        case TakeAsDone(nodes, then):
            await take_as_done(graph, config, nodes)
            return await _begin(graph, config, then)
        case Rewind():
            return await rewound(graph, config, step)


def with_missing_results(given: Any, state: ThreadState) -> Any:
    """Return the input with a result for each tool call that an earlier run left without one, as models demand.

    Also with the results of calls that were made in the step where it ended, which LangGraph drops with the step.
    """
    if not (state.dangling or state.dropped) or not isinstance(given, dict):
        return given
    closing = [
        ToolMessage("Cancelled: the run ended before there was a result.", tool_call_id=id_, name=name, status="error")
        for id_, name in state.dangling
    ]
    said = given.get("messages", [])
    return {**given, "messages": [*state.dropped, *closing, *(said if isinstance(said, list) else [said])]}
