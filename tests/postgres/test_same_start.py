"""The same start at the same time, from several processes, on one thread: each is told of the one run."""

import asyncio

import pytest

from interrupt_mcp.store.records import Begun
from tests.store.conftest import Open, new_run

pytestmark = [pytest.mark.postgres, pytest.mark.posix, pytest.mark.anyio]


@pytest.mark.parametrize("number", range(3))
async def test_who_finds_the_thread_busy_with_the_same_start_is_told_of_that_run(opened: Open, number: int) -> None:
    del number
    stores = [opened(owner) for owner in ("one", "two")]
    starts = [new_run(f"run-{each}", idempotency_key="key") for each in range(20)]
    begun: list[Begun] = await asyncio.gather(
        *(stores[each % 2].runs.start(new, "Ann") for each, new in enumerate(starts))
    )
    assert len({each.run_id for each in begun}) == 1
    assert [each.is_new for each in begun].count(True) == 1
