"""The toy store's journal: what one drive writes, in order, and nothing after a write that failed."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar
from uuid import uuid4

from interrupt_mcp.model import (
    MISSING,
    Dialect,
    Effect,
    EffectStatus,
    Interrupt,
    InterruptId,
    InterruptStatus,
    Json,
    Question,
    RunError,
    RunStatus,
    interrupt_digest,
)
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent, interrupt_after
from interrupt_mcp.store.port.journal import Soon
from interrupt_mcp.store.records import AskedCall, ClaimedRun, FailedTask, Fenced, Origin, Reach
from tests.store.toy_dictionaries import Dictionaries, KeptEffect, KeptInterrupt, KeptRun, State

T = TypeVar("T")


class ToyJournal:
    """See `store.port.Journal`. Each write is kept before its future is returned."""

    def __init__(self, database: Dictionaries, reach: Reach, claimed: ClaimedRun) -> None:
        self._database = database
        self._reach = reach
        self._project = reach.project
        self._run_id = claimed.run.run_id
        self._epoch = claimed.epoch
        self.principal = claimed.run.principal
        self._failed: BaseException | None = None

    def submit(self, unit: Callable[[State], T], *, driving: bool = True) -> Future[T]:
        """Write; what is not `driving` is also kept after the run ended, and after a write that failed."""
        future: Future[T] = Future()
        try:
            with self._database.transaction() as state:
                if driving and self._failed is not None:
                    raise self._failed
                kept = state.runs.get(self._run_id)
                if kept is None or (kept.project, kept.epoch) != (self._project, self._epoch):
                    raise Fenced(self._run_id)
                if driving and kept.run.status is not RunStatus.RUNNING:
                    raise Fenced(self._run_id)
                result = unit(state)
        except BaseException as error:  # noqa: BLE001  whoever waits for it gets it
            self._failed = self._failed or error
            future.set_exception(error)
        else:
            future.set_result(result)
        return future

    def record(self, records: Iterable[Effect]) -> Future[None]:
        effects = list(records)

        def unit(state: State) -> None:
            run = state.runs[self._run_id].run
            for effect in effects:
                at = datetime.now(UTC).isoformat()
                state.effects[self._run_id, effect.call.key] = KeptEffect(effect, run.thread_id, run.run_id, at)
                if effect.interrupt_id and effect.status is not EffectStatus.PAUSED:
                    state.append(self._project, f"effect_{effect.status}", run, interrupt_id=effect.interrupt_id)

        return self.submit(unit, driving=any(effect.status is EffectStatus.STARTED for effect in effects))

    def see(self, tool: str) -> None:
        def unit(state: State) -> None:
            state.seen_tools.setdefault((self._project, state.runs[self._run_id].run.agent, tool), False)

        self.submit(unit, driving=False)

    def deliver(
        self,
        langgraph_ids: Iterable[str],
        forgotten: Sequence[FailedTask] = (),
        *,
        reached: bool = True,
        soon: bool = False,
    ) -> Future[None]:
        wanted = set(langgraph_ids)

        def unit(state: State) -> None:
            self._forget(forgotten)
            for each in state.interrupts_of(Reach(self._project), self._run_id):
                if each.langgraph_id in wanted and each.status is InterruptStatus.DECIDED:
                    state.change(replace(each, delivered=reached))

        return self.submit(unit)

    async def begin(self) -> None:
        def unit(state: State) -> None:
            state.runs[self._run_id] = replace(state.runs[self._run_id], begun_epoch=self._epoch)

        self.submit(unit).result()

    def adopt(self, agent_digest: str) -> Future[None]:
        def unit(state: State) -> None:
            state.runs[self._run_id] = replace(state.runs[self._run_id], agent_digest=agent_digest)

        return self.submit(unit)

    async def forget_errors(self, tasks: Sequence[FailedTask]) -> None:
        self.submit(lambda _: self._forget(tasks)).result()

    async def pause(
        self,
        asked: Mapping[str, Question],
        doubts: Mapping[str, Iterable[int]],
        seconds: float = 0,
        error: tuple[str, str] | None = None,
        made_again: Collection[str] = (),
    ) -> None:
        def unit(state: State) -> None:
            kept = self._driven(state, seconds, error, made_again)
            if not doubts:
                state.turn_interrupts(kept, InterruptEvent.APPLIED)
            for interrupt_id, indices in doubts.items():
                _doubt(state, self._reach, kept, interrupt_id, tuple(sorted(indices)))
            for langgraph_id, question in asked.items():
                self._ask(state, kept, langgraph_id, question)
            state.turn(kept, RunEvent.PAUSED)

        self.submit(unit).result()

    async def finish(
        self, answer: str | None, output: Json, seconds: float, soon: Soon | None = None, keep_runs: int = 0
    ) -> None:
        def unit(state: State) -> None:
            kept = self._driven(state, seconds, None)
            state.turn_interrupts(kept, InterruptEvent.APPLIED)
            state.turn(replace(kept, run=replace(kept.run, answer=answer, output=output)), RunEvent.FINISHED)
            state.append(self._project, "finished", kept.run)

        ended = self.submit(unit)
        if soon is not None:
            soon(self._database.state.runs[self._run_id].run, ended)
        ended.result()

    async def fail(self, code: str, message: str, seconds: float, made_again: Collection[str] = ()) -> None:
        def unit(state: State) -> None:
            kept = self._driven(state, seconds, (code, message), made_again)
            state.turn(kept, RunEvent.FAILED)
            state.turn_interrupts(kept, InterruptEvent.APPLIED)
            state.turn_interrupts(kept, InterruptEvent.SUPERSEDED)
            state.append(self._project, "failed", kept.run, code=code, message=message)

        self.submit(unit).result()

    async def settled(self) -> None:
        self.settle()

    def settle(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _forget(self, tasks: Sequence[FailedTask]) -> None:
        thread_id = self._database.state.runs[self._run_id].run.thread_id
        for task in tasks:
            kept = self._database.saver.writes[thread_id, task.checkpoint_ns, task.checkpoint_id]
            for place, (of, channel, *_) in list(kept.items()):
                if (of, channel) == (task.task_id, "__error__"):
                    del kept[place]

    def _driven(
        self, state: State, seconds: float, error: tuple[str, str] | None, made_again: Collection[str] = ()
    ) -> KeptRun:
        for key in made_again:
            state.effects.pop((self._run_id, key), None)
        kept = state.runs[self._run_id]
        run = replace(kept.run, error=RunError(*error) if error else None, output=MISSING, answer=None)
        return replace(kept, run=run, driven_seconds=kept.driven_seconds + seconds, deaths=0)

    def _ask(self, state: State, kept: KeptRun, langgraph_id: str, question: Question) -> None:
        run = kept.run
        if any(each.langgraph_id == langgraph_id and each.status.open for each in _of(state, kept)):
            return
        interrupt_id = InterruptId(uuid4().hex)
        number = len(state.interrupts) + 1
        asked = Interrupt(
            interrupt_id=interrupt_id,
            code=f"T{number}",
            run_id=run.run_id,
            thread_id=run.thread_id,
            agent=run.agent,
            principal=run.principal,
            status=InterruptStatus.PENDING,
            question=question,
            digest=interrupt_digest(run.agent, run.thread_id, interrupt_id, question.requests, question.value),
            created_at=datetime.now(UTC),
            langgraph_id=langgraph_id,
        )
        head = max(self._database.saver.storage.get(run.thread_id, {}).get("", {}), default=None)
        state.interrupts[interrupt_id] = KeptInterrupt(asked, self._project, number, head, frozenset(question.deciders))
        for request in question.requests:
            if (call := request.call) is not None:
                before = not call.ns or question.dialect is Dialect.BREAKPOINT
                origin = Origin.OUTSIDE if before else Origin.TOOL
                place = AskedCall(request.action, call.message_id, call.position, call.call_id, origin, run.run_id)
                state.asked_calls.append((run.agent, run.thread_id, place))
        state.append(self._project, "asked", run, interrupt_id=interrupt_id, code=asked.code)


def _of(state: State, kept: KeptRun) -> tuple[Interrupt, ...]:
    return state.interrupts_of(Reach(kept.project), kept.run.run_id)


def _doubt(state: State, reach: Reach, kept: KeptRun, interrupt_id: str, indices: tuple[int, ...]) -> None:
    before = state.interrupt(reach, interrupt_id).interrupt
    after = interrupt_after(before.status, InterruptEvent.DOUBTED)
    asked = replace(before, status=after, round=before.round + 1, in_doubt=indices, delivered=False)
    digest = interrupt_digest(asked.agent, asked.thread_id, interrupt_id, asked.wanted, asked.question.value)
    state.change(replace(asked, digest=digest))
    state.append(kept.project, "outcome_unknown", kept.run, interrupt_id=interrupt_id, requests=indices)
