"""The gate: every tool call of a drive passes here, next to the tool.

What was decided about a call is compared with what the tool is about to get; a record says that it starts before it
starts, and how it ended after; a call that is done is never made again; one that a person rejected is not made.
It knows nothing of where records are kept: a `Ledger` does.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, TypeAlias

from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.prebuilt.tool_node import ToolCallRequest

from interrupt_mcp.dialects.order import Drop, Run
from interrupt_mcp.effects.asking import Asking, MustAsk, asks_itself, never
from interrupt_mcp.effects.ledger import Ledger, Serializer, wait_for
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.ruling import Ruling, Rulings
from interrupt_mcp.effects.slots import TaskSlots, interrupt_ids
from interrupt_mcp.effects.step import ToolStep
from interrupt_mcp.effects.visit import NotRepeated, Proceed, Return, Task, Visit, visiting
from interrupt_mcp.model import Call, Effect, EffectStatus, digest_of

RunAsync: TypeAlias = Callable[[ToolCallRequest, RunnableConfig], Awaitable[Any]]
RunSync: TypeAlias = Callable[[ToolCallRequest, RunnableConfig], Any]


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
        self._positions = Positions(effect.call for effect in self._effects.values())
        self._rulings = rulings or Rulings()
        self._started = started
        self._tasks: dict[str, Task] = {}

    @property
    def bound(self) -> Mapping[str, Call]:
        """LangGraph's interrupt id to the call that is paused at it, with the arguments it has by now."""
        return bound_by(e for e in self._effects.values() if e.status is EffectStatus.PAUSED)

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

    async def call(self, step: ToolStep, run: RunAsync) -> Any:
        """Make the call, if it may be made, and give its result."""
        task = self._task(step)
        async with task.lock:
            visit = self._enter(step, task)
            plan = self._plan(visit)
            if isinstance(plan, Return):
                visit.slots.keep(skipped=True)
                return plan.result
            await self._begin(visit, plan)
            try:
                with visit.entered():
                    result = visit.answered()
                    if result is None:
                        result = await run(step.with_args(plan.args, visit.slots.config), visit.slots.config)
                done = self._latest(visit).done(plan, result, self.serializer)
            except BaseException as error:
                self.note(self._latest(visit).stop(plan, error, self.bound))
                raise
            self.note(done)
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
            self.record_now(visit.start(plan))
            try:
                with visit.entered():
                    result = visit.answered()
                    if result is None:
                        result = run(step.with_args(plan.args, visit.slots.config), visit.slots.config)
                done = self._latest(visit).done(plan, result, self.serializer)
            except BaseException as error:
                self.note(self._latest(visit).stop(plan, error, self.bound))
                raise
            self.note(done)
            return result

    def note(self, effects: list[Effect]) -> None:
        """Have records kept before anything that is kept later: what they tell has happened already."""
        if effects:
            self._keep(effects)

    async def record(self, effects: list[Effect]) -> None:
        """Put records on disk before going on."""
        if effects:
            await wait_for(self._keep(effects))

    def record_now(self, effects: list[Effect]) -> None:
        """The same, whichever thread this is."""
        if effects:
            self._keep(effects).result()

    async def _begin(self, visit: Visit, plan: Proceed) -> None:
        started = visit.start(plan)
        try:
            await self.record(started)
        except BaseException:
            if started:
                self.note(visit.not_begun())
            raise

    def _task(self, step: ToolStep) -> Task:
        # A ToolNode that runs inside a call has that call's namespace, and must not wait for it to end.
        around = visiting()
        name = f"{step.ns}\n{around.call.key}" if around and around.call.ns == step.ns else step.ns
        task = self._tasks.get(name)
        if task is None or task.attempt is not step.attempt:
            task = self._tasks[name] = Task(step.attempt)
        return task

    def _enter(self, step: ToolStep, task: Task) -> Visit:
        if task.pause is not None:
            raise task.pause
        call = replace(step.identify(self._positions, task.claims), inner=visiting() is not None)
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
        if before and before.interrupt_id:
            return self._rulings.under((before.interrupt_id, before.index))
        ids = interrupt_ids(visit.call.ns, range(visit.slots.next_id))
        return self._rulings.of_call(visit.call, ids, visit.args, lambda ruling: self._free(ruling, visit.call))

    def _free(self, ruling: Ruling, call: Call) -> bool:
        """Whether no other call was made under the ruling."""
        return not any(
            (e.interrupt_id, e.index) == ruling.decided and e.call.key != call.key
            for e in self._effects.values()
            if not e.call.function
        )

    def _plan(self, visit: Visit) -> Return | Proceed:
        before, ruling = visit.before, self._ruling(visit)
        visit.asking = self._asking(visit, ruling)
        if before and before.status is EffectStatus.DONE:
            assert before.result is not None
            return Return(self.serializer.loads_typed(before.result))
        if ruling is not None and isinstance(ruling.order, Drop):
            return Return(_dropped(visit.call, ruling, ruling.order.message))
        if before and before.status is not EffectStatus.PAUSED and (ruling is None or ruling.attempt <= before.attempt):
            raise NotRepeated(f"{visit.call.name} is not made again: it started once and nobody decided to repeat it.")
        if ruling is None or self._about_function(visit, ruling):
            return Proceed(before.args if before else None, None)
        if ruling.about_call and not self._free(ruling, visit.call):
            return Return(_refusal(visit.call, "what was decided was for another call"))
        assert isinstance(ruling.order, Run)
        decided = ruling.order.args
        if decided is not None and not ruling.replaces and digest_of(decided) != digest_of(visit.args):
            return Return(_refusal(visit.call, "its arguments are not the ones that were approved"))
        return Proceed(decided if ruling.replaces and decided is not None else visit.args, ruling)

    def _about_function(self, visit: Visit, ruling: Ruling) -> bool:
        """Whether a `sensitive` function asked inside the call, which then keeps its own record."""
        paused_at = visit.before.langgraph_id if visit.before else ""
        return not ruling.about_call and any(
            e.call.function and e.langgraph_id == paused_at for e in self._effects.values()
        )

    def _asking(self, visit: Visit, ruling: Ruling | None) -> Asking | None:
        """How the gate asks about the call; whether it does is fixed when the call first comes."""
        if visit.before is not None:
            return (self._must_ask(visit.call) or Asking("")) if visit.before.gated else None
        asking = self._must_ask(visit.call) if ruling is None else None
        if asking and not asking.also_if_tool_asks and asks_itself(visit.step.request.tool):
            return None
        return asking

    def _latest(self, visit: Visit) -> Visit:
        """The call with its record as it was last written."""
        visit.before = self._effects.get(visit.call.key)
        return visit

    def _keep(self, effects: list[Effect]) -> Future[None]:
        self._effects.update({effect.call.key: effect for effect in effects})
        return self._ledger.record(effects)


def asked_in(effects: Iterable[Effect]) -> set[str]:
    """LangGraph's ids of all interrupts that were raised in calls with a record, those before the last one too."""
    return {id_ for e in effects for id_ in (e.langgraph_id, *interrupt_ids(e.call.ns, e.slots)) if id_}


def bound_by(effects: Iterable[Effect]) -> dict[str, Call]:
    """LangGraph's interrupt ids by the tool calls they were raised in, with the arguments those have by now."""
    return {
        e.langgraph_id: e.call if e.args is None else replace(e.call, args=e.args)
        for e in effects
        if e.langgraph_id and not e.call.function
    }


def _dropped(call: Call, ruling: Ruling, why: str) -> ToolMessage:
    if not ruling.doubted:
        return _refusal(call, why)
    text = f"It is not known whether {call.name} was done, and it was not done again: {why}"
    return ToolMessage(text, name=call.name, tool_call_id=call.call_id, status="error")


def _refusal(call: Call, why: str) -> ToolMessage:
    return ToolMessage(f"{call.name} was not run: {why}", name=call.name, tool_call_id=call.call_id, status="error")
