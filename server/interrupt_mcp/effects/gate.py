"""The gate: every tool call of a drive passes here, next to the tool.

What was decided about a call is compared with what the tool is about to get; a record says that it starts before it
starts, and how it ended after; a call that is done is never made again; one that a person rejected is not made.
It knows nothing of where records are kept: a `Ledger` does.
"""

import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

import anyio
from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphBubbleUp, GraphInterrupt
from langgraph.prebuilt.tool_node import ToolCallRequest

from interrupt_mcp.dialects.order import Drop, Run
from interrupt_mcp.effects.asking import Asking, MustAsk, asks_itself, never
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.effects.slots import TaskSlots, interrupt_ids
from interrupt_mcp.effects.step import ToolStep
from interrupt_mcp.model import Call, Effect, EffectStatus, JsonObject, digest_of


class Ledger(Protocol):
    """Keeps effect records durably."""

    def record(self, effects: Iterable[Effect]) -> Future[None]:
        """Resolves once the records are on disk."""


class Serializer(Protocol):
    """LangGraph's serializer, as far as results need it."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]: ...
    def loads_typed(self, data: tuple[str, bytes]) -> Any: ...


class NotRepeated(RuntimeError):
    """A sensitive call that started once and did not end well was about to be made again without a person's word."""


RunAsync: TypeAlias = Callable[[ToolCallRequest, RunnableConfig], Awaitable[Any]]
RunSync: TypeAlias = Callable[[ToolCallRequest, RunnableConfig], Any]


@dataclass(frozen=True, slots=True)
class Return:
    """Answer the call with this, without calling the tool."""

    result: Any


@dataclass(frozen=True, slots=True)
class Proceed:
    """Call the tool with these arguments; `None` where nobody decided on them."""

    args: JsonObject | None
    ruling: Ruling | None


@dataclass(slots=True)
class Task:
    """The calls of one task, one after another: LangGraph shows one question of a task at a time."""

    lock: anyio.Lock = field(default_factory=anyio.Lock)
    thread_lock: threading.Lock = field(default_factory=threading.Lock)
    claimed: set[int] = field(default_factory=set)
    finished: list[Effect] = field(default_factory=list)
    pause: GraphInterrupt | None = None


@dataclass(slots=True)
class Visit:
    """One tool call passing the gate."""

    step: ToolStep
    call: Call
    task: Task
    slots: TaskSlots
    before: Effect | None
    asking: Asking | None = None

    @property
    def args(self) -> JsonObject:
        """What the tool would get: an earlier edit holds when a tool that asks twice comes again."""
        return self.before.args if self.before and self.before.args is not None else self.call.args

    def effect(self, status: EffectStatus) -> Effect:
        old = self.before or Effect(self.call, status)
        return replace(
            old,
            status=status,
            gated=self.asking is not None,
            slots=tuple(dict.fromkeys((*old.slots, *self.slots.answers.given))),
            subgraphs=tuple(dict.fromkeys((*old.subgraphs, *self.slots.subgraphs.given))),
        )

    def answered(self) -> Any:
        """What a person gave instead of the call, where the gate asks; `None` where the call is to be made."""
        return self.asking and self.asking.answered(self.call, self.args, self.slots.config)


