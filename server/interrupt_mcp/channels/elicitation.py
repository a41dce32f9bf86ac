"""The elicitation channel: forms for what a run asks, and what came back of each as a decision or as none.

A form that was declined, cancelled, left empty or filled in wrongly decides nothing: silence is neither consent nor
refusal. It does not know how a form gets to a client and back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from interrupt_mcp.errors import Error
from interrupt_mcp.forms import Form, FormKey, Undecided, form_of, key_of, read, refusal_in
from interrupt_mcp.model import Channel, Decision, Interrupt, Json, Request, Run
from interrupt_mcp.runs.caller import Actor
from interrupt_mcp.runs.decisions import GivenDecision
from interrupt_mcp.runs.runs import Runs
from interrupt_mcp.views.ways_to_decide import Ways

Proposed: TypeAlias = Mapping[FormKey, Decision]
"""What a client would decide, by the form in which a person is shown it."""
Asked: TypeAlias = Mapping[FormKey, str]
"""The forms of a round, each with the digest of the interrupt as it was shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of a form."""

    action: Literal["accept", "decline", "cancel", "error"]
    """`accept` where it was filled in; `cancel` where it was closed; `error` where it could not be shown."""
    content: Mapping[str, Json] | None = None
    """What was filled in, by the fields' names."""
    error: str = ""
    """Why it could not be shown."""


@dataclass(frozen=True, slots=True)
class FormOutcome:
    """What became of one form."""

    label: str
    """The request, as a person knows it."""
    decided: bool = False
    why: str = ""
    """Why it decided nothing, or what was decided before."""


class Elicitation:
    """Forms for the runs of one project."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    async def forms(self, run: Run, proposed: Proposed, asked: Asked) -> list[Form]:
        """Make a form for each open request that a person decides through this channel, but not one that was shown."""
        made = [
            _form(interrupt, request, self._runs.ways, proposed.get(key_of(interrupt, request)))
            for interrupt in run.interrupts
            for request in interrupt.undecided
            if await self._runs.asked_by_form(interrupt, request)
        ]
        return [form for form in made if form is not None and asked.get(form.key) != form.interrupt.digest]

    async def take(
        self, run_id: str, asked: Asked, answers: Mapping[FormKey, Answer], proposed: Proposed, actor: Actor
    ) -> list[FormOutcome]:
        """Keep what the forms of a round decide, of which the answers came back.

        One that decides nothing does not keep the others from deciding.
        """
        places = {
            key_of(interrupt, request): (interrupt, request)
            for interrupt in await self._runs.interrupts(run_id)
            for request in interrupt.question.requests
        }
        return [
            await self._take(*places[key], digest, answers.get(key), proposed.get(key), actor)
            for key, digest in asked.items()
            if key in places
        ]

    async def _take(
        self,
        interrupt: Interrupt,
        request: Request,
        digest: str,
        answer: Answer | None,
        proposal: Decision | None,
        actor: Actor,
    ) -> FormOutcome:
        label = _label(interrupt, request)
        wanted = next((each for each in interrupt.wanted if each.index == request.index), None)
        if interrupt.digest != digest or wanted is None:
            return FormOutcome(label, why="it is asked anew since the form was made")
        decision = _read(_form(interrupt, wanted, self._runs.ways, proposal), answer)
        if isinstance(decision, Undecided):
            return FormOutcome(label, why=decision.reason)
        try:
            before = await self._runs.resume(interrupt.run_id, [GivenDecision.on(interrupt, decision)], actor)
        except Error as error:
            return FormOutcome(label, why=str(error).rstrip("."))
        return FormOutcome(label, decided=not before, why=before.rstrip("."))


def remark(outcomes: Sequence[FormOutcome]) -> str:
    """Say what came of a round of forms; say nothing where each decided."""
    silent = [f"{each.label}: {each.why}" for each in outcomes if not each.decided]
    if not silent:
        return ""
    head = "Not decided:" if len(silent) < len(outcomes) else "Nothing was decided."
    return f"{head} {'; '.join(silent)}."


def no_consent(answer: Answer | None) -> str:
    """Say why nobody agreed; say nothing where somebody did."""
    why = _silence(answer) or (refusal_in(answer.content) if answer else None)
    return why.reason if why else ""


def _form(interrupt: Interrupt, request: Request, ways: Ways, proposal: Decision | None) -> Form | None:
    return form_of(interrupt, request, ways.elsewhere(Channel.ELICITATION, interrupt, request), proposal)


def _label(interrupt: Interrupt, request: Request) -> str:
    several = len(interrupt.question.requests) > 1
    return f"{interrupt.code} request {request.index}" if several else interrupt.code


def _read(form: Form | None, answer: Answer | None) -> Decision | Undecided:
    if form is None:
        return Undecided("it cannot be decided in a form")
    return _silence(answer) or read(form, answer.content if answer else None)


def _silence(answer: Answer | None) -> Undecided | None:
    """Say why the form came back unfilled; return none where it was filled in."""
    if answer is None:
        return Undecided("no answer came back")
    match answer.action:
        case "accept":
            return None
        case "decline":
            return Undecided("the form was declined")
        case "cancel":
            return Undecided("the form was closed without an answer")
        case "error":
            return Undecided(answer.error or "the form could not be shown")
        case _ as never:
            assert_never(never)
