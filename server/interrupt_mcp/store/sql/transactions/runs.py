"""Runs and the threads they are on, within a transaction."""

from dataclasses import dataclass
from functools import reduce

from interrupt_mcp import authority
from interrupt_mcp.errors import (
    Forbidden,
    IdempotencyConflict,
    InvalidInput,
    RunFinished,
    ThreadBusy,
    ThreadInterrupted,
    UnknownRun,
    UnknownThread,
)
from interrupt_mcp.model import Approver, Json, RunId, RunStatus, lifecycle
from interrupt_mcp.model.lifecycle import RunEvent
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.store.records import NOBODY, Fenced, Moved, NewRun, Thread
from interrupt_mcp.store.sql.rows import beginning_body, breakpoints_body, dump, now, thread_of
from interrupt_mcp.store.sql.statements import runs, steps, threads
from interrupt_mcp.store.sql.transaction import Row, Transaction
from interrupt_mcp.store.sql.transactions import effects

_FOR_GOOD = (RunEvent.FINISHED, RunEvent.CANCELLED)
"""Events after which a run goes on no more."""


@dataclass(frozen=True, slots=True)
class _Fenced:
    """That the epoch is the run's, and nobody else has it, and (with `driving`) that it is running."""

    run_id: str
    epoch: int
    owner: str
    driving: bool


def one(tx: Transaction, run_id: str) -> Row:
    """Return the run's row.

    Raises:
        UnknownRun: there is no such run.
    """
    row = tx.one(runs.ONE, run_id=run_id)
    if row is None:
        raise UnknownRun(f"There is no run {run_id!r}")
    return row


def own(tx: Transaction, run_id: str) -> Row:
    """Return the row of a run that whoever asks may change.

    Raises:
        UnknownRun: there is no such run.
        Forbidden: it is somebody else's, and only to be decided, or looked at.
    """
    row = tx.one(runs.OWN, run_id=run_id)
    if row is None:
        found = one(tx, run_id)
        raise Forbidden(f"Run {run_id} is {found['principal']}'s, who alone goes on with it or ends it")
    return row


def own_thread(tx: Transaction, thread_id: str) -> Thread:
    """Return a thread that whoever asks may change.

    Raises:
        UnknownThread: there is no such thread.
        Forbidden: it is somebody else's.
    """
    row = tx.one(threads.OWN, thread_id=thread_id)
    if row is None:
        found = tx.one(threads.ONE, thread_id=thread_id)
        if found is None:
            raise UnknownThread(f"There is no thread {name_of(thread_id)!r}")
        raise Forbidden(f"Thread {name_of(thread_id)} is {found['principal']}'s, who alone goes on with it")
    return thread_of(row)


def same_request(tx: Transaction, new: NewRun) -> RunId | None:
    """Return the run that the same idempotency key started.

    Raises:
        IdempotencyConflict: it was started with other arguments.
    """
    if new.idempotency_key is None:
        return None
    row = tx.one(runs.BY_IDEMPOTENCY_KEY, idempotency_key=new.idempotency_key)
    return None if row is None else same(row, new)


def same(row: Row, new: NewRun) -> RunId:
    """Return the id of the run with the same idempotency key.

    Raises:
        IdempotencyConflict: it was started with other arguments.
    """
    if row["request_digest"] != new.request_digest:
        raise IdempotencyConflict(f"idempotency_key {new.idempotency_key!r} started run {row['run_id']} with others")
    return RunId(row["run_id"])


def enter_thread(tx: Transaction, new: NewRun) -> Approver:
    """Make the thread, or check that this run may start on it; return who may accept or edit there from now on.

    Raises:
        InvalidInput: it is a thread of another agent, or its id is taken.
        ThreadBusy: a run is going on there.
        ThreadInterrupted: a run waits there for a decision.
        Moved: the thread is not as it was when the input was tried.
    """
    row = tx.one(threads.OWN, thread_id=new.thread_id)
    if row is None:
        _refuse_moved(tx, new)
        if add_thread(tx, new.thread_id, new.agent, new.approver):
            return new.approver
        # Another transaction may have made it just now.
        row = tx.one(threads.OWN, thread_id=new.thread_id)
        if row is None:
            raise taken(new.thread_id)
    if row["agent"] != new.agent:
        raise InvalidInput(f"Thread {name_of(new.thread_id)} is a thread of agent {row['agent']!r}, not {new.agent!r}")
    refuse_active(tx, new.thread_id)
    _refuse_moved(tx, new)
    return tighten(tx, thread_of(row), new.approver)


def add_thread(tx: Transaction, thread_id: str, agent: str, approver: Approver, copied_from: str | None = None) -> bool:
    """Make a thread of whoever asks, and return whether there was none of that id, within reach or not."""
    added = tx.run(
        threads.ADD,
        thread_id=thread_id,
        agent=agent,
        approver=approver,
        copied_from=copied_from,
        at=now(),
    )
    return added == 1


def taken(thread_id: str) -> InvalidInput:
    """Return the error that a thread of that id is there already, perhaps out of reach."""
    return InvalidInput(f"thread_id {name_of(thread_id)!r} is taken; choose another")


def tighten(tx: Transaction, thread: Thread, approver: Approver) -> Approver:
    """Have the thread be as strict as this approver, where it is not yet; return who approves on it from now on."""
    strictest = authority.strictest(thread.approver, approver)
    if strictest is not thread.approver:
        tx.do(threads.SET_APPROVER, thread_id=thread.thread_id, approver=strictest)
    return strictest


