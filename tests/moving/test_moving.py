"""A project moves from a file into a PostgreSQL database: all of it is there, and goes on there."""

import json
import sqlite3
from contextlib import closing

import httpx
import pytest

from tests.moving.conftest import RESPOND, Project, decided, told
from tests.patience import PATIENCE

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.posix]


async def test_everything_is_told_there_as_it_was_here_and_what_waits_goes_on(project: Project, database: str) -> None:
    said = json.loads(project.move(database, "--json"))
    assert said["audit"]["unbroken"]
    assert said["rows"] == counted(project)
    assert len(said["projects"]) == 1
    async with project.served(database) as (door, server):
        assert await told(door, project) == project.told
        booked = await decided(door, await door.call("get_run", run_id=project.runs["paused"]), {"type": "accept"})
        assert booked["status"] == "success"
        assert project.ledger.read_text().split() == ["Ritz", "Hilton"]
        noted = await decided(door, await door.call("get_run", run_id=project.runs["noting"]), RESPOND)
        assert noted["answer"] == "Note milk, remembered milk"
        again = await decided(door, await door.call("get_run", run_id=project.runs["rewound"]), {"type": "accept"})
        steps = (await door.call("get_thread", thread_id=again["thread_id"]))["checkpoints"]
        # What the two branches have in common, and each of them, is there to go back to.
        assert {each["branch"] for each in steps} == {1, 2}
        forked = await door.call("fork_thread", thread_id=again["thread_id"], checkpoint_id=steps[-2]["checkpoint_id"])
        assert forked["thread_id"] != again["thread_id"]
        new = await door.call("start_run", agent="hotel", message="Book the Savoy")
        assert new["status"] == "interrupted"
        assert new["interrupts"][0]["code"] not in {each["code"] for each in project.told["interrupts"]}
        async with httpx.AsyncClient(base_url=server.base, cookies=project.cookies, timeout=PATIENCE) as browser:
            assert (await browser.get("/inbox")).status_code == 200
    assert "ann" in project.run("token", "list", database=database).stdout
    checked = project.run("audit", "--check", "--json", database=database)
    assert json.loads(checked.stdout)["unbroken"]
    assert json.loads(checked.stdout)["entries"] > said["audit"]["entries"]


def counted(project: Project) -> dict[str, int]:
    """How many rows each table of the file has, but for what is not of the project."""
    with closing(sqlite3.connect(project.file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        left = ("meta", "sqlite_sequence", "store_migrations", "vector_migrations", "store_vectors")
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in tables
            if name not in left
        }


async def test_the_file_stays_as_it_was_and_is_looked_at_but_not_used(project: Project, database: str) -> None:
    before = contents(project)
    project.move(database)
    assert contents(project) - before == {line for line in contents(project) if "\"meta\" VALUES('moved'" in line}
    assert before <= contents(project)
    looked = project.run("runs", "--json")
    assert len(json.loads(looked.stdout)["runs"]) == len(project.told["runs"])
    assert "was moved" in looked.stderr
    assert project.run("audit", "--verify").returncode == 0
    async with project.served() as (door, _):
        refused = await door.error("start_run", agent="hotel", message="Book the Grand")
    assert "was moved" in refused
    assert project.run("token", "create", "eve", "--scopes", "read").returncode == 1
    assert contents(project) >= before


def contents(project: Project) -> set[str]:
    with closing(sqlite3.connect(project.file)) as connection:
        return set(connection.iterdump())
