"""Threads: a thread's timeline with its branches, its diagram and what was done, and going on from a checkpoint."""

from starlette.responses import Response

from interrupt_mcp.runs.caller import silently
from interrupt_mcp.web.visit import Visit

_PAGE = 30


async def one(visit: Visit) -> Response:
    """Show a thread."""
    view = await visit.runs.threads.get(visit.path("thread_id"), _PAGE, visit.asked("before") or None, silently)
    return await visit.page("thread", view=view)


async def rewind(visit: Visit) -> Response:
    raise NotImplementedError


async def fork(visit: Visit) -> Response:
    raise NotImplementedError
