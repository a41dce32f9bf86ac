"""Deciding on a page: what was pressed and filled in, as decisions on just what the page showed."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from interrupt_mcp import authority
from interrupt_mcp.dialects.payload import unkeepable
from interrupt_mcp.errors import AlreadyDecided, Error, Superseded
from interrupt_mcp.forms import Form, Undecided, form_of, read
from interrupt_mcp.forms.changes import changes as changed
from interrupt_mcp.model import DecisionType, Interrupt, Request
from interrupt_mcp.runs.decisions import GivenDecision
from interrupt_mcp.web import interrupts
from interrupt_mcp.web.addresses import at
from interrupt_mcp.web.previewed import handed_back, handed_out
from interrupt_mcp.web.sent import Sent
from interrupt_mcp.web.shown import SHEET
from interrupt_mcp.web.typed import content, said_plainly
from interrupt_mcp.web.visit import Visit

ALL = "all"
"""In the place of an index: all requests of the interrupt that wait."""
_ANEW = "It is asked anew since this page was loaded; nothing was decided. Look again at what is asked."
_STATUS = 422
_PREVIEWED = "previewed"


class NotTaken(Exception):
    """Nothing was decided, for the reason that the text says."""


async def decide(visit: Visit) -> Response:
    """Take a decision, and go on to what comes of it; where it is not taken, nothing that was typed is lost."""
    interrupt, sent = await visit.runs.interrupt(visit.path("name")), visit.sent
    try:
        given = [_with_preview(visit, interrupt, each) for each in decisions(interrupt, sent, sent.text("index"))]
        remark = await visit.runs.resume(interrupt.run_id, given, visit.actor)
    except AlreadyDecided:
        return visit.see(at("interrupts", interrupt.interrupt_id), said="before")
    except Superseded:
        return visit.see(at("interrupts", interrupt.interrupt_id), said="gone")
    except (NotTaken, Error) as error:
        return await _again(visit, interrupt, str(error))
    now = await visit.runs.interrupt(interrupt.interrupt_id)
    if remark or now.undecided:
        return visit.see(at("interrupts", interrupt.interrupt_id), said="before" if remark else "more")
    return visit.see(at("runs", interrupt.run_id), decided=interrupt.code)


async def changes(visit: Visit) -> Response:
    """Show what an edit would change: the page with all that was typed, of which the script takes one region."""
    interrupt, sent = await visit.runs.interrupt(visit.path("name")), visit.sent
    try:
        request, form = _form(interrupt, sent.text("index"))
        decision = read(form, content(form, sent, DecisionType.EDIT))
        if isinstance(decision, Undecided):
            raise NotTaken(said_plainly(decision.reason))
    except NotTaken as error:
        return await _again(visit, interrupt, str(error), status=200)
    args = decision.args or {}
    if reason := unkeepable(args):
        return await _again(visit, interrupt, f"The arguments cannot be kept: {reason}", status=200)
    preview = await visit.runs.previewed(interrupt.interrupt_id, request.index, args)
    handed = ""
    if preview is not None:
        session = visit.session.session_id
        handed = handed_out(visit.inbox.keys, session, interrupt, request.index, args, preview)
    shown = interrupts.Edited(changed(request.args, args), preview, handed)
    return await interrupts.show(visit, interrupt, editing=sent.text("index"), typed=_typed(sent), edited=shown)


def decisions(interrupt: Interrupt, sent: Sent, index: str) -> Sequence[GivenDecision]:
    """Return the decisions that the form makes.

    Raises:
        NotTaken: it makes none.
    """
    kind = _kind(sent)
    if index == ALL:
        places = [str(request.index) for request in interrupt.undecided if kind in request.allowed]
    else:
        places = [index]
    if not places:
        raise NotTaken("None of it can be decided so")
    return [_decision(interrupt, sent, each, kind) for each in places]


def _decision(interrupt: Interrupt, sent: Sent, index: str, kind: DecisionType) -> GivenDecision:
    request, form = _form(interrupt, index)
    if (sent.text("digest"), sent.text("round")) != (interrupt.digest, str(interrupt.round)):
        raise NotTaken(_ANEW)
    confirmed = sent.text("confirm").strip().upper() == interrupt.code
    if authority.needs_digest(interrupt.question, request, kind) and not confirmed:
        raise NotTaken(f"This is of high risk: type {interrupt.code} to confirm")
    decision = read(form, content(form, sent, kind))
    if isinstance(decision, Undecided):
        raise NotTaken(said_plainly(decision.reason))
    return GivenDecision.on(interrupt, decision)


def _with_preview(visit: Visit, interrupt: Interrupt, given: GivenDecision) -> GivenDecision:
    """Return the decision with the preview of its edit that this person was shown."""
    args, sent = given.decision.args, visit.sent.text(_PREVIEWED)
    if args is None or not sent:
        return given
    session = visit.session.session_id
    preview = handed_back(visit.inbox.keys, session, interrupt, given.decision.index, args, sent)
    return replace(given, preview=preview)


def _kind(sent: Sent) -> DecisionType:
    try:
        return DecisionType(sent.text("decision"))
    except ValueError:
        raise NotTaken("Nothing was chosen") from None


def _form(interrupt: Interrupt, index: str) -> tuple[Request, Form]:
    """Return the request of that index, as it is asked now, and its form.

    Where it is decided already, its form makes the decision that then comes too late.

    Raises:
        NotTaken: there is no such request, or it cannot be decided in a form.
    """
    request = next((each for each in interrupt.wanted if str(each.index) == index), None)
    form = None if request is None else form_of(interrupt, request, "", sheet=SHEET)
    if request is None or form is None:
        raise NotTaken("There is no such request")
    return request, form


async def _again(visit: Visit, interrupt: Interrupt, why: str, status: int = _STATUS) -> Response:
    """Show the page again with what was typed, and why nothing was decided."""
    sent = visit.sent
    editing = sent.text("index") if "editing" in sent else ""
    return await interrupts.show(
        visit, interrupt, said=f"{why.rstrip('.')}.", editing=editing, typed=_typed(sent), status=status
    )


def _typed(sent: Sent) -> dict[str, str]:
    """Return what was typed, by the fields' names; a box that is not ticked is told by its absence."""
    return {name: sent.text(name) for name in sent.fields if name not in ("token", "decision", _PREVIEWED)}
