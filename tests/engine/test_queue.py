"""The queue that processes share: jobs are hints, and what is to be driven is driven once, whatever becomes of them."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import psycopg
import pytest
from psycopg.rows import dict_row

from interrupt_mcp.authority import this_user
from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.database import PostgresServer
from interrupt_mcp.errors import ThreadBusy
from interrupt_mcp.model import Principal, PrincipalKind, RunId
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.postgres.jobs import queue_name
from interrupt_mcp.store.records import Reach
from tests.engine.engines import PATIENCE, Drives, Of, address_of, new_run, procrastinate
from tests.postgres import databases
from tests.postgres.cluster import cluster

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.posix]
A, B, C = RunId("a"), RunId("b"), RunId("c")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    databases.forget(tmp_path)


def asked(folder: Path, sql: str) -> list[dict[str, Any]]:
    """Ask the folder's database, or change something there, as nobody of ours would."""
    options = "-c search_path=interrupt_mcp"
    url = address_of(folder).url
    with psycopg.connect(url, autocommit=True, options=options, row_factory=dict_row) as connection:
        done = connection.execute(sql.encode())
        return done.fetchall() if done.description else []


def jobs(folder: Path) -> list[tuple[str, str]]:
    found = asked(folder, "SELECT args ->> 'run_id' AS run, status::text FROM procrastinate_jobs ORDER BY id")
    return [(row["run"], row["status"]) for row in found]


async def until_jobs(folder: Path, *wanted: tuple[str, str]) -> None:
    with anyio.fail_after(PATIENCE):
        while jobs(folder) != list(wanted):
            await anyio.sleep(0.02)


def kept(folder: Path) -> "closing[Any]":
    return closing(open_database(address_of(folder)))


def store_of(database: Any, name: str | None = None) -> Store:
    principal = this_user().principal if name is None else Principal(PrincipalKind.TOKEN, name)
    store: Store = database.store(Reach("project", principal), "dead")
    return store


async def start(store: Store, run_id: RunId) -> None:
    assert store.queue is not None
    await store.runs.start(new_run(run_id), "Ann", store.queue.add(run_id), ownerless=True)


async def test_a_run_and_its_job_are_kept_together_or_not_at_all(folder: Path) -> None:
    with kept(folder) as database:
        store = store_of(database)
        assert store.queue is not None
        await start(store, A)
        there = replace(new_run(B), thread_id=new_run(A).thread_id)
        with pytest.raises(ThreadBusy):
            await store.runs.start(there, "Ann", store.queue.add(B), ownerless=True)
        # Two that are kept for one run are one job.
        await store.queue.mend([A, B], 10)
    assert jobs(folder) == [("a", "todo")]


async def test_a_queue_is_its_projects_alone(folder: Path) -> None:
    with kept(folder) as database:
        await start(store_of(database), A)
        others = database.store(Reach("another"), "somebody").queue
        await others.mend([A, B], 0)
        await result_of(others.drop(A))
        assert (await others.now([A], 0)).missing == []
        assert (await others.now([], 0)).load.waiting == 0
    assert jobs(folder) == [("a", "todo")]


async def test_a_run_whose_job_was_lost_gets_one_again(folder: Path) -> None:
    drives = Drives()
    async with procrastinate(drives, 2, folder) as on:
        assert on.store is not None
        await on.store.runs.start(new_run(A), "Ann", ownerless=True)
        on.engine.submit(A)
        await drives.until_begun(Of(A))
        await until_jobs(folder, ("a", "doing"))
        drives.end_all()
        await until_jobs(folder)


async def test_of_two_jobs_for_a_run_one_has_it_driven(folder: Path) -> None:
    here, there = Drives(), Drives()
    async with procrastinate(here, 2, folder) as on, procrastinate(there, 2, folder):
        assert on.store is not None
        await start(on.store, A)
        await until_jobs(folder, ("a", "doing"))
        asked(
            folder,
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT queue_name, task_name, args"
            " FROM procrastinate_jobs CROSS JOIN generate_series(1, 3)",
        )
        await start(on.store, B)
        with anyio.fail_after(PATIENCE):
            while B not in [each.run_id for each in here.begun + there.begun]:
                await anyio.sleep(0.02)
        assert sorted(each.run_id for each in here.begun + there.begun) == [A, B]


