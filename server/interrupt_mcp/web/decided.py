"""What was decided: who, what, when, through what, and what came of it."""

from starlette.responses import Response

from interrupt_mcp.forms.changes import changes
from interrupt_mcp.store.records import Made
from interrupt_mcp.web.visit import Visit

_PAGE = 50


async def listed(visit: Visit) -> Response:
    """List decisions, newest first."""
    found, before = await visit.runs.decided(visit.asked("before"), _PAGE)
    items = [(made, edited(made)) for made in found]
    return await visit.page("decided", items=items, before=before)


def edited(made: Made) -> list[str]:
    """Return what an edit changed, line by line; nothing of any other decision."""
    return [] if made.decision.args is None else changes(made.args_before, made.decision.args)
