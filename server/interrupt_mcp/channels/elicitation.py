"""The elicitation channel: forms for what a run asks, and what came back of each as a decision or as none.

A form that was declined, cancelled, left empty or filled in wrongly decides nothing: silence is neither consent nor
refusal. It does not know how a form gets to a client and back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from interrupt_mcp.authority import reached_through
from interrupt_mcp.errors import Error
from interrupt_mcp.forms import Form, Undecided, form_of, key_of, read, refusal_in
from interrupt_mcp.model import Channel, Decision, Interrupt, Json, Request, Run
from interrupt_mcp.runs.caller import Actor
from interrupt_mcp.runs.decisions import Given
from interrupt_mcp.runs.runs import Runs

Proposed: TypeAlias = Mapping[str, Decision]
"""What a client would decide, by the key of a form."""
Asked: TypeAlias = Mapping[str, str]
"""The forms of a round: key to the digest of the interrupt as it was shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of a form: `accept` with its content, `decline`, `cancel`, or `error` and why."""

    action: str
    content: Mapping[str, Json] | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one form."""

    label: str
    decided: bool = False
    why: str = ""
    """Why it decided nothing, or what was decided before."""


class Elicitation:
    """Forms for the runs of one project."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    async def forms(self, run: Run, proposed: Proposed, asked: Asked) -> list[Form]:
        """A form for each open request that a person decides through this channel, but not one that was shown."""
        made = [
            form_of(interrupt, request, elsewhere(interrupt, request), proposed.get(key_of(interrupt, request)))
            for interrupt in run.interrupts
            for request in interrupt.undecided
            if await self._runs.asked_by_form(interrupt, request)
        ]
        return [form for form in made if form is not None and asked.get(form.key) != form.interrupt.digest]

    async def take(
        self, run_id: str, asked: Asked, answers: Mapping[str, Answer], proposed: Proposed, actor: Actor
    ) -> list[Taken]:
        """What came back of a round of forms. One that decides nothing does not keep the others from deciding."""
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
    ) -> Taken:
        label = _label(interrupt, request)
        wanted = next((each for each in interrupt.wanted if each.index == request.index), None)
        if interrupt.digest != digest or wanted is None:
            return Taken(label, why="it is asked anew since the form was made")
        form = form_of(interrupt, wanted, elsewhere(interrupt, wanted), proposal)
        decision = _read(form, answer)
        if isinstance(decision, Undecided):
            return Taken(label, why=decision.reason)
        given = Given(
            type=decision.type,
            interrupt=interrupt.interrupt_id,
            index=decision.index,
            args=decision.args,
            message=decision.message,
            value=decision.value,
            digest=digest,
        )
        try:
            before = await self._runs.resume(interrupt.run_id, [given], actor)
        except Error as error:
            return Taken(label, why=str(error).rstrip("."))
        return Taken(label, decided=not before, why=before.rstrip("."))


def remark(taken: list[Taken]) -> str:
    """What is to be said about a round of forms: nothing where each decided."""
    silent = [f"{each.label}: {each.why}" for each in taken if not each.decided]
    if not silent:
        return ""
    head = "Not decided:" if len(silent) < len(taken) else "Nothing was decided."
    return f"{head} {'; '.join(silent)}."


def elsewhere(interrupt: Interrupt, request: Request) -> str:
    """Where else than in a form it can be decided."""
    if Channel.TERMINAL not in reached_through(request):
        return "Policy has it decided nowhere else."
    return f"It can also be decided in a terminal: interrupt-mcp review {interrupt.code}"


def _label(interrupt: Interrupt, request: Request) -> str:
    several = len(interrupt.question.requests) > 1
    return f"{interrupt.code} request {request.index}" if several else interrupt.code


def no_consent(answer: Answer | None) -> str:
    """Why nobody agreed; empty where somebody did."""
    why = _silence(answer) or (refusal_in(answer.content) if answer else None)
    return why.reason if why else ""


def _read(form: Form | None, answer: Answer | None) -> Decision | Undecided:
    if form is None:
        return Undecided("it cannot be decided in a form")
    return _silence(answer) or read(form, answer.content if answer else None)


def _silence(answer: Answer | None) -> Undecided | None:
    """Why the form came back unfilled; none where it was filled in."""
    if answer is None:
        return Undecided("no answer came back")
    match answer.action:
        case "accept":
            return None
        case "decline":
            return Undecided("the form was declined")
        case "cancel":
            return Undecided("the form was closed without an answer")
        case _:
            return Undecided(answer.error or "the form could not be shown")
