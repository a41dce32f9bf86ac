"""From decisions as they are given to decisions that can be kept: what each is for, and that it can be taken there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from interrupt_mcp import authority, dialects
from interrupt_mcp.dialects.answers import answer, check_fields
from interrupt_mcp.errors import InvalidDecision, NotAllowed, RunFinished, StaleDigest, UnknownInterrupt
from interrupt_mcp.forms import FormKey
from interrupt_mcp.model import Decision, DecisionType, Interrupt, Request, Run, digest_of
from interrupt_mcp.model.previews import Preview
from interrupt_mcp.store.records import Choice

Proposals: TypeAlias = Mapping[FormKey, int]
"""The form in which a person is shown a proposal, and the place of that decision among those that were given."""


@dataclass(frozen=True, slots=True)
class GivenDecision:
    """A decision as it is given for a run: what it says, and what it is for as far as whoever gives it says that."""

    decision: Decision
    """Its own `index` counts for nothing before it is known which request is meant."""
    interrupt: str | None = None
    """Id or code; may be left out where just one request is open."""
    index: int | None = None
    """Of the request in its interrupt; may be left out where it is the first, or the only one in doubt."""

    preview: Preview | None = None
    """Of the edited arguments, where whoever decides was shown one."""

    @classmethod
    def on(cls, interrupt: Interrupt, decision: Decision, preview: Preview | None = None) -> "GivenDecision":
        """Return the decision for the interrupt that its person was shown, and for the request that it names."""
        return cls(decision, interrupt.interrupt_id, decision.index, preview)


def choices(run: Run, interrupts: Sequence[Interrupt], given: Sequence[GivenDecision]) -> list[Choice]:
    """Return the decisions, each checked completely against what it is for.

    Raises:
        InvalidDecision, NotAllowed, StaleDigest, UnknownInterrupt, RunFinished: of the first that cannot be kept.
    """
    found: list[Choice] = []
    for one in given:
        interrupt, index = _meant(run, interrupts, one)
        decision = replace(one.decision, index=index)
        request = next((r for r in (*interrupt.wanted, *interrupt.question.requests) if r.index == index), None)
        if request is None:
            indices = ", ".join(str(r.index) for r in interrupt.wanted)
            raise InvalidDecision(f"Interrupt {interrupt.code} has no request {index}, only {indices}")
        if any((c.interrupt_id, c.decision.index) == (interrupt.interrupt_id, index) for c in found):
            raise InvalidDecision(f"There are two decisions for request {index} of interrupt {interrupt.code}")
        if interrupt.decided(index) is None and interrupt.status.open:
            _check(interrupt, request, decision)
        digest = digest_of(decision.args if decision.args is not None else request.args)
        choice = Choice(
            interrupt.interrupt_id, interrupt.round_of(index), decision, request.action, digest, request.args
        )
        shown = one.preview if decision.type is DecisionType.EDIT else None
        found.append(replace(choice, preview=shown or request.preview, preview_of_edit=shown is not None))
    return found


def _check(interrupt: Interrupt, request: Request, decision: Decision) -> None:
    """Refuse what cannot be taken: the wrong digest or none where it is needed, a type or fields that do not fit.

    Raises:
        InvalidDecision, NotAllowed, StaleDigest
    """
    if decision.digest is not None and decision.digest != interrupt.digest:
        raise StaleDigest(f"The digest is not that of interrupt {interrupt.code}")
    if decision.digest is None and authority.needs_digest(interrupt.question, request, decision.type):
        raise InvalidDecision(
            f"Interrupt {interrupt.code} is of high risk: {decision.type} needs the `digest` of what was shown"
        )
    if not interrupt.round:
        dialects.check_one(interrupt.question, decision)
        return
    if decision.type not in request.allowed:
        raise NotAllowed(f"Interrupt {interrupt.code} has an unknown outcome; {decision.type} cannot settle it")
    check_fields(request, decision)
    taken_as_done = decision.type is DecisionType.RESPOND and dialects.asked_by_node(interrupt.question, request)
    if taken_as_done and not isinstance(answer(decision), dict):
        raise InvalidDecision(
            f"Interrupt {interrupt.code} is about a step that is no tool call: to take it as done, value must be an"
            " object, what the step would have changed in the state"
        )


def _meant(run: Run, interrupts: Sequence[Interrupt], given: GivenDecision) -> tuple[Interrupt, int]:
    """Find the interrupt that a decision is for, and the index of the request in it.

    Raises:
        InvalidDecision: it does not say which, and several are open.
        UnknownInterrupt: the run has none of that name, or asks nothing.
        RunFinished
    """
    if given.interrupt is not None:
        interrupt = _named(run, interrupts, given.interrupt)
        return interrupt, given.index if given.index is not None else _only(interrupt)
    open_requests = [(i, r) for i in interrupts for r in i.undecided]
    if not open_requests:
        return _last(run, interrupts, given)
    if len({i.interrupt_id for i, _ in open_requests}) == 1 and given.index is not None:
        return open_requests[0][0], given.index
    if len(open_requests) == 1:
        return open_requests[0][0], open_requests[0][1].index
    names = ", ".join(f"{i.code} request {r.index} ({r.action})" for i, r in open_requests)
    raise InvalidDecision(f"Several requests are open: {names}; say which with interrupt_id and index")


def _named(run: Run, interrupts: Sequence[Interrupt], name: str) -> Interrupt:
    """Return the latest interrupt with this id or code."""
    for interrupt in reversed(interrupts):
        if name == interrupt.interrupt_id or name.upper() == interrupt.code:
            return interrupt
    raise UnknownInterrupt(f"Run {run.run_id} has no interrupt {name!r}")


def _only(interrupt: Interrupt) -> int:
    """Return the index that is meant where none is given: 0, or that of the one request in doubt."""
    return interrupt.wanted[0].index if len(interrupt.wanted) == 1 else 0


def _last(run: Run, interrupts: Sequence[Interrupt], given: GivenDecision) -> tuple[Interrupt, int]:
    """Find what is meant where nothing is open: it can only be a repeat of the last decision."""
    if not interrupts:
        kind = RunFinished if run.status.finished else UnknownInterrupt
        raise kind(f"Run {run.run_id} is {run.status} and asks nothing")
    last = interrupts[-1]
    return last, given.index if given.index is not None else _only(last)


def describe(interrupt: Interrupt) -> str:
    """Say which decision was first, in a sentence; in none where there is no decision."""
    said = [
        f"{decision.type.value} by {proof.who} through {proof.channel} at {proof.at.isoformat(timespec='seconds')}"
        for (round_, index), (decision, proof) in sorted(interrupt.decisions.items())
        if round_ == interrupt.round_of(index)
    ]
    return f"{interrupt.code} was decided before: {'; '.join(said)}." if said else ""
