"""What is not within a store's reach is not there: it answers as for an id that never was, to the letter.

The table has a row for each method of the port that takes an id. Each is called with the ids of another project's run
in the same database, and with such that nobody has.
"""

import inspect
import re
from collections.abc import Awaitable
from datetime import UTC, datetime

import pytest

from interrupt_mcp.store import port
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Position
from tests.store.conftest import (
    Implementation,
    all_of,
)
from tests.store.reach_table import NAMES, TABLE, WITHOUT_ID, Ids, filled, never

pytestmark = pytest.mark.anyio
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+]+|datetime\([^)]*\)")
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


async def asked(implementation: Implementation, row: str, *, within: bool, known: bool) -> str:
    """What is answered about ids, or about such that nobody has, by who has them within reach, or by another project.

    Who asks has a run of its own. Whose ids they are has all it had, where another project asked.
    """
    opened = implementation.database()
    theirs, ours = opened(project="theirs"), opened(project="ours")
    ids, own = await filled(theirs, "theirs"), await filled(ours, "ours")
    before = await everything(theirs, ids)
    heard = ids if known else never(ids)
    told = await answer(TABLE[row](theirs, heard, ids) if within else TABLE[row](ours, heard, own), heard, ids)
    assert within or await everything(theirs, ids) == before
    return told


async def everything(store: Store, ids: Ids) -> object:
    return (
        await all_of(store, ids.run),
        await all_of(store, ids.claimed.run.run_id),
        await store.threads.branches(ids.thread),
        await store.runs.seen_tools("desk"),
        await store.checkpoints().failed_after(ids.thread, [ids.langgraph]),
        await store.sessions.listed(),
        await store.sessions.page_is_open(),
        await store.tokens.listed(),
    )


@pytest.mark.parametrize("row", TABLE)
async def test_what_is_anothers_is_as_if_it_never_was(implementation: Implementation, row: str) -> None:
    known, unknown = [await asked(implementation, row, within=False, known=known) for known in (True, False)]
    assert known == unknown


ALIKE = {
    "Interrupts.made: interrupt": "it stands for a place among all decisions, whether or not there is one",
    "Threads.decided_behind: checkpoint": "where one is gone, all that was decided before it counts",
    "Threads.rewind: checkpoint": "that it is one of the thread's is asked before, by `check_has`",
    "Checkpoints.keep_order": "it answers nothing",
    "Journal.deliver: another's": "what is not the run's is passed over",
    "Journal.forget_errors: another's": "what is not the run's is passed over",
}


@pytest.mark.parametrize("row", TABLE)
async def test_within_reach_the_same_ids_are_known(implementation: Implementation, row: str) -> None:
    """So that no row asks about nothing."""
    known, unknown = [await asked(implementation, row, within=True, known=known) for known in (True, False)]
    assert (known == unknown) is (row in ALIKE)


def public(protocol: type) -> set[str]:
    """The methods of one protocol of the port."""
    found = {name for name, _ in inspect.getmembers(protocol, inspect.isfunction) if not name.startswith("_")}
    return {f"{protocol.__name__}.{name}" for name in found}


def test_the_table_has_every_method_of_the_port() -> None:
    protocols = [each for each in vars(port).values() if inspect.isclass(each) and getattr(each, "_is_protocol", False)]
    assert {each.__name__ for each in protocols} >= {"Store", "Runs", "Interrupts", "Threads", "Audit", "Journal"}
    methods = {name for protocol in protocols for name in public(protocol)}
    asked = {row.partition(":")[0] for row in TABLE if not row.startswith("Checkpoints,")}
    assert asked | set(WITHOUT_ID) == methods
    assert not asked & set(WITHOUT_ID)


async def test_positions_are_of_what_is_within_reach(implementation: Implementation) -> None:
    opened = implementation.database()
    theirs, ours = opened(project="theirs"), opened(project="ours")
    await filled(theirs, "theirs")
    assert await ours.audit.position_at(datetime.now(UTC)) == Position(0)
