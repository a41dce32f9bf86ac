"""Interrupts and their decisions within a transaction."""

import hashlib
from collections.abc import Iterable

from interrupt_mcp.errors import AlreadyDecided, Forbidden, Superseded, UnknownInterrupt
from interrupt_mcp.model import (
    Channel,
    Decision,
    DecisionType,
    Interrupt,
    InterruptId,
    InterruptStatus,
    JsonObject,
    Question,
    Run,
    interrupt_digest,
    lifecycle,
)
from interrupt_mcp.model.lifecycle import InterruptEvent
from interrupt_mcp.model.previews import preview_body, within
from interrupt_mcp.store.records import Choice
from interrupt_mcp.store.sql.rows import (
    decision_of,
    dump,
    interrupt_of,
    interrupts_of,
    now,
    question_body,
)
from interrupt_mcp.store.sql.statements import interrupts
from interrupt_mcp.store.sql.transaction import Row, Transaction
from interrupt_mcp.store.sql.transactions import asked_calls, audit

_PREVIEW_ON_RECORD = 8_000
"""Bytes of a preview's text that the record keeps."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"


def code_of(number: int) -> str:
    """Return a short name like `A7` for the number-th interrupt of a store, without signs that look alike."""
    number, letter = divmod(number, len(_LETTERS))
    digits = ""
    while True:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
        if number == 0:
            return _LETTERS[letter] + digits
        number -= 1


def ask(tx: Transaction, project: str, run: Run, langgraph_id: str, question: Question) -> None:
    """Ask a person, unless that question is open already."""
    last = tx.one(interrupts.BY_LANGGRAPH_ID, thread_id=run.thread_id, langgraph_id=langgraph_id)
    if last is not None and InterruptStatus(last["status"]).open and last["run_id"] == run.run_id:
        return
    # Asked again under the same id of LangGraph's it is another interrupt: the last one's number tells them apart.
    name = f"{run.thread_id}\n{langgraph_id}\n{last['seq'] if last is not None else ''}"
    interrupt_id = InterruptId(hashlib.sha256(name.encode()).hexdigest()[:32])
    digest = interrupt_digest(run.agent, run.thread_id, interrupt_id, question.requests, question.value)
    added = tx.one(
        interrupts.ADD,
        interrupt_id=interrupt_id,
        run_id=run.run_id,
        thread_id=run.thread_id,
        agent=run.agent,
        langgraph_id=langgraph_id,
        status=InterruptStatus.PENDING,
        question=dump(question_body(question)),
        digest=digest,
        at=now(),
    )
    assert added is not None
    code = code_of(added["seq"] - 1)
    tx.do(interrupts.SET_CODE, interrupt_id=interrupt_id, code=code)
    name_deciders(tx, interrupt_id, run.run_id, run.thread_id, question.deciders)
    asked_calls.add(tx, run, langgraph_id, question)
    audit.append(
        tx,
        project,
        "asked",
        run_id=run.run_id,
        thread_id=run.thread_id,
        interrupt_id=interrupt_id,
        code=code,
        dialect=question.dialect,
        digest=digest,
        requests=[{"action": r.action, "args": r.args} for r in question.requests],
    )


def name_deciders(tx: Transaction, interrupt_id: str, run_id: str, thread_id: str, names: Iterable[str]) -> None:
    """Keep who decides what is asked, besides or instead of its owner: principals and groups, who see it therefore."""
    place = {"interrupt_id": interrupt_id, "run_id": run_id, "thread_id": thread_id}
    tx.run_each(interrupts.NAME_DECIDER, [{"name": name, **place} for name in names])


def rename_deciders(tx: Transaction, interrupt_id: str, names: Iterable[str]) -> None:
    """Keep that these decide an interrupt, and nobody who was named before, besides or instead of its owner.

    Raises:
        UnknownInterrupt: there is none.
        Forbidden: it is somebody else's.
    """
    asked = _one(tx, interrupt_id)
    if tx.one(interrupts.OWN, interrupt_id=interrupt_id) is None:
        raise Forbidden(f"Interrupt {asked.code} is {asked.principal}'s")
    tx.do(interrupts.FORGET_DECIDERS, interrupt_id=interrupt_id)
    name_deciders(tx, interrupt_id, asked.run_id, asked.thread_id, names)


def choose(tx: Transaction, project: str, choice: Choice, channel: Channel, who: str) -> bool:
    """Keep one decision, and return whether it is new: the same one again changes nothing.

    Raises:
        UnknownInterrupt: there is none.
        Forbidden: whoever asks may look at it, and no more.
        AlreadyDecided: another decision was first.
        Superseded: the interrupt is no longer open.
    """
    row = tx.one(interrupts.TO_DECIDE, interrupt_id=choice.interrupt_id)
    if row is None:
        raise UnknownInterrupt(f"There is no interrupt {choice.interrupt_id}")
    if not row["theirs"]:
        raise Forbidden(f"Interrupt {row['code']} is {row['principal']}'s, or theirs whom policy names, to decide")
    decision = choice.decision
    place = {"interrupt_id": choice.interrupt_id, "idx": decision.index, "round": choice.round}
    made = tx.all(interrupts.DECISIONS, interrupt_id=choice.interrupt_id)
    first = next((each for each in made if (each["idx"], each["round"]) == (decision.index, choice.round)), None)
    if first is not None:
        if decision_of(first).same_as(decision):
            return False
        raise AlreadyDecided(_described(row["code"], first))
    if not InterruptStatus(row["status"]).open or row["round"] != choice.round:
        raise Superseded(f"Interrupt {row['code']} is {row['status']}")
    body = decision.body()
    tx.do(
        interrupts.ADD_DECISION,
        **place,
        agent=row["agent"],
        action=choice.action,
        type=decision.type,
        body=dump(body),
        args_digest=choice.args_digest,
        channel=channel,
        who=who,
        at=now(),
    )
    audit.append(
        tx,
        project,
        "decided",
        run_id=row["run_id"],
        thread_id=row["thread_id"],
        interrupt_id=choice.interrupt_id,
        code=row["code"],
        index=decision.index,
        action=choice.action,
        type=decision.type,
        channel=channel,
        who=who,
        digest=row["digest"],
        digest_shown=decision.digest,
        args_digest=choice.args_digest,
        args_before=choice.args_before,
        **body,
        **_shown_with(choice),
    )
    _settle(tx, interrupt_of(row, made), choice)
    return True


def _shown_with(choice: Choice) -> JsonObject:
    """Return the preview that was shown, and of which arguments; nothing where there was none."""
    if choice.preview is None:
        return {}
    of = "edited" if choice.preview_of_edit else "asked"
    return {"preview": preview_body(within(choice.preview, _PREVIEW_ON_RECORD)), "preview_of": of}


def reject(tx: Transaction, project: str, interrupt: Interrupt, channel: Channel, who: str) -> None:
    """Reject each request of the interrupt that is open and can be rejected."""
    for request in interrupt.undecided:
        if DecisionType.REJECT in request.allowed:
            decision = Decision(DecisionType.REJECT, request.index)
            choice = Choice(interrupt.interrupt_id, interrupt.round, decision, request.action)
            choose(tx, project, choice, channel, who)


def of_run(tx: Transaction, run_id: str) -> tuple[Interrupt, ...]:
    """Return all interrupts of the run, oldest first, whether whoever asks sees them or not."""
    rows = tx.all(interrupts.ALL_OF_RUN, run_id=run_id)
    return interrupts_of(rows, tx.all(interrupts.ALL_DECISIONS_OF_RUN, run_id=run_id) if rows else ())


def open_in(tx: Transaction, run_id: str) -> int:
    """Return how many interrupts of the run want a decision."""
    row = tx.one(interrupts.COUNT_OPEN, run_id=run_id)
    return int(row["count"]) if row else 0


def turn_all(tx: Transaction, run_id: str, event: InterruptEvent) -> None:
    """Move all interrupts of a run by an event, those in whose status it is possible."""
    for before in lifecycle.interrupts_before(event):
        tx.do(interrupts.TURN_ALL, run_id=run_id, before=before, status=lifecycle.interrupt_after(before, event))


def doubt(tx: Transaction, project: str, run: Run, interrupt_id: str, indices: Iterable[int]) -> None:
    """Ask again about requests whose outcome nobody knows."""
    indices = sorted(indices)
    before = _one(tx, interrupt_id).status
    after = lifecycle.interrupt_after(before, InterruptEvent.DOUBTED)
    tx.do(interrupts.DOUBT, interrupt_id=interrupt_id, before=before, status=after, in_doubt=dump(indices))
    asked = _one(tx, interrupt_id)
    digest = interrupt_digest(asked.agent, asked.thread_id, interrupt_id, asked.wanted, asked.question.value)
    tx.do(interrupts.SET_DIGEST, interrupt_id=interrupt_id, digest=digest)
    audit.append(
        tx,
        project,
        "outcome_unknown",
        run_id=run.run_id,
        thread_id=run.thread_id,
        interrupt_id=interrupt_id,
        requests=indices,
    )


def _one(tx: Transaction, interrupt_id: str) -> Interrupt:
    row = tx.one(interrupts.ONE, interrupt_id=interrupt_id)
    if row is None:
        raise UnknownInterrupt(f"There is no interrupt {interrupt_id}")
    return _read(tx, row)


def _read(tx: Transaction, row: Row) -> Interrupt:
    return interrupt_of(row, tx.all(interrupts.DECISIONS, interrupt_id=row["interrupt_id"]))


def _settle(tx: Transaction, interrupt: Interrupt, choice: Choice) -> None:
    """Mark the interrupt decided once each of its requests is; `choice` was made just now."""
    if all(request.index == choice.decision.index for request in interrupt.undecided):
        after = lifecycle.interrupt_after(interrupt.status, InterruptEvent.DECIDED)
        tx.do(interrupts.SET_STATUS, interrupt_id=interrupt.interrupt_id, before=interrupt.status, status=after)


def _described(code: str, decision: Row) -> str:
    """Return who decided what, when and by which channel, as a sentence."""
    return (
        f"Interrupt {code}, request {decision['idx']}, was decided before: {decision['type']} by {decision['who']}"
        f" through {decision['channel']} at {decision['decided_at']}"
    )