class Gate:
    """The gate of one drive of one run.

    `bound` tells, after the drive, inside which tool call each interrupt was raised.
    """

    def __init__(
        self,
        ledger: Ledger,
        serializer: Serializer,
        effects: Iterable[Effect] = (),
        rulings: Rulings | None = None,
        started: Callable[[str], None] = lambda _tool: None,
        must_ask: MustAsk = never,
    ) -> None:
        """`must_ask` tells which calls the gate asks about, unless they were decided or the tool asks itself."""
        self._must_ask = must_ask
        self._ledger = ledger
        self.serializer = serializer
        self._effects = {effect.call.key: effect for effect in effects}
        self._rulings = rulings or Rulings()
        self._started = started
        self._tasks: dict[str, Task] = {}

    @property
    def bound(self) -> Mapping[str, Call]:
        """LangGraph's interrupt id to the call that is paused at it, with the arguments it has by now."""
        return {
            e.langgraph_id: e.call if e.args is None else replace(e.call, args=e.args)
            for e in self._effects.values()
            if e.status is EffectStatus.PAUSED and e.langgraph_id
        }

    @property
    def effects(self) -> list[Effect]:
        """All records of the run, as they are now."""
        return list(self._effects.values())

    def effect(self, key: str) -> Effect | None:
        """The record of a call, by its key."""
        return self._effects.get(key)

    def ruling(self, langgraph_id: str) -> Ruling | None:
        """What was decided under one of LangGraph's interrupts."""
        return self._rulings.by_interrupt.get(langgraph_id)

    def record_now(self, effect: Effect) -> None:
        """Put a record on disk before going on, whichever thread this is."""
        self._write_sync([effect])

    async def call(self, step: ToolStep, run: RunAsync) -> Any:
        """Make the call, if it may be made, and give its result."""
        task = self._task(step)
        async with task.lock:
            visit = self._enter(step, task)
            plan = self._plan(visit)
            if isinstance(plan, Return):
                visit.slots.keep(skipped=True)
                return plan.result
            await self._write(self._start(visit, plan))
            try:
                result = visit.answered()
                if result is None:
                    result = await run(step.with_args(plan.args, visit.slots.config), visit.slots.config)
            except BaseException as error:
                with anyio.CancelScope(shield=True):
                    await self._write(self._stop(visit, plan, error))
                raise
            await self._write(self._done(visit, plan, result))
            return result

    def call_sync(self, step: ToolStep, run: RunSync) -> Any:
        """The same in a worker thread, for agents that are invoked synchronously inside a tool."""
        task = self._task(step)
        with task.thread_lock:
            visit = self._enter(step, task)
            plan = self._plan(visit)
            if isinstance(plan, Return):
                visit.slots.keep(skipped=True)
                return plan.result
            self._write_sync(self._start(visit, plan))
            try:
                result = visit.answered()
                if result is None:
                    result = run(step.with_args(plan.args, visit.slots.config), visit.slots.config)
            except BaseException as error:
                self._write_sync(self._stop(visit, plan, error))
                raise
            self._write_sync(self._done(visit, plan, result))
            return result

    def _task(self, step: ToolStep) -> Task:
        return self._tasks.setdefault(step.ns, Task())

    def _enter(self, step: ToolStep, task: Task) -> Visit:
        if task.pause is not None:
            raise task.pause
        call = step.identify(task.claimed)
        before = self._effects.get(call.key)
        others = {n for e in self._effects.values() if e.call.ns == call.ns for n in e.subgraphs}
        slots = TaskSlots(
            step.config,
            before.slots if before else (),
            before.subgraphs if before else (),
            others - set(before.subgraphs if before else ()),
        )
        self._started(call.name)
        return Visit(step, call, task, slots, before)

    def _ruling(self, visit: Visit) -> Ruling | None:
        before = visit.before
        if before and before.langgraph_id:
            return self._rulings.by_interrupt.get(before.langgraph_id)
        ids = interrupt_ids(visit.call.ns, range(visit.slots.next_id))
        return self._rulings.of_call(visit.call, ids, visit.args)

    def _plan(self, visit: Visit) -> Return | Proceed:
        before, ruling = visit.before, self._ruling(visit)
        visit.asking = self._asking(visit, ruling)
        if before and before.status is EffectStatus.DONE:
            assert before.result is not None
            return Return(self.serializer.loads_typed(before.result))
        if ruling is not None and isinstance(ruling.order, Drop):
            return Return(_refusal(visit.call, ruling.order.message))
        if before and before.status is not EffectStatus.PAUSED and (ruling is None or ruling.attempt <= before.attempt):
            raise NotRepeated(f"{visit.call.name} is not made again: it started once and nobody decided to repeat it.")
        if ruling is None:
            return Proceed(before.args if before else None, None)
        assert isinstance(ruling.order, Run)
        decided = ruling.order.args
        if decided is not None and not ruling.replaces and digest_of(decided) != digest_of(visit.args):
            return Return(_refusal(visit.call, "its arguments are not the ones that were approved"))
        return Proceed(decided if ruling.replaces or decided is None else visit.args, ruling)

    def _asking(self, visit: Visit, ruling: Ruling | None) -> Asking | None:
        """How the gate asks about the call; whether it does is fixed when the call first comes."""
        if visit.before is not None:
            return (self._must_ask(visit.call) or Asking("")) if visit.before.gated else None
        asking = self._must_ask(visit.call) if ruling is None else None
        if asking and not asking.also_if_tool_asks and asks_itself(visit.step.request.tool):
            return None
        return asking

    def _start(self, visit: Visit, plan: Proceed) -> list[Effect]:
        if plan.ruling is None:
            return []
        return [
            replace(
                visit.effect(EffectStatus.STARTED),
                interrupt_id=plan.ruling.interrupt_id,
                index=plan.ruling.index,
                attempt=plan.ruling.attempt,
                args=plan.args if plan.args is not None else visit.args,
                error="",
            )
        ]

    def _done(self, visit: Visit, plan: Proceed, result: Any) -> list[Effect]:
        visit.slots.keep()
        done = replace(self._latest(visit, EffectStatus.DONE), result=self.serializer.dumps_typed(result))
        if plan.ruling is None and visit.before is None:
            visit.task.finished.append(done)
            return []
        return [done]

    def _stop(self, visit: Visit, plan: Proceed, error: BaseException) -> list[Effect]:
        if isinstance(error, GraphInterrupt):
            return self._pause(visit, error)
        if plan.ruling is None or isinstance(error, GraphBubbleUp):
            return []
        if plan.ruling.answers and isinstance(error, Exception):
            return [self._latest(visit, EffectStatus.PAUSED)]
        status = EffectStatus.FAILED if isinstance(error, Exception) else EffectStatus.UNKNOWN
        return [replace(self._latest(visit, status), error=f"{type(error).__name__}: {error}"[:2000])]

    def _pause(self, visit: Visit, pause: GraphInterrupt) -> list[Effect]:
        visit.slots.keep()
        visit.task.pause = pause
        finished, visit.task.finished = visit.task.finished, []
        paused = self._latest(visit, EffectStatus.PAUSED)
        if visit.slots.answers.asked_anew and pause.args and pause.args[0]:
            paused = replace(paused, langgraph_id=pause.args[0][0].id)
        elif visit.before is None and not (finished or paused.subgraphs):
            return finished
        return [*finished, paused]

    def _latest(self, visit: Visit, status: EffectStatus) -> Effect:
        """The record as it was last written, brought to a status."""
        visit.before = self._effects.get(visit.call.key)
        return visit.effect(status)

    async def _write(self, effects: list[Effect]) -> None:
        if effects:
            await wait_for(self._keep(effects))

    def _write_sync(self, effects: list[Effect]) -> None:
        if effects:
            self._keep(effects).result()

    def _keep(self, effects: list[Effect]) -> Future[None]:
        self._effects.update({effect.call.key: effect for effect in effects})
        return self._ledger.record(effects)


def _refusal(call: Call, why: str) -> ToolMessage:
    return ToolMessage(f"{call.name} was not run: {why}", name=call.name, tool_call_id=call.call_id, status="error")


async def wait_for(future: Future[None]) -> None:
    """Wait on the event loop for what a writer thread resolves."""
    import asyncio

    await asyncio.wrap_future(future)
