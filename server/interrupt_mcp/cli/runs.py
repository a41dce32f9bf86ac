"""`runs`: what was started, newest first, and what became of it."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from interrupt_mcp.cli.command import Command, settings_of
from interrupt_mcp.cli.listing import Listing, add_arguments, compact_json, filters_of, local_time, show, with_store

if TYPE_CHECKING:
    from interrupt_mcp.model import Run
    from interrupt_mcp.runs.queries import Queries
    from interrupt_mcp.store import Store

_STATUSES = ("pending", "running", "interrupted", "success", "error", "cancelled")
_HEADS = ("UPDATED", "STATUS", "AGENT", "RUN", "THREAD", "RESULT")


def _run(args: Namespace) -> int:
    show(with_store(_found, args), args)
    return 0


async def _body(store: "Store", queries: "Queries", run: "Run") -> dict[str, Any]:
    from interrupt_mcp.model import RunStatus
    from interrupt_mcp.views.next_step import next_step
    from interrupt_mcp.views.run_json import run_summary

    approver = await queries.approver(run.thread_id, run.agent)
    body = run_summary(run, approver)
    if run.status in (RunStatus.PENDING, RunStatus.RUNNING) and not _carried(store, run):
        body["next_step"] = next_step(run, approver, carried=False)
    return body


def _carried(store: "Store", run: "Run") -> bool:
    """Whether a living process goes on with the run."""
    from interrupt_mcp.peers.local import goes_on

    return goes_on(store.database.path, store.project, store.owner_of(run.run_id))


async def _found(store: "Store | None", args: Namespace) -> Listing:
    nothing = "No runs."
    if store is None:
        return Listing({"runs": []}, _HEADS, [], nothing)
    from interrupt_mcp.config.in_force import InForce
    from interrupt_mcp.runs.queries import Queries

    queries = Queries(store, InForce(settings_of(args)))
    found, more = await queries.list_runs(filters_of(args), "", args.limit)
    bodies = [await _body(store, queries, run) for run in found]
    rows = [
        (local_time(run.updated_at), run.status, run.agent, run.run_id, run.thread_id, _result(store, run))
        for run in found
    ]
    return Listing({"runs": bodies}, _HEADS, rows, nothing, ["There are older ones: --limit."] if more else [], firm=3)


def _result(store: "Store", run: "Run") -> str:
    from interrupt_mcp.model import MISSING, RunStatus

    if run.status is RunStatus.INTERRUPTED:
        return "waits for " + ", ".join(interrupt.code for interrupt in store.run(run.run_id).interrupts)
    if run.error is not None:
        return f"{run.error.code}: {run.error.message}"
    if run.answer is not None:
        return run.answer
    if run.status in (RunStatus.PENDING, RunStatus.RUNNING) and not _carried(store, run):
        return "waits for a process: interrupt-mcp serve --http"
    return "" if run.output is MISSING else compact_json(run.output)


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, "agent", "thread")
    parser.add_argument(
        "--status", choices=_STATUSES, metavar="STATUS", help=f"only of this one: {', '.join(_STATUSES)}"
    )


COMMAND = Command("runs", "list runs, newest first", _run, _arguments)
