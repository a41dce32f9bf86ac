"""A database that an earlier version laid out goes on in this one."""

import json
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from tests.conftest import Serve

pytestmark = pytest.mark.anyio
DONE = {"action": "pay", "args": {"amount": 5}, "result": "paid 5", "at": "2026-11-01T10:00:00.000+00:00"}
AT = "2026-11-01T10:00:00.000+00:00"


def laid_out_by_version_2(path: Path) -> None:
    """A database of version 2, in which a person went back behind an effect of the bundled agent `desk`."""
    folder = files("interrupt_mcp.store.sqlite")
    begins = {"rewind": {"checkpoint_id": "c", "values": None, "effects_done": [DONE]}}
    run = {"run_id": "r", "project": "bundled", "thread_id": "t", "agent": "desk", "agent_digest": "", "owner": ""}
    more = {"status": "success", "input": json.dumps(begins), "request_digest": "", "created_at": AT, "updated_at": AT}
    thread = {"thread_id": "t", "project": "bundled", "agent": "desk", "created_at": AT, "approver": "human"}
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in ("schema.sql", "schema_2.sql"):
            connection.executescript((folder / name).read_text())
        for table, row in (("threads", thread), ("runs", run | more)):
            names = ", ".join(row)
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
        connection.execute("PRAGMA user_version = 2")


async def test_what_was_done_on_a_branch_that_was_left_before_is_still_told(serve: Serve, tmp_path: Path) -> None:
    laid_out_by_version_2(tmp_path / "state.db")
    async with serve() as door:
        run = await door.call("get_run", run_id="r")
        shown = await door.client.read_resource("run://r")
    assert run["status"] == "success"
    assert json.loads(shown.contents[0].text)["effects_done"] == [DONE]  # type: ignore[union-attr]
