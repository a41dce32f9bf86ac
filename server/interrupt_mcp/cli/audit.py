"""`audit`: the append-only record of who started what, what was asked, who decided, and what ran."""

import sys
from argparse import ArgumentParser, Namespace
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import Listing, add_arguments, compact_json, filters_of, local_time, show, with_store

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Store
    from interrupt_mcp.store.records import Chain

_HEADS = ("AT", "EVENT", "RUN", "WHAT")
_PAGE = 1000


def _run(args: Namespace) -> int:
    if args.verify:
        return _verify(with_store(_chain, args), args)
    show(with_store(_found, args), args)
    return 0


async def _found(store: "Store | None", args: Namespace) -> Listing:
    filters = filters_of(args)
    wanted = {"thread_id": filters.thread_id, "run_id": filters.run_id}
    last: deque[dict[str, Any]] = deque(maxlen=args.limit)
    if store is not None:
        async for entry in _entries(store):
            if all(value in ("", entry[column]) for column, value in wanted.items()):
                last.append(entry)
    rows = [
        (
            local_time(datetime.fromisoformat(entry["at"])),
            entry["event"],
            entry["run_id"] or "",
            _one_line(entry["detail"]),
        )
        for entry in last
    ]
    return Listing({"audit": list(last)}, _HEADS, rows, "Nothing is on record.", firm=2)


async def _entries(store: "Store") -> AsyncIterator[dict[str, Any]]:
    from interrupt_mcp.store.records import Position

    after = Position(0)
    while page := await store.audit.listed(after, _PAGE):
        for entry in page:
            yield entry
        after = cast("Position", page[-1]["seq"])


def _one_line(detail: dict[str, Any]) -> str:
    """Return the detail on one line; hashes of contents, and what previews said, are in the JSON only."""
    return " ".join(
        f"{name}={value if isinstance(value, str) and value and ' ' not in value else compact_json(value)}"
        for name, value in detail.items()
        if not name.endswith("digest") and not name.startswith("preview")
    )


async def _chain(store: "Store | None", _args: Namespace) -> "Chain":
    from interrupt_mcp.store.records import Chain

    return Chain(0, "", None) if store is None else await store.audit.verify()


def _verify(chain: "Chain", args: Namespace) -> int:
    unbroken = chain.broken_at is None
    body = {"unbroken": unbroken, "entries": chain.entries, "last_hash": chain.last_hash, "broken_at": chain.broken_at}
    said = f"All {chain.entries:,} entries of this database are as they were written. The last one's hash is"
    listing = (
        Listing(body, (), (), said, [chain.last_hash]) if chain.entries else Listing(body, (), (), f"{said} none yet.")
    )
    if args.json or unbroken:
        show(listing, args)
    if not unbroken:
        print(  # noqa: T201
            f"interrupt-mcp: Entry {chain.broken_at} of the record was changed, or one before it was removed."
            f" The {chain.entries:,} before it are as they were written.",
            file=sys.stderr,
        )
    return 0 if unbroken else 1


def _arguments(parser: ArgumentParser) -> None:
    add_arguments(parser, "thread", "run")
    parser.add_argument("--verify", "--check", action="store_true", help="check that no entry was changed or taken out")


COMMAND = Command("audit", "show the record's latest entries, or check it", _run, _arguments)
