"""`runs`: what was started, newest first, and what became of it."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import (
    Listing,
    add_arguments,
    compact_json,
    filters_of,
    local_time,
    show,
    ways_of,
    with_store,
)
from interrupt_mcp.process.arguments import settings_of

if TYPE_CHECKING:
    from interrupt_mcp.config import Settings
    from interrupt_mcp.model import Run
    from interrupt_mcp.runs.queries import Queries
    from interrupt_mcp.store.port import Store

_STATUSES = ("pending", "running", "interrupted", "success", "error", "cancelled")
_HEADS = ("UPDATED", "STATUS", "AGENT", "RUN", "THREAD", "RESULT")


def _run(args: Namespace) -> int:
    show(with_store(_found, args), args)
    return 0


async def _body(queries: "Queries", run: "Run", note: str, *, stranded: bool) -> dict[str, Any]:
    from interrupt_mcp.views.next_step import next_step
    from interrupt_mcp.views.run_json import run_summary

    approver = await queries.approver(run.thread_id, run.agent)
    body = run_summary(run, approver, queries.ways, note=note)
    if stranded:
        body["next_step"] = next_step(run, approver, queries.ways, carried=False)
    return body


async def _stranded(settings: "Settings", store: "Store", run: "Run") -> bool:
    """Whether the run is to go on, and no living process is there for it."""
    from interrupt_mcp.model import RunStatus
    from interrupt_mcp.peers.outside import goes_on

    if run.status not in (RunStatus.PENDING, RunStatus.RUNNING):
        return False
    return not goes_on(settings.database, settings.project, await store.runs.owner_of(run.run_id))


async def _found(store: "Store | None", args: Namespace) -> Listing:
    nothing = "No runs."
    if store is None:
        return Listing({"runs": []}, _HEADS, [], nothing)
    from interrupt_mcp.agents import Agents
    from interrupt_mcp.config.in_force import InForce
    from interrupt_mcp.runs.queries import Queries

    settings = settings_of(args)
    queries = Queries(store, InForce(settings), ways_of(settings))
    found, more = await queries.list_runs(filters_of(args), "", args.limit)
    stranded = {run.run_id: await _stranded(settings, store, run) for run in found}
    agents = Agents(settings.config_path, settings.offers)
    bodies = [await _body(queries, run, agents.note(run.agent), stranded=stranded[run.run_id]) for run in found]
    rows = [
        (
            *(local_time(run.updated_at), run.status, run.agent, run.run_id, run.thread_id),
            await _result(queries, run, stranded=stranded[run.run_id]),
        )
        for run in found
    ]
    return Listing({"runs": bodies}, _HEADS, rows, nothing, ["There are older ones: --limit."] if more else [], firm=3)


async def _result(queries: "Queries", run: "Run", *, stranded: bool) -> str:
    from interrupt_mcp.model import MISSING, RunStatus

    if run.status is RunStatus.INTERRUPTED:
        return "waits for " + ", ".join(interrupt.code for interrupt in (await queries.get(run.run_id)).interrupts)
    if run.error is not None:
        return f"{run.error.code}: {run.error.message}"
    if run.answer is not None:
        return run.answer
    if stranded:
        return "waits for a process: interrupt-mcp serve --http"
    return "" if run.output is MISSING else compact_json(run.output)


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, "agent", "thread")
    parser.add_argument(
        "--status", choices=_STATUSES, metavar="STATUS", help=f"only of this one: {', '.join(_STATUSES)}"
    )


COMMAND = Command("runs", "list runs, newest first", _run, _arguments)
