"""The move: the file is marked, all of it is put into the other database in one transaction, and checked there.

Cut off at any moment it can be called again: what is not all there is not there at all, and what is there says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.store.moving import memory, source
from interrupt_mcp.store.moving.checkpoints import (
    BLOBS,
    COLUMNS,
    ORDER,
    THERE,
    WRITES,
    WRITES_THERE,
    Checkpoints,
)
from interrupt_mcp.store.moving.source import Source
from interrupt_mcp.store.moving.target import Target, filling
from interrupt_mcp.store.postgres import layout
from interrupt_mcp.store.records import Chain
from interrupt_mcp.store.sql.transactions.audit import followed
from interrupt_mcp.store.sqlite.mark import Mark

Tell: TypeAlias = Callable[[str, int, int], None]
"""Gets a table's name, how many of its rows are there by now, and how many it has."""
_FIRST = ("threads", "runs", "interrupts")
"""Tables to whose rows rows of others belong."""
_NOT_COPIED = ("meta", "checkpoints", "writes", "store", "store_vectors")
"""What is put into tables of another form, or left."""
_AT_ONCE, _BYTES_AT_ONCE = 500, 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved."""

    projects: Sequence[str]
    rows: Mapping[str, int]
    """By table of the file."""
    chain: Chain
    """Of the record, as it is there and was here."""
    vectors_left: int
    """Of agents' memory: they are made anew as items are put again."""
    before: bool
    """Whether an earlier call had moved it all."""


def move(path: Path, address: PostgresServer, tell: Tell) -> Moved:
    """Move all that is in the file into the database, which is to be empty.

    Raises:
        Unavailable: the file is in use, or either of the two cannot be used, or the database has something in it. The
            file is as it was, unless that says otherwise.
    """
    layout.ensure(address)
    mark, new = source.marked(path, str(address))
    if mark.to != str(address):
        done = "was" if mark.done else "is being"
        raise Unavailable(f"What is in {path} {done} moved to the database {mark.to}, not to {address}; name that one")
    attempt = _Attempt(path, address, mark, absent=new)
    try:
        moved = attempt.make(tell)
    except BaseException as error:
        attempt.give_up(error)
        raise
    if not mark.done:
        _finish(path, mark)
    return moved


def _finish(path: Path, mark: Mark) -> None:
    try:
        source.finish(path, mark)
    except Unavailable as error:
        raise Unavailable(
            f"All is there, and the file is to be told so yet: {error.args[0]}; then call the same again"
        ) from error


class _Attempt:
    """One try, which knows at each moment whether it is certain that nothing is there."""

    def __init__(self, path: Path, address: PostgresServer, mark: Mark, *, absent: bool) -> None:
        self._path, self._address, self._mark = path, address, mark
        self._absent = absent

    def make(self, tell: Tell) -> Moved:
        with filling(self._address) as target:
            word = target.moved()
            if word is not None and word["move"] == self._mark.move:
                self._absent = False
                return _told(word, before=True)
            if self._mark.done:
                raise Unavailable(f"The database {self._address} is not the one into which {self._path} was moved")
            self._absent = True
            target.make_room()
            with source.reading(self._path) as found:
                moved = _fill(found, target, tell)
            target.leave_word({"move": self._mark.move, "at": self._mark.at, **_word(moved)})
            # From here on it may be kept, whatever is raised.
            self._absent = False
        return moved

    def give_up(self, why: BaseException) -> None:
        """Take the mark away, where it is certain that nothing is there; what was raised says it where it stays."""
        if self._mark.done:
            return
        try:
            if not self._absent and self._is_there():
                return
            source.unmark(self._path)
        except Error as error:
            # Whether it is there shows when the server can be asked: until then nothing may be driven here.
            said = why.args[0] if isinstance(why, Error) and why.args else type(why).__name__
            raise Unavailable(
                f"{said}; the file stays marked as one that is being moved, since {error.args[0]}; call the same again"
            ) from why

    def _is_there(self) -> bool:
        with filling(self._address) as target:
            word = target.moved()
            return word is not None and bool(word["move"] == self._mark.move)


