"""A database that an earlier version laid out goes on in this one."""

import json
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.model import Filters, Message, Principal, RunId
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.records import Reach
from tests.conftest import Serve

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]
ANOTHER = Principal.read("token:ann")
DONE = {"action": "pay", "args": {"amount": 5}, "result": "paid 5", "at": "2026-11-01T10:00:00.000+00:00"}
AT = "2026-11-01T10:00:00.000+00:00"


def laid_out_by_version_2(path: Path) -> None:
    """A database of version 2, in which a person went back behind an effect of the bundled agent `desk`."""
    begins = {"rewind": {"checkpoint_id": "c", "values": None, "effects_done": [DONE]}}
    run = {"run_id": "r", "project": "bundled", "thread_id": "t", "agent": "desk", "agent_digest": "", "owner": ""}
    more = {"status": "success", "input": json.dumps(begins), "request_digest": "", "created_at": AT, "updated_at": AT}
    thread = {"thread_id": "t", "project": "bundled", "agent": "desk", "created_at": AT, "approver": "human"}
    with closing(sqlite3.connect(path)) as connection, connection:
        laid_out(connection, "schema.sql", "schema_2.sql")
        add(connection, "threads", thread)
        add(connection, "runs", run | more)


def laid_out(connection: sqlite3.Connection, *scripts: str) -> None:
    """Lay the database out by these, each of which makes a version of the one before."""
    for name in scripts:
        script = (files("interrupt_mcp.store.sqlite") / name).read_text()
        connection.executescript(script.replace(":this_user", f"'{this_user().principal}'"))
    connection.execute(f"PRAGMA user_version = {len(scripts)}")


def add(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()])


def rows_of_before() -> dict[str, dict[str, Any]]:
    """What is kept where a person decided on the second of two calls, without what later versions keep besides."""
    request = {"args": {}, "allowed": ["accept"], "args_schema": None, "call": None}
    asked = [request | {"index": index, "action": action} for index, action in ASKED]
    question = {"dialect": "tool_call", "description": "", "requests": asked, "value": None, "response_schema": None}
    of = {"project": "bundled", "thread_id": "t", "agent": "desk"}
    return {
        "threads": of | {"created_at": AT, "approver": "human"},
        "runs": of
        | {"run_id": "r", "agent_digest": "", "owner": "", "status": "interrupted", "input": "{}"}
        | {"request_digest": "", "created_at": AT, "updated_at": AT},
        "interrupts": of
        | {"interrupt_id": "i", "code": "A7", "run_id": "r", "langgraph_id": "l", "status": "pending"}
        | {"question": json.dumps(question), "digest": "", "created_at": AT},
        "decisions": {"interrupt_id": "i", "idx": 2, "round": 0, "type": "accept", "body": "{}"}
        | {"channel": "terminal", "who": "Ann", "decided_at": AT},
    }


def laid_out_by_version_3(path: Path) -> None:
    """A database of version 3, in which a person decided on the second of two calls."""
    with closing(sqlite3.connect(path)) as connection, connection:
        laid_out(connection, "schema.sql", "schema_2.sql", "schema_3.sql")
        for table, row in rows_of_before().items():
            add(connection, table, row)


def laid_out_by_version_5(path: Path) -> None:
    """The same in a database of version 5, at whose pages somebody is signed in."""
    laid_out_by_version_3(path)
    times = {"began_at": AT, "seen_at": AT, "expires_at": "2999-01-01T00:00:00.000+00:00"}
    session = {"session_id": "s", "project": "bundled", "hash": "h", "principal": "os:ann", "program": "Firefox"}
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in ("schema_4.sql", "schema_5.sql"):
            connection.executescript((files("interrupt_mcp.store.sqlite") / name).read_text())
        connection.execute("PRAGMA user_version = 5")
        add(connection, "sessions", session | times)


