"""Listings: what is in the store, printed as a table or as JSON. They change nothing and carry no run."""

import asyncio
import json
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from interrupt_mcp.cli.consoles import at_terminal
from interrupt_mcp.cli.table import Row, table
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.process.arguments import settings_of
from interrupt_mcp.text.visible import escaped_json, printable_line

if TYPE_CHECKING:
    from interrupt_mcp.config import Settings
    from interrupt_mcp.database import DatabaseAddress
    from interrupt_mcp.model import Filters
    from interrupt_mcp.store.inspection import Inspected
    from interrupt_mcp.store.port import Store
    from interrupt_mcp.views.ways_to_decide import Ways

T = TypeVar("T")
_WIDTH = 80
_FILTERS = {"agent": ("agent", "NAME"), "thread": ("thread_id", "ID"), "run": ("run_id", "ID")}


@dataclass(frozen=True, slots=True)
class Listing:
    """What a command found."""

    body: dict[str, Any]
    """As JSON, in the form of the tool's result."""
    heads: Row
    rows: Sequence[Row]
    nothing: str
    """One line, said where there is no row."""
    notes: Sequence[str] = ()
    """Lines below that."""
    firm: int = 0
    """How many of the first columns are cut only where nothing else is left to cut."""


def add_arguments(parser: ArgumentParser, *filters: str, limit: bool = True) -> None:
    """Add `--json`, `--limit` and the filters of the tool with the same name."""
    parser.add_argument("--json", action="store_true", help="print JSON, in the form of the tool's result")
    if limit:
        parser.add_argument("--limit", type=_count, default=20, metavar="N", help="how many at most (default: 20)")
    for name in filters:
        column, metavar = _FILTERS[name]
        parser.add_argument(f"--{name}", dest=column, metavar=metavar, help=f"only of this {name}")


def with_store(look: Callable[["Store | None", Namespace], Awaitable[T]], args: Namespace) -> T:
    """Look into the store, and return what is found; into `None` where nothing was ever kept, so that none is made.

    Raises:
        ConfigError, Unavailable
    """

    async def look_into() -> T:
        with _stored(args) as store:
            return await look(store, args)

    return asyncio.run(look_into())


@contextmanager
def _stored(args: Namespace) -> Iterator["Store | None"]:
    settings = settings_of(args)
    if settings.database.is_known_absent():
        yield None
        return
    from interrupt_mcp.store.opening import open_database
    from interrupt_mcp.store.records import NOBODY, Reach

    reach = Reach(settings.project)
    with ExitStack() as opened:
        try:
            database = opened.enter_context(closing(open_database(settings.database)))
        except Unavailable:
            found = _left_behind(settings.database, opened)
            if found is None:
                raise
            yield found.store(reach)
        else:
            yield database.store(reach, NOBODY)


def _left_behind(address: "DatabaseAddress", opened: ExitStack) -> "Inspected | None":
    """Return what is left where the contents are elsewhere by now, to be looked at; `None` where they are not."""
    from interrupt_mcp.store.opening import inspecting

    if not isinstance(address, SqliteFile):
        return None
    try:
        found = opened.enter_context(inspecting(address))
    except Unavailable:
        return None
    if found.condition.moved is None:
        return None
    print(f"interrupt-mcp: {printable_line(found.condition.moved)}. This is how it was.", file=sys.stderr)  # noqa: T201
    return found


def filters_of(args: Namespace) -> "Filters":
    """Return the filters that were given."""
    from interrupt_mcp.model import Filters, RunStatus

    agent, thread_id, run_id, status = (
        getattr(args, name, None) for name in ("agent", "thread_id", "run_id", "status")
    )
    return Filters(agent or "", thread_id or "", run_id or "", RunStatus(status) if status else None)


def ways_of(settings: "Settings") -> "Callable[[], Ways]":
    """Return what tells in which ways a person decides, as things stand."""
    from interrupt_mcp.peers.local import pages_address
    from interrupt_mcp.views.ways_to_decide import Ways
    from interrupt_mcp.words import InboxMode

    pages = settings.inbox is not InboxMode.OFF
    return lambda: Ways(pages, pages_address(settings.database.beside, settings.project) if pages else "")


def show(listing: Listing, args: Namespace, out: TextIO | None = None) -> None:
    """Print it, on standard output where nothing else is named."""
    out = sys.stdout if out is None else out
    if args.json:
        write_json(listing.body, out)
        return
    rows = table(listing.heads, listing.rows, terminal_width(out), listing.firm) if listing.rows else [listing.nothing]
    write([*rows, *listing.notes], out)


def write_json(body: dict[str, Any], out: TextIO) -> None:
    """Print JSON that can be read where it is printed, and in which all can be seen."""
    ascii_only = not (out.encoding or "").lower().startswith("utf")
    write(escaped_json(body, indent=2, ascii_only=ascii_only).split("\n"), out)


def write(lines: Iterable[str], out: TextIO) -> None:
    """Print lines, as far as whoever reads them knows their characters. A tab is one of ours where a line begins."""
    encoding = out.encoding or "ascii"
    for line in lines:
        text = line.lstrip("\t")
        line = "\t" * (len(line) - len(text)) + printable_line(text)
        out.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    out.flush()


def local_time(at: datetime) -> str:
    """Return a time as a person here reads it."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def compact_json(value: Any) -> str:
    """Return the value as JSON on one line, not yet made visible."""
    return json.dumps(value, ensure_ascii=False)


def terminal_width(out: TextIO) -> int | None:
    """Return its columns; `None` where the output goes elsewhere, to be searched or read by a program."""
    if (columns := os.environ.get("COLUMNS", "")).isdecimal() and int(columns):
        return int(columns)
    if not at_terminal(out):
        return None
    try:
        return os.get_terminal_size(out.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH


def _count(text: str) -> int:
    """Return the number.

    Raises:
        ArgumentTypeError: it is none, or none from 1 to 100000.
    """
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 100_000):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 100000")
    return int(text)
