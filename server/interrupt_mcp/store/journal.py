"""What the driver of one run writes: in one order, under its epoch, and nothing more after a write that failed.

Whoever waits for one of these writes to be on disk knows that all before it are. So what must not happen before it is
kept waits for its own record, and everything else goes on.
"""

import sqlite3
import threading
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from functools import wraps

from interrupt_mcp.concurrency.futures import end_of, result_of
from interrupt_mcp.model import Effect, EffectStatus, Json, Question, RunId
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent
from interrupt_mcp.store import asked_calls, audit, effects, interrupts, runs
from interrupt_mcp.store.claimed_run import ClaimedRun
from interrupt_mcp.store.database import Database
from interrupt_mcp.store.rows import dump
from interrupt_mcp.store.writer import T, Unit


class Journal:
    """The writes of one drive."""

    def __init__(self, database: Database, project: str, claimed: ClaimedRun) -> None:
        self._database = database
        self._project = project
        self._run = claimed.run
        self._run_id: RunId = claimed.run.run_id
        self._epoch = claimed.epoch
        self._driven_seconds = claimed.driven_seconds
        self._failed: BaseException | None = None
        self._failed_at = 0
        """Number of the unit that failed, where one did in a transaction."""
        self._count = 0
        self._last: Future[None] | None = None
        """Of the writes that a read of the thread waits for."""
        self._order = threading.Lock()

    def submit(self, unit: Unit[T], *, driving: bool = True, soon: bool = False, unread: bool = False) -> Future[T]:
        """Write, from any thread. What is written while `driving` is refused once another write failed.

        It is kept together with the next that must be on disk `soon`, because somebody waits for it. What is
        `unread` no read of the thread waits for.

        The future raises:
            Fenced: the run was taken over, or (with `driving`) it ended.
            Unavailable: this write, or one before it, could not be kept.
        """

        # Which transaction it is, to who looks; the rest of what `wraps` copies costs more than some units do.
        @wraps(unit, assigned=("__qualname__",), updated=())
        def guarded(conn: sqlite3.Connection) -> T:
            if driving and self._failed is not None and number > self._failed_at:
                raise self._failed
            try:
                runs.fence(conn, self._run_id, self._epoch, driving=driving)
                return unit(conn)
            except BaseException as error:
                # At once, for those after it in the same transaction.
                if self._failed is None:
                    self._failed, self._failed_at = error, number
                raise

        with self._order:
            self._count = number = self._count + 1
            future: Future[T] = self._database.submit(guarded, soon=soon)
            if not unread:
                self._last = future  # type: ignore[assignment]  # only its end is of interest
            # Before anything else can be submitted, which would otherwise be kept after one that was not.
            future.add_done_callback(self._note)
        return future

    async def write(self, unit: Unit[T]) -> T:
        """Write, and go on once it is on disk. A caller that is cancelled does not take the unit back."""
        return await result_of(self.submit(unit, soon=True))

    async def settled(self) -> None:
        """Wait until all is on disk that a read of the thread may be about.

        Raises:
            Fenced, Unavailable: as `submit` has it.
        """
        if (last := self._last) is not None:
            if not last.done():
                self._database.hurry()
                await end_of(last)
            self._note(last)
        if self._failed is not None:
            raise self._failed

    def settle(self) -> None:
        """The same, blocking the thread."""
        if self._last is not None:
            self._database.hurry()
            self._note(self._last)
        if self._failed is not None:
            raise self._failed

    async def adopt(self, agent_digest: str) -> None:
        """The run goes on with an agent that was changed."""

        def unit(conn: sqlite3.Connection) -> None:
            conn.execute("UPDATE runs SET agent_digest = ? WHERE run_id = ?", (agent_digest, self._run_id))

        await self.write(unit)

    def deliver(
        self, langgraph_ids: Iterable[str], before: Unit[None], *, reached: bool = True, soon: bool = False
    ) -> Future[None]:
        """The answers are on their way to the graph; or, where they never `reached` it, they are not.

        `before` is done in the same transaction.
        """
        ids = list(langgraph_ids)

        def unit(conn: sqlite3.Connection) -> None:
            before(conn)
            conn.executemany(
                "UPDATE interrupts SET delivered = ? WHERE run_id = ? AND langgraph_id = ? AND status = 'decided'",
                [(reached, self._run_id, langgraph_id) for langgraph_id in ids],
            )

        return self.submit(unit, soon=soon, unread=True)

    async def pause(
        self,
        asked: Mapping[str, Question],
        doubts: Mapping[str, Iterable[int]],
        seconds: float = 0,
        error: tuple[str, str] | None = None,
        made_again: Collection[str] = (),
    ) -> None:
        """The run waits for a person: questions by LangGraph's id, and requests whose outcome is unknown.

        A question that is open already is not asked twice. What LangGraph no longer asks was answered. The calls with
        the keys `made_again` are made again when it goes on.
        """

        def unit(conn: sqlite3.Connection) -> None:
            effects.forget(conn, self._run_id, made_again)
            if not doubts:
                interrupts.turn_all(conn, self._run_id, InterruptEvent.APPLIED)
            for interrupt_id, indices in doubts.items():
                interrupts.doubt(conn, self._project, self._run, interrupt_id, indices)
            for langgraph_id, question in asked.items():
                interrupts.ask(conn, self._project, self._run, langgraph_id, question)
            self._turn(conn, RunEvent.PAUSED, seconds, error)

        await self.write(unit)

    async def finish(self, answer: str | None, output: Json, seconds: float) -> None:
        """The run came to its end."""

        def unit(conn: sqlite3.Connection) -> None:
            interrupts.turn_all(conn, self._run_id, InterruptEvent.APPLIED)
            self._turn(conn, RunEvent.FINISHED, seconds, None, answer=answer, output=dump(output))
            self._audit(conn, "finished")

        await self.write(unit)

    async def fail(self, code: str, message: str, seconds: float, made_again: Collection[str] = ()) -> None:
        """The run ends in an error; the calls with these keys are made again if it is tried once more."""

        def unit(conn: sqlite3.Connection) -> None:
            effects.forget(conn, self._run_id, made_again)
            self._turn(conn, RunEvent.FAILED, seconds, (code, message))
            interrupts.turn_all(conn, self._run_id, InterruptEvent.APPLIED)
            interrupts.turn_all(conn, self._run_id, InterruptEvent.SUPERSEDED)
            self._audit(conn, "failed", code=code, message=message)

        await self.write(unit)

    def record(self, records: Iterable[Effect]) -> Future[None]:
        """Keep effect records; the future resolves once they are on disk, soon where an effect is to start."""
        kept = list(records)
        starts = any(effect.status is EffectStatus.STARTED for effect in kept)

        def unit(conn: sqlite3.Connection) -> None:
            for effect in kept:
                effects.put(conn, self._project, self._run, self._epoch, effect)

        return self.submit(unit, driving=starts, soon=starts, unread=True)

    def see(self, tool: str) -> None:
        """A tool passed the gate that its agent does not show."""
        seen = (self._project, self._run.agent, tool)
        self.submit(lambda conn: conn.execute(asked_calls.SEE, seen), driving=False, unread=True)

    def _turn(
        self,
        conn: sqlite3.Connection,
        event: RunEvent,
        seconds: float,
        error: tuple[str, str] | None,
        **columns: str | None,
    ) -> None:
        code, message = error or (None, None)
        driven = self._driven_seconds + seconds
        runs.turn(conn, self._run_id, event, error_code=code, error_message=message, driven_seconds=driven, **columns)

    def _audit(self, conn: sqlite3.Connection, event: str, **detail: str) -> None:
        audit.append(conn, self._project, event, run_id=self._run_id, thread_id=self._run.thread_id, **detail)

    def _note(self, future: "Future[T]") -> None:
        if self._failed is None and (error := future.exception()) is not None:
            self._failed = error
