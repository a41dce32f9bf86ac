"""What waits, and one interrupt on a page of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from interrupt_mcp.forms.sentence import name_of, sentence
from interrupt_mcp.model import Channel, Filters, Interrupt
from interrupt_mcp.model.previews import Preview
from interrupt_mcp.web.shown import drawn, request_shown, surroundings
from interrupt_mcp.web.visit import Visit

_PAGE = 100
_MOST = 500
"""Interrupts that one page lists."""
_SAID = {
    "before": "It was decided before you did, so your decision did not count. What counts is shown here.",
    "gone": "It is no longer asked, so your decision did not count.",
    "more": "Your decision is kept. The run goes on once the rest is decided.",
}


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit would change."""

    lines: Sequence[str]
    """Of the arguments; none where nothing was changed."""
    preview: Preview | None
    handed_out: str = ""
    """What the page sends back with the decision, where there is a preview."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list."""

    interrupt: Interrupt
    name: str
    sentence: str
    high_risk: bool


async def waiting(visit: Visit) -> Response:
    """List what waits: what is in doubt first, then the oldest first."""
    agent, action = visit.asked("agent"), visit.asked("action")
    found, more = await _open(visit)
    shown = [each for each in found if _fits(each, agent, action)]
    shown.sort(key=lambda each: not each.round)
    return await visit.page(
        "waiting",
        items=[_line(each) for each in shown],
        more=more,
        agents=sorted({each.agent for each in found} | ({agent} if agent else set())),
        actions=sorted({r.action for each in found for r in each.undecided} | ({action} if action else set())),
        agent=agent,
        action=action,
    )


async def one(visit: Visit) -> Response:
    """Show an interrupt, by its id or code."""
    interrupt = await visit.runs.interrupt(visit.path("name"))
    return await show(visit, interrupt, said=_SAID.get(visit.asked("said"), ""), editing=visit.asked("edit"))


async def show(
    visit: Visit,
    interrupt: Interrupt,
    *,
    said: str = "",
    editing: str = "",
    typed: Mapping[str, str] = {},
    edited: Edited | None = None,
    status: int = 200,
) -> Response:
    """Return the page of an interrupt.

    `said` is what came of a form that was sent. `editing` is the index of the request that is edited, as text, `typed`
    what was filled in for it before, and `edited` what that changes, where it was looked at.
    """
    run = await visit.runs.get(interrupt.run_id)
    requests = [await request_shown(visit, interrupt, each) for each in interrupt.wanted]
    around = await surroundings(visit, interrupt.thread_id)
    others, _ = await _open(visit)
    before, after = _neighbours(interrupt, others)
    return await visit.page(
        "interrupt",
        status,
        interrupt=interrupt,
        run=run,
        requests=requests,
        together={kind.value for each in requests for kind in each.options},
        around=around,
        said=said,
        editing=editing,
        typed=typed,
        edited=edited,
        alike=len(alike(interrupt, others)),
        before=before,
        after=after,
        ways=visit.runs.ways,
        inbox_channel=Channel.INBOX,
        drawing=await drawn(around.view),
    )


def alike(interrupt: Interrupt, found: list[Interrupt]) -> list[Interrupt]:
    """Return those that ask for the same action of the same agent, in one request each, this one among them."""
    if len(interrupt.undecided) != 1:
        return []
    action, dialect = interrupt.undecided[0].action, interrupt.question.dialect
    return [
        each
        for each in found
        if each.agent == interrupt.agent
        and (each.question.dialect, bool(each.round)) == (dialect, bool(interrupt.round))
        and [request.action for request in each.undecided] == [action]
        and len(each.question.requests) == 1
    ]


async def open_interrupts(visit: Visit) -> list[Interrupt]:
    """Return what waits, as far as a page lists it."""
    return (await _open(visit))[0]


async def _open(visit: Visit) -> tuple[list[Interrupt], bool]:
    """Return what waits, oldest first, and whether there is more than a page lists."""
    found: list[Interrupt] = []
    cursor: str | None = ""
    while cursor is not None and len(found) < _MOST:
        page, cursor = await visit.runs.list_interrupts(Filters(), cursor, _PAGE)
        found += page
    return found, cursor is not None


def _fits(interrupt: Interrupt, agent: str, action: str) -> bool:
    return (not agent or interrupt.agent == agent) and (
        not action or any(request.action == action for request in interrupt.undecided)
    )


def _line(interrupt: Interrupt) -> Waiting:
    requests = interrupt.undecided or interrupt.wanted
    high = any(request.terms.high_risk for request in requests)
    return Waiting(interrupt, name_of(interrupt), sentence(interrupt, requests[0]) if requests else "", high)


def _neighbours(interrupt: Interrupt, found: list[Interrupt]) -> tuple[str, str]:
    """Return the codes of what waits before this one and after it in the list; empty where nothing does."""
    codes = [each.code for each in sorted(found, key=lambda each: not each.round)]
    if interrupt.code not in codes:
        return "", codes[0] if codes else ""
    at = codes.index(interrupt.code)
    return codes[at - 1] if at else "", codes[at + 1] if at + 1 < len(codes) else ""
