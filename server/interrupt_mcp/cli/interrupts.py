"""`interrupts`: what waits for a person's decision, oldest first, with the exact arguments."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

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
    from interrupt_mcp.model import Interrupt
    from interrupt_mcp.store.port import Store

_HEADS = ("CODE", "ASKED", "STATUS", "AGENT", "ACTION", "ARGUMENTS")


def _run(args: Namespace) -> int:
    show(with_store(_found, args), args)
    return 0


async def _found(store: "Store | None", args: Namespace) -> Listing:
    nothing = "Nothing waits for a decision."
    if store is None:
        return Listing({"interrupts": []}, _HEADS, [], nothing)
    from interrupt_mcp.config.in_force import InForce
    from interrupt_mcp.runs.queries import Queries
    from interrupt_mcp.views.run_json import interrupt_body

    settings = settings_of(args)
    queries = Queries(store, InForce(settings), ways_of(settings))
    found, more = await queries.list_interrupts(filters_of(args), "", args.limit)
    bodies = [interrupt_body(each, await queries.approver(each.thread_id, each.agent), queries.ways) for each in found]
    rows = [row for interrupt in found for row in _rows(interrupt)]
    return Listing(
        {"interrupts": bodies}, _HEADS, rows, nothing, ["There are newer ones: --limit."] if more else [], firm=5
    )


def _rows(interrupt: "Interrupt") -> Iterator[tuple[str, ...]]:
    """Yield a row for each request that has no decision yet."""
    several = len(interrupt.wanted) > 1
    for request in interrupt.undecided:
        code = f"{interrupt.code}:{request.index}" if several else interrupt.code
        asked = compact_json(request.args or interrupt.question.value)
        yield code, local_time(interrupt.created_at), interrupt.status, interrupt.agent, request.action, asked


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, "agent", "thread", "run")


COMMAND = Command("interrupts", "list what waits for a decision, oldest first", _run, _arguments)
