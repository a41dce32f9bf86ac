"""What is not within a store's reach is not there: it answers as for an id that never was, to the letter.

The table has a row for each method of the port that takes an id. Each is called with the ids of another project's run
in the same database, and with such that nobody has; and so it is with those of another principal of the same project.
"""

import inspect
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.model import Access, Principal, PrincipalKind, Scope
from interrupt_mcp.store import port
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Position
from tests.store.conftest import Implementation
from tests.store.reach_lists import IN_LISTS, OF_PROJECT, WITHOUT_ID
from tests.store.reach_table import NAMES, TABLE, Ids, filled, never

pytestmark = pytest.mark.anyio
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+|datetime\([^)]*\)")
BEN = Access(Principal(PrincipalKind.TOKEN, "ben"), frozenset(Scope))
_MADE_ID = re.compile(r"[0-9a-f-]{32,36}")


async def answer(asked: Awaitable[object], *ids: Ids) -> str:
    """What came of it, without the ids themselves and what is never twice the same."""
    try:
        text = f"returned {await asked!r}"
    except Exception as error:  # noqa: BLE001  whatever it is, it is to be the same
        text = f"raised {type(error).__name__}: {error}"
    text = _TIME.sub("", text)
    for each in ids:
        text = text.replace(each.claimed.run.run_id, "<claimed>")
        for name in NAMES:
            text = text.replace(getattr(each, name), f"<{name}>")
    return _MADE_ID.sub("", text)


@dataclass(frozen=True)
class Answers:
    """What was answered about the same ids."""

    owner: str
    other_project: str
    other_principal: str


async def asked(implementation: Implementation, row: str, *, known: bool) -> Answers:
    """What is answered about ids, or about such that nobody has, to their owner and to two others.

    Each has runs of their own. The owner, who asks last, has all they had, where others asked.
    """
    opened = implementation.database()
    theirs, ours, neighbours = opened(), opened(project="ours"), opened(principal=BEN.principal)
    ids = await filled(theirs, "theirs", this_user())
    own = await filled(ours, "ours", this_user()), await filled(neighbours, "neighbours", BEN)
    before = await everything(theirs, ids)
    heard = ids if known else never(ids)
    others = []
    for store, mine in zip((ours, neighbours) if asks_each(row) else (ours,), own, strict=False):
        others.append(await answer(TABLE[row](store, heard, mine), heard, mine))
        assert await everything(theirs, ids) == before
    return Answers(await answer(TABLE[row](theirs, heard, ids), heard, ids), others[0], others[-1])


def asks_each(row: str) -> bool:
    """Whether it depends on the principal; what a driver names that is another's does."""
    return method(row) not in OF_PROJECT or (row.startswith("Journal.") and ":" in row)


def method(row: str) -> str:
    return row.partition(":")[0]


async def everything(store: Store, ids: Ids) -> object:
    runs = (ids.run, ids.claimed.run.run_id)
    return (
        [await store.runs.with_interrupts(run) for run in runs],
        [await store.runs.owner_of(run) for run in runs],
        await store.audit.listed(Position(0), 1000),
        await store.threads.branches(ids.thread),
        await store.runs.seen_tools("desk"),
        await store.checkpoints().failed_after(ids.thread, [ids.langgraph]),
        await store.sessions.listed(),
        await store.sessions.page_is_open(),
        await store.tokens.listed(),
    )


ALIKE = {
    "Interrupts.made: interrupt": "it stands for a place among all decisions, whether or not there is one",
    "Threads.decided_behind: checkpoint": "where one is gone, all that was decided before it counts",
    "Threads.rewind: checkpoint": "that it is one of the thread's is asked before, by `check_has`",
    "Checkpoints.keep_order": "it answers nothing",
    "Journal.deliver: another's": "what is not the run's is passed over",
    "Journal.forget_errors: another's": "what is not the run's is passed over",
}


@pytest.mark.parametrize("row", TABLE)
async def test_what_is_anothers_is_as_if_it_never_was(implementation: Implementation, row: str) -> None:
    known, unknown = [await asked(implementation, row, known=known) for known in (True, False)]
    assert known.other_project == unknown.other_project
    assert known.other_principal == unknown.other_principal
    # The owner is told of them, so that no row asks about nothing.
    assert (known.owner == unknown.owner) is (row in ALIKE)


def public(protocol: type) -> set[str]:
    """The methods of one protocol of the port."""
    found = {name for name, _ in inspect.getmembers(protocol, inspect.isfunction) if not name.startswith("_")}
    return {f"{protocol.__name__}.{name}" for name in found}


def test_the_table_has_every_method_of_the_port() -> None:
    protocols = [each for each in vars(port).values() if inspect.isclass(each) and getattr(each, "_is_protocol", False)]
    assert {each.__name__ for each in protocols} >= {"Store", "Runs", "Interrupts", "Threads", "Audit", "Journal"}
    methods = {name for protocol in protocols for name in public(protocol)}
    rows = [row for row in TABLE if not row.startswith("Checkpoints,")]
    assert {method(row) for row in rows} | set(WITHOUT_ID) == methods
    assert not {method(row) for row in rows} & set(WITHOUT_ID)
    each = {method(row) for row in rows if method(row) not in OF_PROJECT}
    assert each | set(OF_PROJECT) | set(IN_LISTS) == methods
    assert not set(IN_LISTS) & (each | set(OF_PROJECT))


async def test_positions_are_of_what_is_within_reach(implementation: Implementation) -> None:
    opened = implementation.database()
    theirs, ours = opened(project="theirs"), opened(project="ours")
    await filled(theirs, "theirs", this_user())
    assert await ours.audit.position_at(datetime.now(UTC)) == Position(0)
