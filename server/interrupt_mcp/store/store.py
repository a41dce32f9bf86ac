"""The store of one project: what happened, one transaction each.

A caller that gets an answer from a method that writes knows that it is on disk.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from interrupt_mcp.model import Channel, Interrupt, RunId, RunStatus
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent
from interrupt_mcp.store import audit, effects, interrupts, pruning, runs
from interrupt_mcp.store.claimed_run import ClaimedRun, Decided
from interrupt_mcp.store.interrupts import Choice
from interrupt_mcp.store.journal import Journal
from interrupt_mcp.store.lookups import NOBODY, Lookups
from interrupt_mcp.store.rows import load, run_of
from interrupt_mcp.store.runs import Fenced, NewRun
from interrupt_mcp.store.writer import Unit

__all__ = ["Choice", "ClaimedRun", "Decided", "Fenced", "NewRun", "Store"]

Row: TypeAlias = Mapping[str, Any]
_THREADS_AT_ONCE = 50
_PAGES_AT_ONCE = 500
"""What is deleted or given back in one transaction: others wait for its end."""


class Store(Lookups):
    """What one process, as `owner`, writes of one project, and all that it can look up."""

    def journal(self, claimed: ClaimedRun) -> Journal:
        """What the driver of the run writes."""
        return Journal(self.database, self.project, claimed)

    async def start(self, new: NewRun, who: str, enqueue: Unit[None] | None = None) -> tuple[RunId, ClaimedRun | None]:
        """Keep a new run, claimed by this process; return its id, and the run unless an idempotency key is repeated.

        `enqueue` is kept with it.
        """

        def unit(conn: sqlite3.Connection) -> tuple[RunId, ClaimedRun | None]:
            if (same := runs.same_request(conn, self.project, new)) is not None:
                return same, None
            settled = runs.enter_thread(conn, self.project, new)
            runs.add(conn, self.project, self.owner, new)
            row = self._row(conn, new.run_id)
            self._audit(conn, "started", row, who=who, agent=new.agent, approver=settled)
            if enqueue is not None:
                enqueue(conn)
            return new.run_id, self._claim(conn, row)

        return await self.database.write(unit)

    async def claim(self, run_id: RunId, from_owner: str) -> ClaimedRun | None:
        """Take the run to drive it, if it is in flight and still that owner's.

        Its epoch grows with the driver: with another owner, and where the last driver ended without a word.
        """

        def unit(conn: sqlite3.Connection) -> ClaimedRun | None:
            row = self._row(conn, run_id)
            return self._claim(conn, row) if row["owner"] == from_owner else None

        return await self.database.write(unit)

    async def decide(
        self,
        run_id: RunId,
        choices: Sequence[Choice],
        channel: Channel,
        who: str,
        *,
        ownerless: bool = False,
        enqueue: Unit[None] | None = None,
    ) -> Decided:
        """Keep all the decisions, or none.

        A run that can go on is claimed by this process, or, left `ownerless`, is the first's that takes it up.
        `enqueue` is kept with the decisions if the run can go on.
        """
        owner = NOBODY if ownerless else self.owner

        def unit(conn: sqlite3.Connection) -> Decided:
            new = [interrupts.choose(conn, self.project, choice, channel, who) for choice in choices]
            row = self._row(conn, run_id)
            repeated = tuple(choice.interrupt_id for choice, is_new in zip(choices, new, strict=True) if not is_new)
            if not any(new) or interrupts.open_in(conn, run_id):
                return Decided(False, repeated)
            epoch = row["epoch"] + (row["owner"] != owner)
            goes_on = runs.turn(
                conn, run_id, RunEvent.RESUMED, owner=owner, epoch=epoch, error_code=None, error_message=None
            )
            if goes_on and enqueue is not None:
                enqueue(conn)
            if not goes_on or ownerless:
                return Decided(goes_on, repeated)
            claimed = self._claim(conn, {**row, "status": "pending", "owner": owner, "epoch": epoch})
            return Decided(True, repeated, claimed)

        return await self.database.write(unit)

    async def retry(self, run_id: RunId, who: str) -> bool:
        """A run that ended in error goes on from its last checkpoint, as this process's; whether it was so.

        Raises:
            ThreadBusy, ThreadInterrupted: another run is active on its thread.
            RunFinished: the thread went on with another run.
        """

        def unit(conn: sqlite3.Connection) -> bool:
            row = self._row(conn, run_id)
            if row["status"] != "error":
                return False
            runs.refuse_active(conn, row["thread_id"])
            runs.refuse_older(conn, row)
            # What is left of the driver that failed, as a thread that could not be stopped, writes no more.
            epoch = row["epoch"] + 1
            self._audit(conn, "retried", row, who=who)
            return runs.turn(
                conn,
                run_id,
                RunEvent.RETRIED,
                owner=self.owner,
                epoch=epoch,
                error_code=None,
                error_message=None,
                driven_seconds=0,
            )

        return await self.database.write(unit)

    async def cancel(self, run_id: RunId, who: str) -> bool:
        """The run ends, and what it asked is no longer asked; whether it was not finished before."""

        def unit(conn: sqlite3.Connection) -> bool:
            row = self._row(conn, run_id)
            if not runs.turn(conn, run_id, RunEvent.CANCELLED):
                return False
            interrupts.turn_all(conn, run_id, InterruptEvent.SUPERSEDED)
            self._audit(conn, "cancelled", row, who=who)
            return True

        return await self.database.write(unit)

    async def prune(self, thread_id: str, keep: int) -> int:
        """Delete the checkpoints of all runs but the thread's last `keep`; how many there were."""
        if len(self.database.read(pruning.SOME_RUNS, (thread_id,))) <= min(keep, pruning.WHOLE_RUNS):
            return 0
        return await self.database.write(lambda conn: pruning.prune_thread(conn, thread_id, keep))

    async def delete_threads(self, before: datetime) -> list[str]:
        """Delete the threads on which nothing is open and nothing happened since; their ids."""
        moment, deleted = before.isoformat(timespec="milliseconds"), list[str]()

        def unit(conn: sqlite3.Connection) -> list[str]:
            old = pruning.delete_threads(conn, self.project, moment, _THREADS_AT_ONCE)
            if old:
                audit.append(conn, self.project, "deleted", threads=old, before=moment)
            return old

        while some := await self.database.write(unit):
            deleted += some
        while await self.database.write(lambda conn: pruning.shrink(conn, _PAGES_AT_ONCE)):
            pass
        return deleted

    async def reject_all(
        self, run_id: RunId, channel: Channel, who: str, check: Callable[[Sequence[Interrupt]], None]
    ) -> None:
        """Reject what the run asks, where it can be rejected, and end it; all of it or, where `check` raises, nothing.

        `check` is given what is open, and reads nothing. A run that waits no longer is left alone.
        """

        def unit(conn: sqlite3.Connection) -> None:
            row = self._row(conn, run_id)
            if row["status"] != RunStatus.INTERRUPTED:
                return
            check([each for each in interrupts.of_run(conn, run_id) if each.status.open])
            for asked in conn.execute(interrupts.OF_RUN, (run_id,)).fetchall():
                interrupts.reject(conn, self.project, asked, channel, who)
            interrupts.turn_all(conn, run_id, InterruptEvent.APPLIED)
            if runs.turn(conn, run_id, RunEvent.CANCELLED):
                interrupts.turn_all(conn, run_id, InterruptEvent.SUPERSEDED)
                self._audit(conn, "cancelled", row, who=who)

        await self.database.write(unit)

    def _claim(self, conn: sqlite3.Connection, row: Row) -> ClaimedRun | None:
        run_id = row["run_id"]
        anew = row["owner"] != self.owner or row["status"] == "running" or not row["epoch"]
        epoch = row["epoch"] + anew
        if not runs.turn(conn, run_id, RunEvent.CLAIMED, owner=self.owner, epoch=epoch):
            return None
        if row["epoch"]:
            effects.left_open(conn, run_id)
        return self._claimed_run(conn, row, epoch)

    def _claimed_run(self, conn: sqlite3.Connection, row: Row, epoch: int) -> ClaimedRun:
        """The run as it is claimed under this epoch; `row` is how it stood before."""
        run_id = row["run_id"]
        driven = row["epoch"] > 0
        return ClaimedRun(
            run=run_of({**row, "status": "running"}),
            input=load(row["input"]),
            context=None if row["context"] is None else load(row["context"]),
            epoch=epoch,
            from_pause=row["status"] == "pending" and row["epoch"] > 0,
            clean_start=runs.starts_clean(conn, row),
            agent_digest=row["agent_digest"],
            driven_seconds=row["driven_seconds"],
            interrupts=interrupts.of_run(conn, run_id) if driven else (),
            effects=effects.of_run(conn, run_id) if driven else (),
        )

    def _row(self, conn: sqlite3.Connection, run_id: str) -> Row:
        return dict(runs.one(conn, self.project, run_id))

    def _audit(self, conn: sqlite3.Connection, event: str, run: Row, **detail: Any) -> None:
        audit.append(conn, self.project, event, run_id=run["run_id"], thread_id=run["thread_id"], **detail)
