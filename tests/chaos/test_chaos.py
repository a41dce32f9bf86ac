"""Short storms of a fixed seed; `make chaos` has the long ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.__main__ import VICTIM, raged
from tests.chaos.sizes import Size
from tests.chaos.storm import Storm
from tests.chaos.telling import rows, table
from tests.crash.prefork import prefork
from tests.database import on_postgres

pytestmark = pytest.mark.linux

SHORT = Size(processes=2, kills=10, stops=3, disks=1, people=5, threads=8)
WITH_WORKERS = Size(
    processes=1,
    kills=2,
    stops=0,
    disks=1,
    people=5,
    threads=6,
    workers=2,
    worker_kills=4,
    worker_stops=1,
    starvations=1,
)


ON_SERVER = Size(
    on_server=True,
    http=True,
    processes=2,
    kills=4,
    stops=1,
    disks=0,
    people=6,
    threads=6,
    outages=1,
    breaks=4,
    herds=1,
    deploys=1,
    races=0.1,
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with prefork(VICTIM) as found:
        yield found


@pytest.mark.sqlite
@pytest.mark.anyio
async def test_nothing_is_lost_repeated_or_broken_when_processes_are_killed_stopped_and_starved(
    address: str, tmp_path: Path
) -> None:
    await _withstood(SHORT, address, tmp_path)


@pytest.mark.sqlite
@pytest.mark.anyio
async def test_nothing_is_either_when_workers_are_and_the_server_that_has_them(address: str, tmp_path: Path) -> None:
    storm = await _withstood(WITH_WORKERS, address, tmp_path)
    assert storm.servers.killed_workers >= WITH_WORKERS.worker_kills


if on_postgres():

    @pytest.mark.anyio
    async def test_nothing_is_either_when_replicas_their_server_and_the_ways_to_it_are(
        address: str, tmp_path: Path
    ) -> None:
        storm = await _withstood(ON_SERVER, address, tmp_path)
        assert storm.journal.outages >= ON_SERVER.outages
        assert storm.journal.breaks >= ON_SERVER.breaks


async def _withstood(size: Size, address: str, tmp_path: Path) -> Storm:
    storm, verdict, seconds = await raged(size, "1", address, tmp_path / "storm")
    told = table({"": rows(storm, verdict, seconds)})
    assert (verdict.faults, verdict.odd) == ([], []), "\n".join([told, *map(str, verdict.faults), *verdict.odd])
    assert storm.journal.kills >= size.kills
    assert verdict.effects, told
    return storm
