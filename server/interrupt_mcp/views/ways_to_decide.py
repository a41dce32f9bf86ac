"""Ways to decide: how a person is told to decide through each channel that reaches one.

Each channel says here once how it is reached, and all that is said about where to decide is made of that. It does not
know how a decision then comes in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from interrupt_mcp import authority
from interrupt_mcp.forms import is_for_nobody, who_decides
from interrupt_mcp.model import Approver, Channel, Interrupt, Request

_MOST_SAID = 3
"""Of the lists of deciders that are told."""


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
INBOX = Way(
    channel=Channel.INBOX,
    place="in the browser",
    rest="in the browser",
    step="interrupt-mcp inbox",
    program="interrupt-mcp inbox",
)
"""The pages, while no process serves them."""


def interrupt_page(address: str, name: str) -> str:
    """Return where the page of an interrupt is, by its code or id; `address` is where the pages are served."""
    return f"{address}/inbox/interrupts/{name}"


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that there are, as things stand."""

    pages: bool = False
    """Whether there are pages for people."""
    address: str = ""
    """Where they are served, up to `/inbox`; empty where no process serves them."""
    opened: bool = False
    """Whether they open in the person's browser by themselves."""

    @property
    def all(self) -> tuple[Way, ...]:
        """One for each channel that reaches a person. Of several the first is told."""
        return (self._inbox, TERMINAL, FORM) if self.pages else (TERMINAL, FORM)

    @property
    def _inbox(self) -> Way:
        if not self.address:
            return INBOX
        page = interrupt_page(self.address, "{code}")
        place = "in the browser, on the page that opens there" if self.opened else "in the browser"
        return replace(INBOX, place=place, step=page)

    def who_decides(self, interrupts: Sequence[Interrupt], approver: Approver) -> str:
        """Say where a person decides these, and what is left to anybody."""
        anybody = all(
            authority.rejected_by_anybody(each.question, request)
            for each in interrupts
            for request in each.undecided
            if authority.for_person(request, approver)
        )
        left = "resume_run takes a reject from anybody" if anybody else "anybody can end the run with cancel_run"
        requests = for_people(interrupts, approver)
        return "; ".join(part for part in (self._by_whom(interrupts, requests), whose(requests), left) if part)

    def where_to_decide(self, interrupt: Interrupt, approver: Approver) -> str:
        """Say where the interrupt can be decided, as a person would be told."""
        if not interrupt.status.open:
            return "It is decided."
        who, ends = whose(interrupt.undecided), f"cancel_run with run_id {interrupt.run_id} ends its run"
        if any(is_for_nobody(request.terms) for request in interrupt.undecided):
            return f"Nowhere: {who}; {ends}"
        requests = for_people([interrupt], approver)
        if not self._all_reached(requests):
            return f"Nowhere: policy leaves no channel for it; {ends}"
        said = self._leads(interrupt, requests)
        if who:
            return f"{who[0].upper()}{who[1:]}; {said}"
        return f"{said[0].upper()}{said[1:]}" if requests else said

    def _leads(self, interrupt: Interrupt, requests: Sequence[Request]) -> str:
        """Say where the interrupt is decided, of which these are for a person."""
        if not requests:
            return f"resume_run with run_id {interrupt.run_id} and interrupt_id {interrupt.code}"
        # Where no way reaches all of it, the last one is told: what comes of its step says where the rest is decided.
        return next(iter(self._to_all(requests)), self._to_some(requests)[-1]).leads(interrupt)

    def elsewhere(self, here: Channel, interrupt: Interrupt, request: Request) -> str:
        """Say where the request can be decided too, to a person who is asked through a channel."""
        others = [way for way in self._to_all([request]) if way.channel is not here]
        if not others:
            return "Policy has it decided nowhere else."
        return f"It can also be decided {others[0].leads(interrupt)}"

    def shown_too(self, here: Channel, requests: Sequence[Request]) -> str:
        """Say what else shows all of these, whatever the client does; say nothing where nothing does."""
        others = (way for way in self._to_all(requests) if way.channel is not here and way.program)
        return next((f"`{way.program}` {way.place} shows it too" for way in others), "")

    def _by_whom(self, interrupts: Sequence[Interrupt], requests: Sequence[Request]) -> str:
        if not self._all_reached(requests):
            return "policy leaves no channel for it, so nobody decides it"
        first, *others = self._to_some(requests) or self.all
        if first in (reaching := self._to_all(requests)):
            # Where there is no browser, there is a terminal.
            too = f", or {TERMINAL.means}" if first.channel is Channel.INBOX and TERMINAL in reaching else ""
            return f"a person decides it {self._means(first, interrupts)}{too}"
        rest = " or ".join(way.rest for way in others)
        return f"a person decides a part {self._means(first, interrupts)}, and the rest {rest}"

    def _means(self, way: Way, interrupts: Sequence[Interrupt]) -> str:
        """Say with what the person decides, and where."""
        if way.channel is not Channel.INBOX or not self.address:
            return way.means
        alone = len(interrupts) == 1
        page = interrupt_page(self.address, interrupts[0].code) if alone else f"{self.address}/inbox"
        return f"{way.place} at {page} (`{way.program}` in a terminal signs in there)"

    def _all_reached(self, requests: Iterable[Request]) -> bool:
        return all(any(way.reaches(each) for way in self.all) for each in requests)

    def _to_all(self, requests: Sequence[Request]) -> list[Way]:
        return [way for way in self.all if all(way.reaches(each) for each in requests)]

    def _to_some(self, requests: Sequence[Request]) -> list[Way]:
        return [way for way in self.all if any(way.reaches(each) for each in requests)]


def whose(requests: Iterable[Request]) -> str:
    """Say who decides these, as far as policy names them; say nothing where it names nobody."""
    said = list(dict.fromkeys(filter(None, (who_decides(request.terms) for request in requests))))
    more = "; of others somebody else" if len(said) > _MOST_SAID else ""
    return "; ".join(said[:_MOST_SAID]) + more


def for_people(interrupts: Iterable[Interrupt], approver: Approver) -> list[Request]:
    """Return the open requests that only a person decides."""
    return [request for each in interrupts for request in each.undecided if authority.for_person(request, approver)]