def laid_out_by_version_6(path: Path) -> None:
    """A database of version 6, in which a run is in flight whose process is gone."""
    run = {"status": "running", "owner": "gone", "epoch": 1, "input": json.dumps({"message": "go"})}
    with closing(sqlite3.connect(path)) as connection, connection:
        laid_out(connection, "schema.sql", *(f"schema_{number}.sql" for number in range(2, 7)))
        add(connection, "threads", rows_of_before()["threads"])
        add(connection, "runs", rows_of_before()["runs"] | run)


def rows_of(path: Path, *tables: str) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {table: [{**row} for row in connection.execute(f"SELECT * FROM {table}")] for table in tables}


ASKED = ((0, "pay"), (2, "send"))
"""Places and names of calls; one between them needed no person."""


async def test_decisions_from_before_tell_what_they_were_about_and_runs_nobody_who_began_them(
    serve: Serve, tmp_path: Path
) -> None:
    laid_out_by_version_3(tmp_path / "state.db")
    async with serve() as door:
        assert door.app is not None
        store = await door.app.store()
        (made,), _ = await store.interrupts.made(None, 9)
        assert (made.action, made.agent, made.code, made.proof.who) == ("send", "desk", "A7", "Ann")
        assert await store.interrupts.made_on("desk", "send", 9) == [made]
        assert (await store.runs.get("r")).started_by == ""


async def test_what_was_done_on_a_branch_that_was_left_before_is_still_told(serve: Serve, tmp_path: Path) -> None:
    laid_out_by_version_2(tmp_path / "state.db")
    async with serve() as door:
        run = await door.call("get_run", run_id="r")
        shown = await door.client.read_resource("run://r")
    assert run["status"] == "success"
    assert json.loads(shown.contents[0].text)["effects_done"] == [DONE]  # type: ignore[union-attr]


async def test_what_was_there_before_there_were_principals_belongs_to_this_user(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    laid_out_by_version_5(path)
    tables = ("threads", "runs", "interrupts", "decisions", "sessions")
    before = rows_of(path, *tables)
    open_database(SqliteFile(path)).close()
    mine, signed_in = {"principal": str(this_user().principal)}, before.pop("sessions")
    new = {"runs": {"deaths": 0, "stood_at": "", "begun_epoch": 0}}
    expected = {table: [row | mine | new.get(table, {}) for row in rows] for table, rows in before.items()}
    assert rows_of(path, *tables[:-1]) == expected
    by_link = {"scopes": "run,read,decide", "groups": "[]", "token_hash": ""}
    assert rows_of(path, "sessions", "tokens") == {"sessions": [row | by_link for row in signed_in], "tokens": []}


async def test_what_a_process_writes_that_was_started_before_belongs_to_this_user(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_database(SqliteFile(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = rows_of_before()
        rows["decisions"] |= {"project": "bundled", "agent": "desk", "action": "send"}
        for table, row in rows.items():
            add(connection, table, row)
    with closing(open_database(SqliteFile(path))) as database:
        process = database.store(Reach("bundled"), "one")
        mine, anothers = (process.within(Reach("bundled", each)) for each in (this_user().principal, ANOTHER))
        assert (await process.runs.get("r")).principal == this_user().principal
        assert [each.run_id for each in (await mine.runs.listed(Filters(), None, 9))[0]] == ["r"]
        assert (await mine.interrupts.get("A7")).principal == this_user().principal
        assert len((await mine.interrupts.made(None, 9))[0]) == 1
        assert (await mine.threads.own("t")).principal == this_user().principal
        assert (await anothers.runs.listed(Filters(), None, 9))[0] == []


async def test_of_what_was_in_flight_before_deaths_were_counted_they_are_counted_from_now_on(tmp_path: Path) -> None:
    path, run_id = tmp_path / "state.db", RunId("r")
    laid_out_by_version_6(path)
    with closing(open_database(SqliteFile(path))) as database:
        for owner, before, deaths in (("one", "gone", 1), ("two", "one", 2)):
            store = database.store(Reach("bundled", this_user().principal), owner)
            claimed = await store.runs.claim(run_id, before)
            assert claimed is not None
            assert (claimed.deaths, claimed.begins) == (deaths, Message("go"))
            await store.journal(claimed).begin()
