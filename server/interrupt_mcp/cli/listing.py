"""Queries: commands that show what is in the store, as a table or as JSON. They change nothing and carry no run."""

import asyncio
import json
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from interrupt_mcp.cli.command import settings_of
from interrupt_mcp.cli.table import Row, table
from interrupt_mcp.model import Filters
from interrupt_mcp.text.visible import escaped_json, seen

if TYPE_CHECKING:
    from interrupt_mcp.store.port import Store

T = TypeVar("T")
_WIDTH = 80
_FILTERS = {"agent": ("agent", "NAME"), "thread": ("thread_id", "ID"), "run": ("run_id", "ID")}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a command found: as JSON and as rows; `nothing` is said where there is no row, `more` below the last one."""

    body: dict[str, Any]
    heads: Row
    rows: Sequence[Row]
    nothing: str
    more: str = ""
    firm: int = 0
    """How many of the first columns are not to be cut."""


def add_arguments(parser: ArgumentParser, *filters: str, limit: bool = True) -> None:
    """`--json`, `--limit` and the filters of the tool with the same name."""
    parser.add_argument("--json", action="store_true", help="print JSON, in the form of the tool's result")
    if limit:
        parser.add_argument("--limit", type=_count, default=20, metavar="N", help="how many at most (default: 20)")
    for name in filters:
        column, metavar = _FILTERS[name]
        parser.add_argument(f"--{name}", dest=column, metavar=metavar, help=f"only of this {name}")


def looked(look: Callable[["Store | None", Namespace], Awaitable[T]], args: Namespace) -> T:
    """What is found in the store; `None` is given where nothing was ever kept, so that looking for it does not make it.

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
    if not settings.database_path.exists():
        yield None
        return
    from interrupt_mcp.store.opening import open_store
    from interrupt_mcp.store.records import NOBODY, Reach

    with closing(open_store(settings.database_path, Reach(settings.project), NOBODY)) as store:
        yield store


def filters_of(args: Namespace) -> Filters:
    """The filters that were given."""
    given = {each.name: getattr(args, each.name, None) or "" for each in fields(Filters)}
    return Filters(**given)


def show(shown: Shown, args: Namespace, file: TextIO | None = None) -> None:
    """Print it, on standard output."""
    out = sys.stdout if file is None else file
    if args.json:
        lines = [as_json(shown.body, out)]
    elif not shown.rows:
        lines = [shown.nothing]
    else:
        lines = [*table(shown.heads, shown.rows, width(out), shown.firm), *([shown.more] if shown.more else [])]
    write(lines, out)


def as_json(body: dict[str, Any], out: TextIO) -> str:
    """What is not ASCII stays readable, except for who could not read it, and for what cannot be seen as it is."""
    ascii_only = not (out.encoding or "").lower().startswith("utf")
    return escaped_json(body, indent=2, ascii_only=ascii_only)


def write(lines: Iterable[str], out: TextIO) -> None:
    """Print lines, as far as whoever reads them knows their characters."""
    encoding = out.encoding or "ascii"
    for line in lines:
        # A tab here is one of ours: where somebody else wrote one, it is a number by now.
        line = "\t".join(map(seen, line.split("\t")))
        out.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    out.flush()


def moment(at: datetime) -> str:
    """A time as a person here reads it."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def width(out: TextIO) -> int | None:
    """Columns of the terminal; no limit where the output goes elsewhere, to be searched or read by a program."""
    if (columns := os.environ.get("COLUMNS", "")).isdecimal() and int(columns):
        return int(columns)
    if not out.isatty():
        return None
    try:
        return os.get_terminal_size(out.fileno()).columns or _WIDTH
    except OSError:
        return _WIDTH


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 100_000):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to 100000")
    return int(text)
