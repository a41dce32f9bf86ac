"""Runs on a database that speaks SQL."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from interrupt_mcp.errors import ThreadBusy, ThreadInterrupted, UnknownRun
from interrupt_mcp.model import Channel, EffectStatus, Filters, Interrupt, Json, Run, RunId, RunStatus
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent, run_takes
from interrupt_mcp.store.flight import InFlight
from interrupt_mcp.store.port import Enqueue
from interrupt_mcp.store.records import (
    NOBODY,
    Begun,
    Choice,
    ClaimedRun,
    Decided,
    Done,
    Moved,
    NewRun,
    Usage,
)
from interrupt_mcp.store.sql.interrupts import SqlInterrupts
from interrupt_mcp.store.sql.rows import beginning_of, breakpoints_of, load, run_of
from interrupt_mcp.store.sql.statements import asked_calls
from interrupt_mcp.store.sql.statements import effects as effect_statements
from interrupt_mcp.store.sql.statements import runs as statements
from interrupt_mcp.store.sql.transaction import Database, Row, Transaction
from interrupt_mcp.store.sql.transactions import audit, branches, effects, interrupts, runs

_ANEW: Mapping[str, Any] = {"deaths": 0, "error_code": None, "error_message": None}
"""The columns of a run that goes on after a pause or an error."""


class SqlRuns:
    """See `store.port.Runs`."""

    def __init__(self, database: Database, owner: str, asked: SqlInterrupts) -> None:
        self._database = database
        self._project = database.reach.project
        self._owner = owner
        self._interrupts = asked

    async def get(self, run_id: str) -> Run:
        row = await self._row(run_id)
        if row["status"] != RunStatus.INTERRUPTED:
            # Of no other run is anything open.
            return run_of(row, ())
        found = await self._interrupts.of_run(run_id)
        return run_of(row, tuple(each for each in found if each.status.open))

    async def with_interrupts(self, run_id: str) -> tuple[Run, tuple[Interrupt, ...]]:
        row = await self._row(run_id)
        found = await self._interrupts.of_run(run_id)
        return run_of(row, tuple(each for each in found if each.status.open)), found

    async def _row(self, run_id: str) -> Row:
        row = await self._database.one(statements.ONE, run_id=run_id)
        if row is None:
            raise UnknownRun(f"There is no run {run_id!r}")
        return row

    async def listed(self, filters: Filters, after: int | None, most: int) -> tuple[list[Run], int | None]:
        statement = statements.listed(filters, after=after is not None)
        rows = await self._database.all(statement, **filters.given, position=after, most=most + 1)
        return [run_of(row) for row in rows[:most]], rows[most - 1]["seq"] if len(rows) > most else None

    async def active_on(self, thread_id: str) -> Run | None:
        row = await self._database.one(statements.ACTIVE, thread_id=thread_id)
        return None if row is None else await self.get(row["run_id"])

    async def same_request(self, new: NewRun) -> RunId | None:
        if new.idempotency_key is None:
            return None
        row = await self._database.one(statements.BY_IDEMPOTENCY_KEY, idempotency_key=new.idempotency_key)
        return None if row is None else runs.same(row, new)

    async def start(self, new: NewRun, who: str, enqueue: Enqueue | None = None, *, ownerless: bool = False) -> Begun:
        def unit(tx: Transaction) -> Begun:
            if (same := runs.same_request(tx, new)) is not None:
                return Begun(same, is_new=False)
            try:
                settled = runs.enter_thread(tx, new)
            except (ThreadBusy, ThreadInterrupted, Moved):
                # Another transaction may have kept the same start since this one looked.
                if (same := runs.same_request(tx, new)) is None:
                    raise
                return Begun(same, is_new=False)
            runs.add(tx, NOBODY if ownerless else self._owner, new, who)
            if enqueue is not None:
                enqueue(tx)
            row = runs.one(tx, new.run_id)
            self._audit(tx, "started", row, who=who, agent=new.agent, approver=settled)
            return Begun(new.run_id, True, None if ownerless else self._claim(tx, row))

        return await self._database.write(unit)

    async def claim(self, run_id: RunId, from_owner: str) -> ClaimedRun | None:
        def unit(tx: Transaction) -> ClaimedRun | None:
            row = runs.own(tx, run_id)
            if row["owner"] == NOBODY:
                # Nobody died with it, and whatever comes of the drive is kept after it.
                tx.hold_lightly()
            return self._claim(tx, row) if row["owner"] == from_owner else None

        return await self._database.write(unit)

    async def decide(
        self,
        run_id: RunId,
        choices: Sequence[Choice],
        channel: Channel,
        who: str,
        *,
        ownerless: bool = False,
        enqueue: Enqueue | None = None,
    ) -> Decided:
        def unit(tx: Transaction) -> Decided:
            row = runs.one(tx, run_id)
            new = [interrupts.choose(tx, self._project, choice, channel, who) for choice in choices]
            repeated = tuple(choice.interrupt_id for choice, is_new in zip(choices, new, strict=True) if not is_new)
            waits = run_takes(RunStatus(row["status"]), RunEvent.RESUMED)
            if not waits or not any(new) or interrupts.open_in(tx, run_id):
                return Decided(False, repeated)
            owner = NOBODY if ownerless else self._owner
            epoch = row["epoch"] + (row["owner"] != owner)
            events = (RunEvent.RESUMED,) if ownerless else (RunEvent.RESUMED, RunEvent.CLAIMED)
            passed_on = {"owner": owner, "epoch": epoch, **_ANEW}
            runs.turn(tx, run_id, row["status"], *events, **passed_on)
            if enqueue is not None:
                enqueue(tx)
            row = {**row, **passed_on, "status": RunStatus.PENDING}
            return Decided(True, repeated, None if ownerless else _claimed(tx, row, epoch))

        return await self._database.write(unit)

    async def reject_all(self, run_id: RunId, channel: Channel, who: str, asked: Sequence[Interrupt]) -> None:
        def unit(tx: Transaction) -> None:
            row = runs.own(tx, run_id)
            if row["status"] != RunStatus.INTERRUPTED:
                return
            waiting = [each for each in interrupts.of_run(tx, run_id) if each.status.open]
            if [_version(each) for each in waiting] != [_version(each) for each in asked]:
                raise Moved(run_id)
            for interrupt in waiting:
                interrupts.reject(tx, self._project, interrupt, channel, who)
            interrupts.turn_all(tx, run_id, InterruptEvent.APPLIED)
            self._end(tx, row, who)

        await self._database.write(unit)

    async def retry(self, run_id: RunId, who: str, enqueue: Enqueue | None = None, *, ownerless: bool = False) -> bool:
        def unit(tx: Transaction) -> bool:
            row = runs.own(tx, run_id)
            if not run_takes(RunStatus(row["status"]), RunEvent.RETRIED):
                return False
            runs.refuse_active(tx, row["thread_id"])
            runs.refuse_older(tx, row)
            self._audit(tx, "retried", row, who=who)
            # What is left of the driver that failed, as a thread that could not be stopped, writes no more.
            passed_on = {"owner": NOBODY if ownerless else self._owner, "epoch": row["epoch"] + 1}
            runs.turn(tx, run_id, row["status"], RunEvent.RETRIED, driven_seconds=0, **passed_on, **_ANEW)
            if enqueue is not None:
                enqueue(tx)
            return True

        return await self._database.write(unit)

    async def cancel(self, run_id: RunId, who: str) -> bool:
        def unit(tx: Transaction) -> bool:
            row = runs.own(tx, run_id)
            possible = run_takes(RunStatus(row["status"]), RunEvent.CANCELLED)
            if possible:
                self._end(tx, row, who)
            return possible

        return await self._database.write(unit)

    async def owner_of(self, run_id: RunId) -> str:
        row = await self._database.one(statements.ONE, run_id=run_id)
        return str(row["owner"]) if row else NOBODY

    async def in_flight(self) -> Sequence[InFlight]:
        return [self._standing(row) for row in await self._database.all(statements.IN_FLIGHT)]

    async def standing(self, run_id: RunId) -> InFlight | None:
        row = await self._database.one(statements.STANDING, run_id=run_id)
        return None if row is None else self._standing(row)

    async def got_on(self, run_id: RunId) -> bool:
        return await self._database.read(lambda tx: runs.got_on(tx, run_id))

    def release(self) -> Future[None]:
        def unit(tx: Transaction) -> None:
            tx.do(statements.RELEASE, owner=self._owner, nobody=NOBODY)

        return self._database.submit(unit)

    async def not_mine(self, run_ids: Collection[RunId]) -> Sequence[RunId]:
        if not run_ids:
            return ()
        rows = await self._database.all(statements.TAKEN, run_ids=tuple(run_ids), owner=self._owner)
        return [RunId(row["run_id"]) for row in rows]

    async def going_on(self, run_ids: Collection[RunId]) -> frozenset[RunId]:
        if not run_ids:
            return frozenset()
        rows = await self._database.all(statements.GOING_ON, run_ids=tuple(run_ids))
        return frozenset(RunId(row["run_id"]) for row in rows)

    async def usage(self) -> Usage:
        row = await self._database.one(statements.USAGE)
        return Usage(0, 0) if row is None else Usage(row["driven"] or 0, row["waiting"] or 0)

    async def effects(self, run_id: str) -> Sequence[Done]:
        rows = await self._database.all(effect_statements.OF_RUN, run_id=run_id)
        return [branches.done_of(row) for row in rows if row["interrupt_id"] and row["status"] != EffectStatus.PAUSED]

    async def effects_left(self, run_id: str) -> list[Json]:
        row = await self._database.one(statements.ONE, run_id=run_id)
        return [] if row is None or row["effects_left"] is None else load(row["effects_left"])

    async def seen_tools(self, agent: str) -> Mapping[str, bool]:
        rows = await self._database.all(asked_calls.SEEN_TOOLS, agent=agent)
        return {row["tool"]: bool(row["asks_too"]) for row in rows}

    def _end(self, tx: Transaction, row: Row, who: str) -> None:
        runs.turn(tx, row["run_id"], row["status"], RunEvent.CANCELLED)
        interrupts.turn_all(tx, row["run_id"], InterruptEvent.SUPERSEDED)
        self._audit(tx, "cancelled", row, who=who)

    def _claim(self, tx: Transaction, row: Row) -> ClaimedRun | None:
        """Claim the run of this row for this process, and return it; `None` if it is not in flight."""
        if not run_takes(RunStatus(row["status"]), RunEvent.CLAIMED):
            return None
        anew = row["owner"] != self._owner or row["status"] == RunStatus.RUNNING or not row["epoch"]
        epoch, deaths = row["epoch"] + anew, self._deaths(tx, row)
        runs.turn(tx, row["run_id"], row["status"], RunEvent.CLAIMED, owner=self._owner, epoch=epoch, **deaths)
        return _claimed(tx, {**row, **deaths}, epoch)

    def _deaths(self, tx: Transaction, row: Row) -> dict[str, Any]:
        """Return the columns that count its last owner among those that died with it, where there is one to count."""
        died = self._died_with(row)
        return runs.deaths_where_it_stands(tx, row, died=died) if died or row["deaths"] else {}

    def _died_with(self, row: Row) -> bool:
        """Whether the owner of a run that is in flight died as it drove it, if it does not live."""
        begun = not row["deaths"] or row["begun_epoch"] == row["epoch"]
        return begun and row["status"] == RunStatus.RUNNING and row["owner"] not in (NOBODY, self._owner)

    def _standing(self, row: Row) -> InFlight:
        deaths = row["deaths"] + self._died_with(row)
        return InFlight(RunId(row["run_id"]), row["owner"], row["agent"], deaths)

    def _audit(self, tx: Transaction, event: str, run: Row, **detail: Any) -> None:
        audit.append(tx, self._project, event, run_id=run["run_id"], thread_id=run["thread_id"], **detail)


def _claimed(tx: Transaction, row: Row, epoch: int) -> ClaimedRun:
    """Return the run, which is claimed under this epoch; the row is as it was before, pending or running."""
    driven = row["epoch"] > 0
    clean_start, new_thread = runs.starts_clean(tx, row)
    return ClaimedRun(
        run=run_of({**row, "status": RunStatus.RUNNING}),
        begins=beginning_of(load(row["input"])),
        context=None if row["context"] is None else load(row["context"]),
        breakpoints=breakpoints_of(None if row["breakpoints"] is None else load(row["breakpoints"])),
        epoch=epoch,
        from_pause=row["status"] == RunStatus.PENDING and driven,
        clean_start=clean_start,
        new_thread=new_thread,
        agent_digest=row["agent_digest"],
        driven_seconds=row["driven_seconds"],
        interrupts=interrupts.of_run(tx, row["run_id"]) if driven else (),
        effects=effects.abandon(tx, row["run_id"]) if driven else (),
        deaths=row["deaths"],
    )


def _version(interrupt: Interrupt) -> tuple[str, int, str]:
    return interrupt.interrupt_id, interrupt.round, interrupt.digest
