"""The journal of one drive on a database that speaks SQL."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from interrupt_mcp.concurrency.futures import end_of, result_of
from interrupt_mcp.model import Effect, EffectStatus, Json, Principal, Question, RunStatus
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent
from interrupt_mcp.store.port.journal import Soon
from interrupt_mcp.store.records import ClaimedRun, FailedTask
from interrupt_mcp.store.sql.layout import Layout
from interrupt_mcp.store.sql.rows import dump, ended, now
from interrupt_mcp.store.sql.statements import asked_calls
from interrupt_mcp.store.sql.statements import interrupts as asked_statements
from interrupt_mcp.store.sql.statements import runs as statements
from interrupt_mcp.store.sql.transaction import Database, T, Transaction, Unit
from interrupt_mcp.store.sql.transactions import audit, effects, interrupts, pruning, runs


class SqlJournal:
    """See `store.port.Journal`."""

    def __init__(self, database: Database, claimed: ClaimedRun, owner: str, layout: Layout) -> None:
        self._database = database
        self._owner = owner
        self._project = database.reach.project
        self._layout = layout
        self._run = claimed.run
        self._run_id = claimed.run.run_id
        self._epoch = claimed.epoch
        self._driven_seconds = claimed.driven_seconds
        self._failed: BaseException | None = None
        self._failed_at = 0
        """Number of the unit that failed, where one did in a transaction."""
        self._count = 0
        self._last: Future[object] | None = None
        """The last of the writes that a read of the thread waits for."""
        self._order = threading.Lock()

    @property
    def thread_id(self) -> str:
        """The thread of the run that is driven."""
        return self._run.thread_id

    @property
    def principal(self) -> Principal:
        """Whose the run is."""
        return self._run.principal

    def submit(self, unit: Unit[T], *, driving: bool = True, soon: bool = False, unread: bool = False) -> Future[T]:
        """Have the unit run in a transaction, from any thread, after all that were submitted before.

        One submitted while `driving` is refused once another write failed. One that need not be on disk `soon` is kept
        together with the next that must. No read of the thread waits for one that is `unread`.
        """

        def guarded(tx: Transaction) -> T:
            if driving and self._failed is not None and number > self._failed_at:
                raise self._failed
            try:
                runs.fence(tx, self._run_id, self._epoch, self._owner, driving=driving)
                return unit(tx)
            except self._database.transient:
                raise
            except BaseException as error:
                # At once, for those after it in the same transaction.
                if self._failed is None:
                    self._failed, self._failed_at = error, number
                raise

        # Which transaction it is, to who looks.
        guarded.__qualname__ = getattr(unit, "__qualname__", "")
        with self._order:
            self._count = number = self._count + 1
            future: Future[T] = self._database.submit(guarded, soon=soon, line=self)
            if not unread:
                self._last = future  # type: ignore[assignment]  # only its end is of interest
            # Before anything else can be submitted, which would otherwise be kept after one that was not.
            future.add_done_callback(self._note)
        return future

    async def write(self, unit: Unit[T]) -> T:
        """Have the unit run, and return once it is on disk. A caller that is cancelled does not take it back."""
        return await result_of(self.submit(unit, soon=True))

    async def settled(self) -> None:
        if (last := self._last) is not None:
            if not last.done():
                self._database.hurry()
                await end_of(last)
            self._note(last)
        if self._failed is not None:
            raise self._failed

    def settle(self) -> None:
        if self._last is not None:
            self._database.hurry()
            self._note(self._last)
        if self._failed is not None:
            raise self._failed

    async def begin(self) -> None:
        await self.write(lambda tx: tx.run(statements.SET_BEGUN, run_id=self._run_id, epoch=self._epoch))

    def adopt(self, agent_digest: str) -> Future[None]:
        def unit(tx: Transaction) -> None:
            tx.do(statements.SET_AGENT, run_id=self._run_id, agent_digest=agent_digest)

        return self.submit(unit, unread=True)

    def deliver(
        self,
        langgraph_ids: Iterable[str],
        forgotten: Sequence[FailedTask] = (),
        *,
        reached: bool = True,
        soon: bool = False,
    ) -> Future[None]:
        each = [{"run_id": self._run_id, "langgraph_id": id_, "reached": reached} for id_ in langgraph_ids]

        def unit(tx: Transaction) -> None:
            self._forget(tx, forgotten)
            tx.run_each(asked_statements.DELIVER, each)

        return self.submit(unit, soon=soon, unread=True)

    async def forget_errors(self, tasks: Sequence[FailedTask]) -> None:
        await self.write(lambda tx: self._forget(tx, tasks))

    async def pause(
        self,
        asked: Mapping[str, Question],
        doubts: Mapping[str, Iterable[int]],
        seconds: float = 0,
        error: tuple[str, str] | None = None,
        made_again: Collection[str] = (),
    ) -> None:
        def unit(tx: Transaction) -> None:
            effects.forget(tx, self._run_id, made_again)
            if not doubts:
                interrupts.turn_all(tx, self._run_id, InterruptEvent.APPLIED)
            for interrupt_id, indices in doubts.items():
                interrupts.doubt(tx, self._project, self._run, interrupt_id, indices)
            for langgraph_id, question in asked.items():
                interrupts.ask(tx, self._project, self._run, langgraph_id, question)
            self._turn(tx, RunEvent.PAUSED, seconds, error)

        await self.write(unit)

    async def finish(
        self, answer: str | None, output: Json, seconds: float, soon: Soon | None = None, keep_runs: int = 0
    ) -> None:
        at, written = now(), dump(output)

        def unit(tx: Transaction) -> None:
            interrupts.turn_all(tx, self._run_id, InterruptEvent.APPLIED)
            self._turn(tx, RunEvent.FINISHED, seconds, None, at, answer=answer, output=written)
            self._audit(tx, "finished")
            if keep_runs:
                pruning.prune_thread(tx, self._layout, self.thread_id, keep_runs)

        kept = self.submit(unit, soon=True)
        if soon is not None:
            row = {"status": RunStatus.SUCCESS, "updated_at": at, "answer": answer, "output": written}
            soon(ended(self._run, row), kept)
        await result_of(kept)

    async def fail(self, code: str, message: str, seconds: float, made_again: Collection[str] = ()) -> None:
        def unit(tx: Transaction) -> None:
            effects.forget(tx, self._run_id, made_again)
            self._turn(tx, RunEvent.FAILED, seconds, (code, message))
            interrupts.turn_all(tx, self._run_id, InterruptEvent.APPLIED)
            interrupts.turn_all(tx, self._run_id, InterruptEvent.SUPERSEDED)
            self._audit(tx, "failed", code=code, message=message)

        await self.write(unit)

    def record(self, records: Iterable[Effect]) -> Future[None]:
        kept = list(records)
        starts = any(effect.status is EffectStatus.STARTED for effect in kept)

        def unit(tx: Transaction) -> None:
            for effect in kept:
                effects.put(tx, self._project, self._run, self._epoch, effect)

        return self.submit(unit, driving=starts, soon=starts, unread=True)

    def see(self, tool: str) -> None:
        self.submit(
            lambda tx: tx.run(asked_calls.SEE_TOOL, agent=self._run.agent, tool=tool), driving=False, unread=True
        )

    def _forget(self, tx: Transaction, tasks: Sequence[FailedTask]) -> None:
        tx.run_each(
            self._layout.forget_error,
            [
                {
                    "thread_id": self._run.thread_id,
                    "checkpoint_ns": task.checkpoint_ns,
                    "checkpoint_id": task.checkpoint_id,
                    "task_id": task.task_id,
                }
                for task in tasks
            ],
        )

    def _turn(
        self,
        tx: Transaction,
        event: RunEvent,
        seconds: float,
        error: tuple[str, str] | None,
        at: str | None = None,
        **columns: str | None,
    ) -> None:
        code, message = error or (None, None)
        driven = self._driven_seconds + seconds
        columns = {**columns, "error_code": code, "error_message": message}
        # The fence saw that it is.
        stands: dict[str, Any] = {"driven_seconds": driven, "deaths": 0, **columns}
        runs.turn(tx, self._run_id, RunStatus.RUNNING, event, at=at, **stands)

    def _audit(self, tx: Transaction, event: str, **detail: str) -> None:
        audit.append(tx, self._project, event, run_id=self._run_id, thread_id=self._run.thread_id, **detail)

    def _note(self, future: "Future[T]") -> None:
        if self._failed is None and (error := future.exception()) is not None:
            self._failed = error
