"""Alike interrupts of several runs, each shown, and those that are chosen decided in one go, each by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from interrupt_mcp.errors import Error
from interrupt_mcp.forms.arguments import Argument, arguments
from interrupt_mcp.model import Interrupt
from interrupt_mcp.web import interrupts
from interrupt_mcp.web.deciding import NotTaken, decisions
from interrupt_mcp.web.sent import Sent
from interrupt_mcp.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of those that are alike."""

    interrupt: Interrupt
    index: int
    arguments: Sequence[Argument]
    alone: bool
    """Whether it is of high risk, and so is decided on its own page."""
    why: str = ""
    """Why it was not decided."""


async def shown(visit: Visit) -> Response:
    """Show all that ask for the same."""
    return await _page(visit, {}, ticked=bool(visit.asked("all")))


async def decide(visit: Visit) -> Response:
    """Decide those that were ticked, with the same word and reason; show which of them were not taken, and why."""
    failed: dict[str, str] = {}
    for interrupt_id in visit.sent.texts("chosen"):
        try:
            interrupt = await visit.runs.interrupt(interrupt_id)
            given = decisions(interrupt, _of(visit.sent, interrupt), visit.sent.text(f"index_{interrupt_id}"))
            if before := await visit.runs.resume(interrupt.run_id, given, visit.actor):
                failed[interrupt_id] = before
        except (NotTaken, Error) as error:
            failed[interrupt_id] = str(error)
    if failed or not visit.sent.texts("chosen"):
        return await _page(visit, failed, ticked=False, status=422)
    return visit.see("/inbox/decided")


async def _page(visit: Visit, failed: dict[str, str], *, ticked: bool, status: int = 200) -> Response:
    interrupt = await visit.runs.interrupt(visit.path("name"))
    found = interrupts.alike(interrupt, await interrupts.open_interrupts(visit)) if interrupt.undecided else []
    request = interrupt.wanted[0]
    return await visit.page(
        "alike",
        status,
        interrupt=interrupt,
        action=request.action,
        items=[_item(each, failed.get(each.interrupt_id, "")) for each in found],
        failed=[why for id_, why in failed.items() if id_ not in {each.interrupt_id for each in found}],
        options=[kind.value for kind in request.allowed if kind.value in ("accept", "reject")],
        ticked=ticked,
        nothing_chosen=status != 200 and not failed,
    )


def _item(interrupt: Interrupt, why: str) -> Chosen:
    request = interrupt.undecided[0]
    return Chosen(interrupt, request.index, arguments(request.args), request.terms.high_risk, why)


def _of(sent: Sent, interrupt: Interrupt) -> Sent:
    """Return the form as it speaks of one of them."""
    id_ = interrupt.interrupt_id
    own = {name: (sent.text(f"{name}_{id_}"),) for name in ("digest", "round")}
    return Sent({**own, "decision": (sent.text("decision"),), "message": (sent.text("message"),)})
