"""Effect records within a transaction."""

from collections.abc import Iterable

from interrupt_mcp.model import Effect, EffectStatus, Run
from interrupt_mcp.store.sql.rows import call_body, dump, effect_of, now
from interrupt_mcp.store.sql.statements import effects
from interrupt_mcp.store.sql.transaction import Transaction
from interrupt_mcp.store.sql.transactions import audit

_AUDITED = {
    EffectStatus.STARTED: "effect_started",
    EffectStatus.DONE: "effect_done",
    EffectStatus.FAILED: "effect_failed",
    EffectStatus.UNKNOWN: "effect_unknown",
}


def of_run(tx: Transaction, run_id: str) -> tuple[Effect, ...]:
    """Return all records of the run, oldest first, whether whoever asks sees them or not."""
    return tuple(effect_of(row) for row in tx.all(effects.ALL_OF_RUN, run_id=run_id))


def put(tx: Transaction, project: str, run: Run, epoch: int, effect: Effect) -> None:
    """Write the record as it is now, and an entry of the audit where the call ran under a decision."""
    at = now()
    started = effect.status is EffectStatus.STARTED
    kind, result = effect.result or (None, None)
    tx.do(
        effects.SET,
        thread_id=run.thread_id,
        run_id=run.run_id,
        key=effect.call.key,
        call=dump(call_body(effect.call)),
        status=effect.status,
        slots=dump(effect.slots),
        subgraphs=dump(effect.subgraphs),
        langgraph_id=effect.langgraph_id,
        interrupt_id=effect.interrupt_id,
        idx=effect.index,
        args=None if effect.args is None else dump(effect.args),
        result_type=kind,
        result=result,
        error=effect.error,
        attempt=effect.round,
        gated=effect.gated,
        epoch=epoch,
        started_at=at if started else None,
        ended_at=None if started else at,
    )
    if effect.interrupt_id and (event := _AUDITED.get(effect.status)):
        audit.append(
            tx,
            project,
            event,
            run_id=run.run_id,
            thread_id=run.thread_id,
            interrupt_id=effect.interrupt_id,
            index=effect.index,
            action=effect.call.name,
            args=effect.args,
            error=effect.error or None,
        )


def forget(tx: Transaction, run_id: str, keys: Iterable[str]) -> None:
    """Have the calls with these keys made again where they come again."""
    tx.run_each(effects.FORGET, [{"run_id": run_id, "key": key} for key in keys])


def forget_undecided(tx: Transaction, run_id: str) -> None:
    """Forget calls that nobody decided on, of a run that is over: nobody is shown them, and they come no more."""
    tx.do(effects.FORGET_UNDECIDED, run_id=run_id)


def abandon(tx: Transaction, run_id: str) -> tuple[Effect, ...]:
    """Mark what a driver started, and ended without settling, as of unknown outcome; return all records of the run."""
    found = of_run(tx, run_id)
    if all(effect.status is not EffectStatus.STARTED for effect in found):
        return found
    tx.do(effects.ABANDON, run_id=run_id, at=now())
    return of_run(tx, run_id)