def _refuse_moved(tx: Transaction, new: NewRun) -> None:
    if new.tried_on is not None and (head(tx, new.thread_id) or "") != new.tried_on:
        raise Moved(new.thread_id)


def head(tx: Transaction, thread_id: str) -> str | None:
    """Return the thread's latest checkpoint."""
    row = tx.one(steps.HEAD, thread_id=thread_id)
    return row["head"] if row else None


def deaths_where_it_stands(tx: Transaction, row: Row, *, died: bool) -> dict[str, str | int]:
    """Return the columns that say how many processes died with a run where it stands, and where that is.

    `died` is whether its last one did. Where it got on since the one before, those before count no more.
    """
    place = _place(tx, row)
    before = row["deaths"] if place == row["stood_at"] else 0
    return {"deaths": before + died, "stood_at": place}


def got_on(tx: Transaction, run_id: str) -> bool:
    """Return whether a run no longer stands where it did when its owner was found to be dead."""
    row = tx.one(runs.ONE, run_id=run_id)
    return row is not None and row["stood_at"] != _place(tx, row)


def _place(tx: Transaction, row: Row) -> str:
    """Return where the thread of a run stands, as text that differs once it got on."""
    found = tx.one(steps.STANDING, thread_id=row["thread_id"])
    return "" if found is None else f"{found['newest'] or ''} {found['writes']}"


def refuse_active(tx: Transaction, thread_id: str) -> None:
    """Refuse where a run of the thread is not finished.

    Raises:
        ThreadBusy, ThreadInterrupted: one is going on, or waits for a decision.
    """
    active = tx.one(runs.ACTIVE, thread_id=thread_id)
    if active is not None and active["status"] == RunStatus.INTERRUPTED:
        raise ThreadInterrupted(f"Run {active['run_id']} on thread {name_of(thread_id)} waits for a decision")
    refuse_busy(active)


def refuse_busy(active: Row | None) -> None:
    """Refuse where the thread's active run, if there is one, is going on.

    Raises:
        ThreadBusy: it is.
    """
    if active is not None and active["status"] != RunStatus.INTERRUPTED:
        raise ThreadBusy(f"Run {active['run_id']} is going on on thread {name_of(active['thread_id'])}")


def refuse_older(tx: Transaction, row: Row) -> None:
    """Refuse a run that is not its thread's last.

    Raises:
        RunFinished: it is not.
    """
    last = tx.one(runs.LAST, thread_id=row["thread_id"])
    if last is not None and last["run_id"] != row["run_id"]:
        raise RunFinished(f"Run {row['run_id']} failed, and its thread went on with run {last['run_id']}")


def add(tx: Transaction, owner: str, new: NewRun, who: str, effects_left: list[Json] | None = None) -> None:
    """Keep a new run that `who` began; `effects_left` is what was done on the branch that it leaves."""
    tx.do(
        runs.ADD,
        run_id=new.run_id,
        thread_id=new.thread_id,
        agent=new.agent,
        agent_digest=new.agent_digest,
        status=RunStatus.PENDING,
        input=dump(beginning_body(new.begins)),
        effects_left=None if effects_left is None else dump(effects_left),
        context=None if new.context is None else dump(new.context),
        breakpoints=dump(breakpoints_body(new.breakpoints)),
        idempotency_key=new.idempotency_key,
        request_digest=new.request_digest,
        owner=owner,
        started_by=who,
        at=now(),
    )


def starts_clean(tx: Transaction, row: Row) -> tuple[bool, bool]:
    """Return whether nothing is left to settle before the run, and whether its thread is new.

    Nothing is left where it was not driven yet, and the run before it came to its end, or the thread is new.
    """
    if row["epoch"]:
        return False, False
    before = tx.one(runs.BEFORE, thread_id=row["thread_id"], seq=row["seq"])
    if before is not None:
        return bool(before["status"] == RunStatus.SUCCESS), False
    new = tx.one(steps.ANY, thread_id=row["thread_id"]) is None
    return new, new


def turn(
    tx: Transaction, run_id: str, before: str, *events: RunEvent, at: str | None = None, **columns: str | float | None
) -> None:
    """Move the run, whose status is `before`, by events, one after the other, and set columns with it.

    `at` is when that is, if not now.

    Raises:
        Impossible: one of the events is not possible in the status that the run has by then.
    """
    after = reduce(lifecycle.run_after, events, RunStatus(before))
    # This transaction saw that it is so, and keeps it from being changed by others.
    tx.do_one(runs.turn(*columns), run_id=run_id, before=before, status=after, updated_at=at or now(), **columns)
    tx.found.difference_update([each for each in tx.found if isinstance(each, _Fenced) and each.run_id == run_id])
    if not set(_FOR_GOOD).isdisjoint(events):
        effects.forget_undecided(tx, run_id)


def fence(tx: Transaction, run_id: str, epoch: int, owner: str, *, driving: bool = True) -> None:
    """Refuse to write for a driver that drives the run no longer.

    Raises:
        Fenced: the epoch is no longer the run's, another has it, or (with `driving`) the run is not running.
    """
    found = _Fenced(run_id, epoch, owner, driving)
    if found in tx.found:
        return
    statement = runs.FENCE_DRIVING if driving else runs.FENCE
    if tx.one(statement, run_id=run_id, epoch=epoch, owner=owner, nobody=NOBODY) is None:
        raise Fenced(run_id)
    tx.found.add(found)
    if driving:
        tx.found.add(_Fenced(run_id, epoch, owner, driving=False))
