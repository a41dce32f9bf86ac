"""A move that does not come to its end: whatever is in the way, all of it is moved by the next, or nothing is."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from tests.moving.conftest import Project, rows_in
from tests.patience import PATIENCE
from tests.postgres.sharing import shared

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.posix]


@contextmanager
def in_the_way(database: str, table: str) -> Iterator[None]:
    """Nobody writes to the table within this block: a move stops at it, in the middle."""
    with psycopg.connect(database) as connection:
        connection.execute(f"LOCK TABLE interrupt_mcp.{table} IN EXCLUSIVE MODE")
        yield


def stopped(database: str) -> bool:
    """Whether somebody waits there for a table."""
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
    return found is not None and found[0] > 0


def wait_until_stopped(database: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not stopped(database):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_marked(project: Project) -> bool:
    with closing(sqlite3.connect(project.file)) as connection:
        return bool(connection.execute("SELECT count(*) FROM meta WHERE key = 'moved'").fetchone()[0])


def test_a_move_that_is_killed_in_the_middle_is_taken_up_again(project: Project, database: str) -> None:
    project.run("migrate", database=database)
    for table in ("clients", "checkpoint_blobs"):
        with in_the_way(database, table):
            moving = project.begin("migrate", "--from", f"sqlite:///{project.file}", database=database)
            wait_until_stopped(database)
            moving.kill()
            moving.communicate(timeout=PATIENCE)
        assert is_marked(project)
        assert "is being moved" in project.run("interrupts", "--json").stderr
        assert rows_in(database)["runs"] == []
    project.move(database)
    other, elsewhere = project.copied(project.home / ".."), shared().make_database()
    unmark(other)
    other.move(elsewhere)
    assert rows_in(database) == rows_in(elsewhere)
    assert "had been moved" in project.move(database)
    assert rows_in(database) == rows_in(elsewhere)


def test_a_move_that_fails_in_the_middle_leaves_both_as_they_were(project: Project, database: str) -> None:
    project.run("migrate", database=database)
    with in_the_way(database, "checkpoint_blobs"):
        moving = project.begin("migrate", "--from", f"sqlite:///{project.file}", database=database)
        wait_until_stopped(database)
        with psycopg.connect(database) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
    assert "cannot be used" in moving.communicate(timeout=PATIENCE)[1]
    assert moving.returncode == 1
    assert not is_marked(project)
    assert rows_in(database)["runs"] == []


def unmark(project: Project) -> None:
    with closing(sqlite3.connect(project.file)) as connection, connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        connection.execute("DELETE FROM meta WHERE key = 'moved'")
        connection.execute(f"PRAGMA user_version = {version % 1_000_000}")


def test_a_move_of_which_only_the_last_word_was_missing_is_not_made_twice(project: Project, database: str) -> None:
    project.run("migrate", database=database)
    with in_the_way(database, "checkpoint_blobs"):
        moving = project.begin("migrate", "--from", f"sqlite:///{project.file}", database=database)
        wait_until_stopped(database)
        reader = sqlite3.connect(project.file)
        reader.execute("SELECT count(*) FROM runs").fetchone()
    with closing(reader):
        said = moving.communicate(timeout=PATIENCE)[1]
    assert moving.returncode == 1
    assert "is in use" in said
    rows = rows_in(database)
    assert rows["runs"] != [], said
    assert "had been moved" in project.move(database)
    assert rows_in(database) == rows


async def test_a_file_that_is_in_use_is_not_moved_and_goes_on(project: Project, database: str) -> None:
    async with project.served() as (door, _):
        await door.call("list_runs")
        assert "use the database" in project.move(database, expect=1)
        assert (await door.call("start_run", agent="hotel", message="Book the Grand"))["status"] == "interrupted"
    with closing(sqlite3.connect(project.file)) as reader:
        reader.execute("SELECT count(*) FROM runs").fetchone()
        assert "is in use" in project.move(database, expect=1)
    assert not is_marked(project)
    project.move(database)


def test_a_database_with_something_in_it_is_left_alone_and_so_is_the_file(project: Project, database: str) -> None:
    project.run("token", "create", "eve", "--scopes", "read", database=database)
    rows = rows_in(database)
    assert "already has something" in project.move(database, expect=1)
    assert not is_marked(project)
    assert rows_in(database) == rows
    unreachable = database.rpartition("/")[0] + "/nowhere"
    said = project.move(unreachable, expect=1)
    assert "a-password" not in said
    assert "nowhere" in said
    assert not is_marked(project)
    assert "name it by" in project.move("", expect=2)
    elsewhere = shared().make_database()
    project.move(elsewhere)
    assert "not to" in project.move(database, expect=1)
