"""Runs that come to a thread of the toy store, and what keeps them from it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from interrupt_mcp.authority import strictest
from interrupt_mcp.errors import ThreadBusy, ThreadInterrupted
from interrupt_mcp.model import Json, Run, RunStatus
from interrupt_mcp.store.records import NewRun, Reach
from tests.store.toy_dictionaries import KeptRun, KeptThread, State


def add_run(
    state: State,
    reach: Reach,
    owner: str,
    new: NewRun,
    who: str,
    effects_left: Sequence[Json] = (),
) -> KeptRun:
    """Keep a new run."""
    at = datetime.now(UTC)
    assert reach.principal is not None, "somebody starts"
    run = Run(new.run_id, new.thread_id, new.agent, reach.principal, RunStatus.PENDING, at, at, started_by=who)
    number = len(state.runs) + 1
    state.runs[new.run_id] = kept = KeptRun(
        run, reach.project, number, new, owner, new.agent_digest, effects_left=tuple(effects_left)
    )
    return kept


def tightened(state: State, kept: KeptThread, new: NewRun) -> KeptThread:
    """Keep the thread, as strict as the new run."""
    thread = replace(kept.thread, approver=strictest(kept.thread.approver, new.approver))
    state.threads[new.thread_id] = kept = replace(kept, thread=thread)
    return kept


def refuse_active(state: State, reach: Reach, thread_id: str) -> None:
    """
    Raises:
        ThreadBusy, ThreadInterrupted: a run of the thread is not finished.
    """
    active = state.active(reach, thread_id)
    if active is not None and active.run.status is RunStatus.INTERRUPTED:
        raise ThreadInterrupted(f"Run {active.run.run_id} on thread {thread_id} waits for a decision")
    refuse_busy(active)


def refuse_busy(active: KeptRun | None) -> None:
    """
    Raises:
        ThreadBusy: the thread's active run is going on.
    """
    if active is not None and active.run.status is not RunStatus.INTERRUPTED:
        raise ThreadBusy(f"Run {active.run.run_id} is going on on thread {active.run.thread_id}")
