"""A server that goes and comes back, and ways to it that break: what is asked is done, or told in one sentence."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.model import RunStatus
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import Position, Reach
from tests.patience import PATIENCE
from tests.postgres.cluster import PASSWORD, Cluster, cluster
from tests.postgres.proxy import Proxy
from tests.store.conftest import ANN, Open, events, new_run, saver_of, started, written

pytestmark = [pytest.mark.postgres, pytest.mark.posix, pytest.mark.anyio]
HERE: Any = {"configurable": {"thread_id": "thread"}}


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server of this module's own, which may be stopped."""
    with cluster(durable=True) as made:
        yield made


@pytest.fixture
def store(server: Cluster, tmp_path: Path) -> Iterator[Store]:
    if server.process is None:
        server.start()
    with closing(open_database(PostgresServer(server.make_database(), tmp_path))) as database:
        yield database.store(Reach("project", ANN), "one")


async def test_what_a_run_needs_while_a_server_starts_again_is_done(server: Cluster, store: Store) -> None:
    claimed = await started(store)
    journal = store.journal(claimed)
    head = await written(store, journal, "run")
    async with store.agent_memory({}) as memory:
        await memory.aput(("notes",), "key", {"text": "kept"})
        await asyncio.to_thread(server.stop, "immediate")
        asked = [
            asyncio.ensure_future(each)
            for each in (
                saver_of(store, journal).aget_tuple(HERE),
                written(store, journal, "run", parent=head),
                journal.finish("done", None, 0),
                memory.aget(("notes",), "key"),
            )
        ]
        await asyncio.sleep(0.2)
        assert not any(each.done() for each in asked)
        await asyncio.to_thread(server.start)
        found, written_meanwhile, _, item = await asyncio.wait_for(asyncio.gather(*asked), PATIENCE)
    # What was written meanwhile may be there before it is looked for, or not.
    assert found.checkpoint["id"] in (head, written_meanwhile)
    assert item.value == {"text": "kept"}
    assert (await store.runs.get("run")).status is RunStatus.SUCCESS
    assert sorted(await events(store)) == ["finished", "started"]
    assert (await store.audit.verify()).broken_at is None


async def test_a_server_that_stays_away_is_told_and_works_once_it_is_back(server: Cluster, store: Store) -> None:
    await started(store)
    await asyncio.to_thread(server.stop, "fast")
    asked = (
        store.runs.get("run"),
        store.runs.start(new_run("other", "other"), "Ann"),
        saver_of(store).aget_tuple(HERE),
    )
    for refused in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(refused, Unavailable)
        assert PASSWORD not in str(refused)
        assert "\n" not in str(refused)
    await asyncio.to_thread(server.start)
    assert (await store.runs.get("run")).status is RunStatus.RUNNING
    await started(store, "other", "other")


@pytest.mark.parametrize("break_it", [Proxy.cut, Proxy.half_close], ids=["cut", "half closed"])
async def test_a_way_that_breaks_again_and_again_loses_and_doubles_nothing(
    way: Proxy, empty: str, tmp_path: Path, break_it: Callable[[Proxy], None]
) -> None:
    with closing(open_database(PostgresServer(way.url(empty), tmp_path))) as database:
        store = database.store(Reach("project", ANN), "one")
        journal = store.journal(await started(store))
        done = threading.Event()

        def disturb() -> None:
            while not done.wait(0.3):
                break_it(way)
                way.pass_on()

        disturbing = threading.Thread(target=disturb)
        disturbing.start()
        try:
            heads = []
            for number in range(5):
                await started(store, f"run-{number}", f"thread-{number}")
                heads += [await written(store, journal, "run", task="task") for _ in range(4)]
                await asyncio.sleep(0.1)
        finally:
            done.set()
            disturbing.join()
        await journal.finish("done", None, 0)
        found = [each.checkpoint["id"] async for each in saver_of(store).alist(HERE)]
        assert found == heads[::-1]
        assert (await events(store)).count("started") == 6
        chain, listed = await store.audit.verify(), await store.audit.listed(Position(0), 100)
        assert (chain.entries, chain.broken_at) == (len(listed), None) == (7, None)


async def test_a_reader_of_the_record_misses_nothing_that_others_wrote_meanwhile(opened: Open) -> None:
    one, other = opened("one"), opened("other")
    _, position = await one.audit.since(Position(0))
    await started(other)
    entries, position = await one.audit.since(position)
    assert [each.event for each in entries] == ["started"]
    assert (await one.audit.since(position))[0] == []
