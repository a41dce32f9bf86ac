"""A statement, a transaction and a database, as far as the statements of the store need them."""

import re
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, TypeVar

from interrupt_mcp.store.records import Reach
from interrupt_mcp.store.sql.reach import says_whose, whose, written

T = TypeVar("T")
Row: TypeAlias = Mapping[str, Any]
"""A row, by the names of its columns."""
Values: TypeAlias = Mapping[str, Any]
"""The values of the names in a statement; a name that stands for several has a sequence."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with names in it, like `:run_id`, for values that are given each time it runs.

    Whose rows it is about is said in the words of `store.sql.reach`, such as `seen(runs)`, and whoever asks is put in
    where it runs. `:project` and `:principal` are theirs, and need not be given. A statement that says nothing of this
    sees what is everybody's, in the project or in all of them, which must be said.
    """

    sql: str
    of_everybody: bool = False
    """Whether it is of all principals: the process itself asks, or of a row that whoever asks was let see before."""
    of_all_projects: bool = False
    locks: bool = False
    """Whether, in a transaction that writes, the rows that it finds stay as they are until that has ended."""

    def __post_init__(self) -> None:
        said = (says_whose(self.sql), self.of_everybody, self.of_all_projects)
        if sum(said) != 1 or (self.of_everybody and ":project" not in self.sql):
            raise ValueError(f"Either it says whose rows it is about, or that they are everybody's: {self.sql}")


class Transaction(Protocol):
    """One open transaction. What it writes is kept together, or not at all."""

    @property
    def found(self) -> set[Hashable]:
        """What units in this transaction found, so that it need not be looked up again as long as it stands."""

    def all(self, statement: Statement, /, **values: Any) -> Sequence[Row]:
        """Return all rows."""

    def one(self, statement: Statement, /, **values: Any) -> Row | None:
        """Return the first row, if there is one."""

    def run(self, statement: Statement, /, **values: Any) -> int:
        """Change something; return how many rows that were."""

    def do(self, statement: Statement, /, **values: Any) -> None:
        """Change something, however many rows that are."""

    def do_one(self, statement: Statement, /, **values: Any) -> None:
        """Change one row, which is known to be there."""

    def run_each(self, statement: Statement, each: Iterable[Values], /) -> None:
        """Change something once with each of these values."""

    def take_turn(self, what: str) -> None:
        """Wait until no other open transaction has its turn at `what`, and hold the turn to the end of this one."""

    def hold_lightly(self) -> None:
        """Have this unit be kept without waiting for the disk: it may be lost with all that is kept after it.

        What is kept after it and is not held so lightly takes it along to the disk.
        """

    def run_last(self, what: str, add: "Add", row: Values, /) -> None:
        """Have `add` get the row, with all others that are given to it in this transaction, as the last that it does.

        It gets them when no other open transaction has its turn at `what`, which is held until this one is kept. So
        what it reads and adds is in the order in which the transactions are kept.
        """


Add: TypeAlias = Callable[[Transaction, Sequence[Values]], None]
"""Adds rows."""
Unit: TypeAlias = Callable[[Transaction], T]
"""What is done in one transaction. It may be run again, from the start, in another one."""


class Database(Protocol):
    """An open database, as it is within a reach."""

    reach: Reach
    transient: tuple[type[BaseException], ...]
    """Errors within a unit after which it is run again, or its future resolves with another error."""

    def all(self, statement: Statement, /, **values: Any) -> Awaitable[Sequence[Row]]:
        """Return all rows of one look-up, which waits for no write.

        Raises:
            Unavailable: the database cannot be used.
        """

    def one(self, statement: Statement, /, **values: Any) -> Awaitable[Row | None]:
        """Return the first row of one look-up, if there is one."""

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that changes nothing, on one state of the database."""

    def submit(self, unit: Unit[T], *, soon: bool = True, line: object = None) -> Future[T]:
        """Have the unit run in a transaction, from any thread, after all that were submitted before in the same line.

        The future resolves once it is on disk, or with what it raised: then it left nothing. One that need not be
        `soon` is kept together with the next that must be, or a little later.
        """

    def hurry(self) -> None:
        """Have what was submitted kept now: somebody waits for it."""

    async def write(self, unit: Unit[T]) -> T:
        """Run the unit, and return once it is on disk. A caller that is cancelled does not take it back."""

    async def shrink(self) -> None:
        """Give back the space of what was deleted, a little in each transaction: other writes wait for its end."""


def bound(statement: Statement, values: Values, reach: Reach) -> tuple[str, Values]:
    """Return the statement's SQL as it is for this reach, and its values, those of whoever asks among them.

    Each of several values gets a name of its own: `IN (:ids)` becomes `IN (:ids_0, :ids_1)`.
    """
    sql, several, ours = _within(statement, reach)
    if not several:
        return sql, {**values, **ours}
    given = {**values, **ours}
    for name in several:
        each = given.pop(name)
        sql = _spread(sql, name, len(each))
        given.update(zip(_names(name, len(each)), each, strict=True))
    return sql, given


@lru_cache(maxsize=4096)
def _within(statement: Statement, reach: Reach) -> tuple[str, frozenset[str], Values]:
    """Return the SQL as it is for this reach, the names that stand for several values of others, and its own values."""
    sql, several, ours = written(statement.sql, whose(reach))
    values = {name: _of_reach(reach, name) for name in ours - several}
    for name in several & ours:
        each = _of_reach(reach, name)
        sql = _spread(sql, name, len(each))
        values.update(zip(_names(name, len(each)), each, strict=True))
    return sql, several - ours, values


def _names(name: str, count: int) -> list[str]:
    return [f"{name}_{number}" for number in range(count)]


def _spread(sql: str, name: str, count: int) -> str:
    """Have so many names stand where one stands for several values."""
    return re.sub(rf":{name}\b", ", ".join(f":{one}" for one in _names(name, count)) or "NULL", sql)


def _of_reach(reach: Reach, name: str) -> Any:
    if name == "principal":
        assert reach.principal is not None, "the process itself has nothing of its own"
        return str(reach.principal)
    return reach.project if name == "project" else reach.names
