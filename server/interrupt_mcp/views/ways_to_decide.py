"""Ways to decide: how a person is told to decide through each channel that reaches one.

Each channel says here once how it is reached, and all that is said about where to decide is made of that. It does not
know how a decision then comes in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interrupt_mcp import authority
from interrupt_mcp.model import Approver, Channel, Interrupt, Request


@dataclass(frozen=True, slots=True)
class Way:
    """What a person is told of one channel."""

    channel: Channel
    place: str
    """Where the person decides, as the end of a sentence."""
    rest: str
    """The same, where another way was named before."""
    step: str
    """What leads there; `{code}` is the interrupt's, `{run_id}` that of its run."""
    program: str = ""
    """The command with which a person goes there at any time; none where somebody else must ask."""

    @property
    def means(self) -> str:
        """With what the person decides, and where."""
        return f"with `{self.program}` {self.place}" if self.program else self.place

    def reaches(self, request: Request) -> bool:
        """Whether policy has the request decided in this way too."""
        return self.channel in authority.reached_through(request)

    def leads(self, interrupt: Interrupt) -> str:
        """Say where to decide the interrupt, and what leads there."""
        return f"{self.place}: {self.step.format(code=interrupt.code, run_id=interrupt.run_id)}"


TERMINAL = Way(
    channel=Channel.TERMINAL,
    place="in a terminal",
    rest="in a terminal",
    step="interrupt-mcp review {code}",
    program="interrupt-mcp review",
)
FORM = Way(
    channel=Channel.ELICITATION,
    place="in a form, at a client that shows forms",
    rest="in a client's form",
    step="resume_run with run_id {run_id} asks",
)
WAYS = (TERMINAL, FORM)
"""One for each channel that reaches a person. Of several the first is told: it is there whatever the client can do."""


def for_people(interrupts: Iterable[Interrupt], approver: Approver) -> list[Request]:
    """Return the open requests that only a person decides."""
    return [request for each in interrupts for request in each.undecided if authority.for_person(request, approver)]


def who_decides(interrupts: Sequence[Interrupt], approver: Approver) -> str:
    """Say where a person decides these, and what is left to anybody."""
    anybody = all(
        authority.rejected_by_anybody(each.question, request)
        for each in interrupts
        for request in each.undecided
        if authority.for_person(request, approver)
    )
    left = "resume_run takes a reject from anybody" if anybody else "anybody can end the run with cancel_run"
    return f"{_by_whom(for_people(interrupts, approver))}; {left}"


def where_to_decide(interrupt: Interrupt, approver: Approver) -> str:
    """Say where the interrupt can be decided, as a person would be told."""
    if not interrupt.status.open:
        return "It is decided."
    requests = for_people([interrupt], approver)
    if not requests:
        return f"resume_run with run_id {interrupt.run_id} and interrupt_id {interrupt.code}"
    if not _all_reached(requests):
        return f"Nowhere: policy leaves no channel for it; cancel_run with run_id {interrupt.run_id} ends its run"
    # Where no way reaches all of it, the last one is told: what comes of its step says where the rest is decided.
    said = next(iter(_ways_to_all(requests)), _ways_to_some(requests)[-1]).leads(interrupt)
    return said[0].upper() + said[1:]


def elsewhere(here: Way, interrupt: Interrupt, request: Request) -> str:
    """Say where the request can be decided too, to a person who is asked in one way."""
    others = [way for way in _ways_to_all([request]) if way is not here]
    if not others:
        return "Policy has it decided nowhere else."
    return f"It can also be decided {others[0].leads(interrupt)}"


def shown_too(here: Way, requests: Sequence[Request]) -> str:
    """Say what else shows all of these, whatever the client does; say nothing where nothing does."""
    others = (way for way in _ways_to_all(requests) if way is not here and way.program)
    return next((f"`{way.program}` {way.place} shows it too" for way in others), "")


def _by_whom(requests: Sequence[Request]) -> str:
    if not _all_reached(requests):
        return "policy leaves no channel for it, so nobody decides it"
    first, *others = _ways_to_some(requests) or WAYS
    if first in _ways_to_all(requests):
        return f"a person decides it {first.means}"
    return f"a person decides a part {first.means}, and the rest {' or '.join(way.rest for way in others)}"


def _all_reached(requests: Iterable[Request]) -> bool:
    return all(authority.reached_through(each) for each in requests)


def _ways_to_all(requests: Sequence[Request]) -> list[Way]:
    return [way for way in WAYS if all(way.reaches(each) for each in requests)]


def _ways_to_some(requests: Sequence[Request]) -> list[Way]:
    return [way for way in WAYS if any(way.reaches(each) for each in requests)]
