"""`prune`: delete conversations that nobody used for long, and give their room back."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from functools import partial
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import Listing, add_arguments, show, with_store
from interrupt_mcp.process.arguments import settings_of

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Store

_NO_AGE = "No thread was deleted: give --older-than DAYS, or set keep_threads."


def _run(args: Namespace) -> int:
    from interrupt_mcp.store.opening import size_of

    settings = settings_of(args)
    days = settings.keep_threads if args.older_than is None else args.older_than
    before = size_of(settings.database)
    deleted = [] if days is None else with_store(partial(_deleted, days), args)
    after = size_of(settings.database)
    body = {"deleted_threads": deleted, "bytes_before": before, "bytes_after": after}
    told = [
        _NO_AGE if days is None else f"{len(deleted)} threads deleted: nothing was open there or new in {days:g} days.",
        f"The database has {_readable(after)}, and had {_readable(before)}.",
    ]
    show(Listing(body, (), (), " ".join(told)), args)
    return 0


async def _deleted(days: float, store: "Store | None", _args: Namespace) -> list[str]:
    from interrupt_mcp.store.records import days_ago

    return [] if store is None else await store.threads.delete(days_ago(days))


def _readable(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1
    if not 0 <= days < 100_000:
        raise ArgumentTypeError(f"{text!r} is not a number of days")
    return days


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, limit=False)
    parser.add_argument(
        "--older-than",
        type=_days,
        metavar="DAYS",
        help="delete the threads on which nothing is open and nothing happened for so long (default: keep_threads)",
    )


COMMAND = Command("prune", "delete old conversations; the record of what was decided stays", _run, _arguments)
