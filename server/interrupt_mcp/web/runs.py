"""Runs: all of them, and one to its end."""

from starlette.responses import Response

from interrupt_mcp.channels.inbox import actor
from interrupt_mcp.model import MISSING, Filters, RunStatus
from interrupt_mcp.text.visible import visible_json
from interrupt_mcp.web.visit import Visit, at, see

_PAGE = 50


async def listed(visit: Visit) -> Response:
    """List runs, newest first."""
    word = visit.asked("status")
    status = RunStatus(word) if word in list(RunStatus) else None
    filters = Filters(agent=visit.asked("agent"), thread_id=visit.asked("thread"), status=status)
    found, cursor = await visit.runs.list_runs(filters, visit.asked("cursor"), _PAGE)
    return await visit.page("runs", items=found, cursor=cursor or "", filters=filters, statuses=list(RunStatus))


async def one(visit: Visit) -> Response:
    """Show a run as it stands; the page follows it to its end."""
    run, interrupts = await visit.runs.case(visit.path("run_id"))
    output = [] if run.output is MISSING else visible_json(run.output)
    left = await visit.runs.threads.effects_done(run.run_id)
    return await visit.page(
        "run",
        run=run,
        interrupts=interrupts,
        doing=visit.runs.doing(run),
        output=output,
        decided=visit.asked("decided"),
        left=left,
    )


async def cancel(visit: Visit) -> Response:
    """End a run."""
    run = await visit.runs.cancel(visit.path("run_id"), actor())
    return see(at("runs", run.run_id))


async def retry(visit: Visit) -> Response:
    """Let a run that failed go on from its last checkpoint."""
    run_id = visit.path("run_id")
    await visit.runs.resume(run_id, [], actor())
    return see(at("runs", run_id))
