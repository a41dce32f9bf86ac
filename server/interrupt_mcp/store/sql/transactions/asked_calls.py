"""Tool calls that people were, or must be, asked about, within a transaction."""

from collections.abc import Iterable

from interrupt_mcp.model import Call, Dialect, Question, Run
from interrupt_mcp.store.records import Origin
from interrupt_mcp.store.sql.rows import effect_of
from interrupt_mcp.store.sql.statements import asked_calls, effects
from interrupt_mcp.store.sql.transaction import Transaction


def add(tx: Transaction, run: Run, langgraph_id: str, question: Question) -> None:
    """Keep which calls a question is about, or only their names where the calls themselves are not seen."""
    rows = tx.all(effects.PAUSED_AT, run_id=run.run_id, langgraph_id=langgraph_id)
    paused = [effect_of(row) for row in rows]
    gated = [effect for effect in paused if effect.gated and not any(each.call.function for each in paused)]
    # What the gate asks is the first that is asked within the call.
    by_gate = any(len(effect.slots) == 1 for effect in gated)
    for effect in gated if not by_gate else ():
        tx.do(asked_calls.SEE_IT_ASK, agent=run.agent, tool=effect.call.name)
    for request in question.requests:
        if (call := request.call) is not None:
            before = not call.ns or question.dialect is Dialect.BREAKPOINT
            origin = Origin.OUTSIDE if before else Origin.GATE if by_gate else Origin.TOOL
            _keep(tx, run, request.action, call, origin)
        elif question.dialect in (Dialect.MIDDLEWARE, Dialect.AGENT_INBOX):
            _keep(tx, run, request.action, Call("", "", 0, "", request.action, {}), Origin.OUTSIDE)


def add_written(tx: Transaction, run: Run, written: Iterable[Call]) -> None:
    """Keep which calls somebody wrote into the state."""
    for call in written:
        _keep(tx, run, call.name, call, Origin.WRITTEN)


def _keep(tx: Transaction, run: Run, action: str, call: Call, origin: Origin) -> None:
    tx.do(
        asked_calls.ADD,
        agent=run.agent,
        thread_id=run.thread_id,
        run_id=run.run_id,
        action=action,
        message_id=call.message_id,
        position=call.position,
        call_id=call.call_id,
        origin=origin,
    )
