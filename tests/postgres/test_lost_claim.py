"""A claim that waits for no disk may be lost in a crash of the server: who made it drives the run no longer."""

from contextlib import closing
from pathlib import Path

import pytest

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.model import RunId
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import NOBODY, Fenced, Reach
from tests.postgres.cluster import cluster
from tests.store.conftest import ANN, new_run

pytestmark = [pytest.mark.postgres, pytest.mark.posix, pytest.mark.anyio]
RUN = RunId("run")


async def test_who_claims_it_next_has_it_alone(tmp_path: Path) -> None:
    # Nothing gets on disk by itself.
    with cluster(durable=True, wal_writer_delay="10s", bgwriter_lru_maxpages="0") as server:
        address = PostgresServer(server.make_database(), tmp_path)
        with closing(open_database(address)) as first, closing(open_database(address)) as second:
            one, two = (_store(each, owner) for each, owner in ((first, "one"), (second, "two")))
            await one.runs.start(new_run(RUN), "Ann", ownerless=True)
            lost = await one.runs.claim(RUN, NOBODY)
            server.restart("immediate")
            kept = await two.runs.claim(RUN, NOBODY)
            assert lost is not None
            assert kept is not None
            with pytest.raises(Fenced):
                await one.journal(lost).begin()
            await two.journal(kept).begin()


def _store(database: object, owner: str) -> Store:
    return database.store(Reach("project", ANN), owner)  # type: ignore[attr-defined,no-any-return]
