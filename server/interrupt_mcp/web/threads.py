"""Threads: the timeline with its branches, the conversation, the diagram and the state; and copies of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from interrupt_mcp.errors import Error
from interrupt_mcp.model import Interrupt, Json
from interrupt_mcp.runs.caller import silently
from interrupt_mcp.text.visible import visible_json
from interrupt_mcp.views.thread_json import ThreadView
from interrupt_mcp.views.timeline import Placed, timeline
from interrupt_mcp.web.addresses import thread_page
from interrupt_mcp.web.conversation import conversation
from interrupt_mcp.web.effects import EffectShown, effects_shown
from interrupt_mcp.web.refused import refused
from interrupt_mcp.web.shown import Surroundings, drawn
from interrupt_mcp.web.visit import Visit

_PAGE = 30
_MESSAGES = 50
"""How many of the last messages are shown unfolded."""


@dataclass(frozen=True, slots=True)
class Step:
    """One checkpoint of the timeline, with what happened there."""

    placed: Placed
    asked: Sequence[Interrupt]
    done: Sequence[EffectShown]


async def one(visit: Visit) -> Response:
    """Show a thread."""
    return await _show(visit, visit.path("thread_id") or visit.asked("id"), visit.asked("before"))


async def fork(visit: Visit) -> Response:
    """Copy the thread up to a checkpoint, and show the copy."""
    thread_id = visit.sent.text("thread")
    try:
        copy = await visit.runs.threads.fork(thread_id, visit.sent.text("checkpoint") or None, visit.actor, silently)
    except Error as error:
        said, status = refused(error)
        return await _show(visit, thread_id, "", said, status)
    return visit.see(thread_page(copy.thread.thread_id))


async def _show(visit: Visit, thread_id: str, before: str, said: str = "", status: int = 200) -> Response:
    view = await visit.runs.threads.get(thread_id, _PAGE, before or None, silently)
    moments, spoken = view.past.moments, conversation(view.past.values)
    return await visit.page(
        "thread",
        status,
        view=view,
        steps=await _steps(visit, view),
        branches=len(set(view.branches.values())),
        newest="" if before or not moments else moments[0].checkpoint_id,
        before=before,
        older=moments[-1].checkpoint_id if len(moments) == _PAGE else "",
        recent=Surroundings(spoken[-_MESSAGES:]),
        earlier=Surroundings(spoken[:-_MESSAGES]),
        state=visible_json(_besides_messages(view.past.values)),
        waits=await visit.runs.waiting_on(thread_id),
        drawing=await drawn(view),
        said=said,
    )


async def _steps(visit: Visit, view: ThreadView) -> list[Step]:
    return [
        Step(
            placed=placed,
            asked=view.asked.get(placed.moment.checkpoint_id, ()),
            done=await effects_shown(visit, view.effects.get(placed.moment.checkpoint_id, ())),
        )
        for placed in timeline(view.past.moments, view.branches)
    ]


def _besides_messages(values: Json) -> Json:
    """Return the state without what the conversation shows."""
    if not isinstance(values, Mapping):
        return values
    shown = isinstance(values.get("messages"), list) and bool(conversation(values))
    return {name: value for name, value in values.items() if name != "messages" or not shown}
