"""Going on from an older checkpoint on a page: what it leaves is shown first, and what was shown is what happens."""

import json

from starlette.responses import Response

from interrupt_mcp.errors import Error, InvalidInput
from interrupt_mcp.forms.sentence import name_of
from interrupt_mcp.model import JsonObject
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.text.visible import visible_json
from interrupt_mcp.web.addresses import at
from interrupt_mcp.web.effects import effects_shown
from interrupt_mcp.web.refused import refused
from interrupt_mcp.web.visit import Visit


async def page(visit: Visit) -> Response:
    """Show what would come of going on from a checkpoint."""
    return await _show(visit, visit.asked("thread"), visit.asked("checkpoint"))


async def rewind(visit: Visit) -> Response:
    """Go on from the checkpoint, unless the thread went on since the page was loaded; nothing typed is lost."""
    sent = visit.sent
    thread_id, checkpoint_id, text = sent.text("thread"), sent.text("checkpoint"), sent.text("values")
    try:
        values = _values(text)
        run_id = await visit.runs.threads.rewind(
            thread_id, checkpoint_id, values, visit.actor, silently, as_of=sent.text("mark")
        )
    except Error as error:
        said, status = refused(error)
        return await _show(visit, thread_id, checkpoint_id, text, said, status)
    return visit.see(at("runs", run_id))


async def _show(
    visit: Visit, thread_id: str, checkpoint_id: str, typed: str = "", said: str = "", status: int = 200
) -> Response:
    view = await visit.runs.threads.back(thread_id, checkpoint_id, silently)
    active = view.active
    return await visit.page(
        "rewind",
        status,
        view=view,
        left=await effects_shown(visit, view.left),
        waits=[name_of(each) for each in active.interrupts] if active is not None else [],
        state=visible_json(view.values),
        typed=typed,
        said=said,
    )


def _values(text: str) -> JsonObject | None:
    """Return what is to be merged into the state; nothing where nothing was typed.

    Raises:
        InvalidInput: it is no JSON object.
    """
    if not text.strip():
        return None
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The state to merge is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput("The state to merge is not a JSON object, like {}")
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON's")