async def test_what_a_dead_one_had_taken_is_taken_by_another(folder: Path) -> None:
    drives = Drives()
    with kept(folder) as database:
        dead = store_of(database)
        await start(dead, A)
        assert (await dead.runs.claim(A, "")) is not None
    asked(
        folder,
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute');"
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)",
    )
    async with procrastinate(drives, 2, folder) as on:
        on.engine.submit(A)
        await drives.until_begun(Of(A))
        assert len(jobs(folder)) == 1


async def test_a_process_that_leaves_leaves_what_waits_to_the_others(folder: Path) -> None:
    here, there = Drives(), Drives()
    async with procrastinate(here, 1, folder) as on:
        await on.submit(A)
        await here.until_begun(Of(A))
        await on.submit(B)
        with on.engine.place() as free:
            assert not free
        here.end_all()
        await on.engine.drain(0)
    async with procrastinate(there, 2, folder):
        await there.until_begun(Of(B))
    assert Of(B) not in here.begun


async def test_who_has_fewer_runs_going_on_comes_first(folder: Path) -> None:
    drives = Drives()
    with kept(folder) as database:
        for number in range(5):
            await start(store_of(database, "greedy"), RunId(f"greedy {number}"))
        await start(store_of(database, "modest"), RunId("modest"))
        async with procrastinate(drives, 2, folder):
            with anyio.fail_after(PATIENCE):
                while len(drives.begun) < 2:
                    await anyio.sleep(0.02)
    assert {each.run_id for each in drives.begun} == {"greedy 0", "modest"}


async def test_who_takes_jobs_goes_on_with_that_after_the_server_was_restarted(folder: Path) -> None:
    drives = Drives()
    with cluster() as server:
        address = PostgresServer(server.make_database(), folder)
        async with procrastinate(drives, 3, folder, address) as on:
            await on.submit(A)
            await drives.until_begun(Of(A))
            await anyio.to_thread.run_sync(server.restart, "immediate")
            await on.submit(B)
            await drives.until_begun(Of(A), Of(B))
            # Others take this one for dead, and remove what it is known by.
            with psycopg.connect(address.url, autocommit=True) as connection:
                connection.execute("DELETE FROM interrupt_mcp.procrastinate_workers")
            await on.submit(C)
            await drives.until_begun(Of(A), Of(B), Of(C))
            assert drives.going_on.total() == 3


async def test_what_the_server_forgot_of_a_job_that_ended_keeps_no_other_of_its_thread_waiting(folder: Path) -> None:
    drives = Drives()
    # Nothing that is kept lightly gets on disk by itself.
    with cluster(durable=True, wal_writer_delay="10s") as server:
        address = PostgresServer(server.make_database(), folder)
        async with procrastinate(drives, 3, folder, address) as on:
            assert on.store is not None
            await on.submit(A)
            await drives.until_begun(Of(A))
            with psycopg.connect(address.url, autocommit=True) as connection:
                connection.execute("UPDATE interrupt_mcp.runs SET status = 'success'")
                drives.end_all()
                with anyio.fail_after(PATIENCE):
                    while connection.execute("SELECT 1 FROM interrupt_mcp.procrastinate_jobs").fetchone():
                        await anyio.sleep(0.02)
            await anyio.to_thread.run_sync(server.restart, "immediate")
            with psycopg.connect(address.url, autocommit=True) as connection:
                # It may have forgotten that too.
                connection.execute("UPDATE interrupt_mcp.procrastinate_workers SET last_heartbeat = now()")
                left = connection.execute("SELECT status FROM interrupt_mcp.procrastinate_jobs").fetchall()
            assert left == [("doing",)]
            next_one = replace(new_run(B), thread_id=new_run(A).thread_id)
            await on.store.runs.start(next_one, "Ann", on.engine.enqueue(B), ownerless=True)
            on.engine.submit(B)
            await drives.until_begun(Of(A), Of(B))


def test_a_channel_of_any_project_has_a_name_that_the_server_takes() -> None:
    projects = ["default", "a" * 24, "a" * 25, "/home/ann/projects/hôtel", "", "x" * 500, "~1"]
    names = [queue_name(each) for each in projects]
    assert names[0] == "interrupt_mcp:default"
    assert len(set(names)) == len(names)
    assert all(len(f"procrastinate_queue_v1#{name}".encode()) < 64 for name in names)
