"""A statement, a transaction and a database, as far as the statements of the store need them."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

from interrupt_mcp.store.records import Reach

T = TypeVar("T")
Row: TypeAlias = Mapping[str, Any]
"""A row, by the names of its columns."""
Values: TypeAlias = Mapping[str, Any]
"""The values of the names in a statement; a name that stands for several has a sequence."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with names in it, like `:run_id`, for values that are given each time it runs.

    `:project` is the project of whoever asks, and need not be given. A statement without it sees all projects, which
    must be said.
    """

    sql: str
    of_all_projects: bool = False
    of_several: frozenset[str] = field(init=False)
    """The names that stand for any number of values, as in `IN (:ids)`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "of_several", frozenset(re.findall(r"\bIN \(:(\w+)\)", self.sql)))
        if self.of_all_projects == (":project" in self.sql):
            raise ValueError(f"Either it names :project or it is of all projects, and says so: {self.sql}")


class Transaction(Protocol):
    """One open transaction. What it writes is kept together, or not at all."""

    def all(self, statement: Statement, /, **values: Any) -> Sequence[Row]:
        """Return all rows."""

    def one(self, statement: Statement, /, **values: Any) -> Row | None:
        """Return the first row, if there is one."""

    def run(self, statement: Statement, /, **values: Any) -> int:
        """Change something; return how many rows that were."""

    def run_each(self, statement: Statement, each: Iterable[Values], /) -> None:
        """Change something once with each of these values."""

    def take_turn(self, what: str) -> None:
        """Wait until no other open transaction has its turn at `what`, and hold the turn to the end of this one.

        So what is read and added under the turn is in the order in which the transactions are kept.
        """


Unit: TypeAlias = Callable[[Transaction], T]
"""What is done in one transaction. It may be run again, from the start, in another one."""


class Database(Protocol):
    """An open database, as one project sees it."""

    reach: Reach

    def all(self, statement: Statement, /, **values: Any) -> Awaitable[Sequence[Row]]:
        """Return all rows of one look-up, which waits for no write.

        Raises:
            Unavailable: the database cannot be used.
        """

    def one(self, statement: Statement, /, **values: Any) -> Awaitable[Row | None]:
        """Return the first row of one look-up, if there is one."""

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that changes nothing, on one state of the database."""

    def submit(self, unit: Unit[T], *, soon: bool = True) -> Future[T]:
        """Have the unit run in a transaction, after all that were submitted before, from any thread.

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
    """Return the statement's SQL and its values, the project among them.

    Each of several values gets a name of its own: `IN (:ids)` becomes `IN (:ids_0, :ids_1)`.
    """
    sql, given = statement.sql, {**values}
    if not statement.of_all_projects:
        given["project"] = reach.project
    for name in statement.of_several:
        each = given.pop(name)
        names = [f"{name}_{number}" for number in range(len(each))]
        sql = re.sub(rf":{name}\b", ", ".join(f":{one}" for one in names) or "NULL", sql)
        given.update(zip(names, each, strict=True))
    return sql, given
