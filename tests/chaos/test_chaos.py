"""A short storm of a fixed seed; `make chaos` is the long one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.__main__ import VICTIM, raged, rows, table
from tests.chaos.disturbance import Size
from tests.crash.prefork import prefork

pytestmark = pytest.mark.linux

SHORT = Size(processes=2, kills=10, stops=3, disks=1, people=5, threads=8)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with prefork(VICTIM) as found:
        yield found


@pytest.mark.anyio
async def test_nothing_is_lost_repeated_or_broken_when_processes_are_killed_stopped_and_starved(
    address: str, tmp_path: Path
) -> None:
    storm, verdict, seconds = await raged(SHORT, "1", address, tmp_path / "storm")
    told = table({"": rows(storm, verdict, seconds)})
    assert (verdict.faults, verdict.odd) == ([], []), "\n".join([told, *map(str, verdict.faults), *verdict.odd])
    assert storm.journal.kills >= SHORT.kills
    assert verdict.effects, told