def _fill(found: Source, target: Target, tell: Tell) -> Moved:
    counts = found.counts()
    plain = [*_FIRST, *sorted(set(counts) - {*_FIRST, *_NOT_COPIED})]
    for table in plain:
        target.check(table, found.columns(table))
    here = Chain(0, "", None)
    for table in plain:
        columns = found.columns(table)
        rows = _counted(found.rows(table, columns, ("seq",) if table == "audit" else ()), table, counts[table], tell)
        if table == "audit":
            followed_here = _Following()
            rows = followed_here.through(rows)
        target.copy(table, columns, (tuple(row) for row in rows))
        if table == "audit":
            here = followed_here.chain
        target.number_on(table, found.highest().get(table, 0))
    _copy_checkpoints(found, target, counts["checkpoints"], tell)
    written = _counted(found.rows("writes", WRITES), "writes", counts["writes"], tell)
    target.copy("checkpoint_writes", WRITES_THERE, ((*row[:-1], row[-1] or b"") for row in map(tuple, written)))
    kept = _counted(found.rows("store", memory.COLUMNS), "store", counts["store"], tell)
    target.copy("store", memory.COLUMNS, map(memory.there, kept))
    target.keep_meta(found.meta())
    _check(counts, target, plain)
    there = target.chain()
    if there != here:
        raise Unavailable("The record there is not as it is here, which is a fault of interrupt-mcp; nothing was moved")
    rows_of = {table: number for table, number in counts.items() if table not in ("meta", "store_vectors")}
    return Moved(found.projects(), rows_of, there, counts.get("store_vectors", 0), before=False)


class _Following:
    """Follows the chain of the record while its entries pass."""

    def __init__(self) -> None:
        self.chain = Chain(0, "", None)

    def through(self, rows: Iterator[Any]) -> Iterator[Any]:
        for row in rows:
            self.chain = followed(self.chain, [row])
            yield row


def _copy_checkpoints(found: Source, target: Target, count: int, tell: Tell) -> None:
    checkpoints = Checkpoints()
    rows: list[Sequence[Any]] = []
    blobs: list[Sequence[Any]] = []
    size = 0

    def put() -> None:
        target.copy("checkpoints", THERE, rows)
        target.copy("checkpoint_blobs", BLOBS, blobs)
        rows.clear()
        blobs.clear()

    for row in _counted(found.rows("checkpoints", COLUMNS, ORDER), "checkpoints", count, tell):
        one, its = checkpoints.rows(row)
        rows.append(one)
        blobs += its
        size += len(one[-1]) + len(one[-2]) + sum(len(each[-1]) for each in its)
        if len(rows) >= _AT_ONCE or size >= _BYTES_AT_ONCE:
            put()
            size = 0
    put()


def _counted(rows: Iterator[Any], table: str, count: int, tell: Tell) -> Iterator[Any]:
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if not done % 100:
            tell(table, done, count)
    tell(table, done, count)


def _check(counts: Mapping[str, int], target: Target, plain: Sequence[str]) -> None:
    names = {**{name: name for name in plain}, "checkpoints": "checkpoints", "writes": "checkpoint_writes"}
    for here, there in {**names, "store": "store"}.items():
        found = target.count(there)
        if found != counts[here]:
            raise Unavailable(f"{counts[here]:,} rows of {here} became {found:,} of {there}; nothing was moved")


def _word(moved: Moved) -> Mapping[str, Any]:
    return {
        "projects": [*moved.projects],
        "rows": dict(moved.rows),
        "entries": moved.chain.entries,
        "last_hash": moved.chain.last_hash,
        "broken_at": moved.chain.broken_at,
        "vectors_left": moved.vectors_left,
    }


def _told(word: Mapping[str, Any], *, before: bool) -> Moved:
    chain = Chain(word["entries"], word["last_hash"], word["broken_at"])
    return Moved(word["projects"], word["rows"], chain, word["vectors_left"], before)
