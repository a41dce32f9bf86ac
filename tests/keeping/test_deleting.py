"""Threads of a certain age are deleted, with all that belongs to them but the record, and nothing that is open."""

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door, Serve
from tests.keeping.conftest import Kept, converse
from tests.patience import PATIENCE
from tests.processes import command, surroundings

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

TABLES = ("threads", "runs", "interrupts", "decisions", "effects", "checkpoints", "writes")


def age(kept: Kept, *thread_ids: str, days: int = 40) -> None:
    """Make the threads older than they are."""
    with closing(sqlite3.connect(kept.path, timeout=PATIENCE, isolation_level=None)) as connection:
        for thread_id in thread_ids:
            for table, column in (("threads", "created_at"), ("runs", "updated_at")):
                sql = f"UPDATE {table} SET {column} = strftime('%Y-%m-%dT%H:%M:%f', {column}, ?) || '+00:00'"
                connection.execute(f"{sql} WHERE thread_id = ?", (f"-{days} days", thread_id))


def left_of(kept: Kept, thread_id: str) -> dict[str, int]:
    """How many rows each table still has of the thread."""
    counts = {
        table: kept.rows(f"SELECT count(*) FROM {table} WHERE thread_id = ?", thread_id)[0][0]
        for table in TABLES
        if table != "decisions"
    }
    decisions = "SELECT count(*) FROM decisions WHERE interrupt_id NOT IN (SELECT interrupt_id FROM interrupts)"
    return {**counts, "decisions": kept.rows(decisions)[0][0]}


async def prune(home: Path, *arguments: str) -> Any:
    """What the command printed as JSON."""
    environ = surroundings(home)
    ended = await anyio.run_process([command(), "prune", "--json", *arguments], env=environ, cwd=home)
    return json.loads(ended.stdout)


def noise(count: int) -> list[str]:
    """Words that mean nothing to an agent and that cannot be compressed."""
    chance = random.Random(1)
    return [" ".join(f"{chance.getrandbits(64):x}" for _ in range(250)) for _ in range(count)]


async def paused(door: Door, thread_id: str) -> str:
    run = await door.call("start_run", agent="hotel", message="Book the Ritz", thread_id=thread_id)
    assert run["status"] == "interrupted", run
    return str(run["run_id"])


async def test_prune_deletes_finished_threads_by_age_and_gives_their_room_back(
    serve: Serve, kept: Kept, tmp_path: Path
) -> None:
    async with serve() as door:
        for thread_id in ("old", "new"):
            await converse(door, "hotel", noise(20), thread_id)
        await door.call("cancel_run", run_id=await paused(door, "cancelled"))
        waiting = await paused(door, "waiting")
        old = ("old", "cancelled", "waiting")
    age(kept, *old)
    before = kept.size
    assert (await prune(tmp_path))["deleted_threads"] == []
    told = await prune(tmp_path, "--older-than", "30")
    assert sorted(told["deleted_threads"]) == ["cancelled", "old"]
    assert told["bytes_after"] < told["bytes_before"]
    assert kept.size < 0.7 * before
    for thread_id in ("old", "cancelled"):
        assert set(left_of(kept, thread_id).values()) == {0}
    assert [row[0] for row in kept.rows("SELECT detail FROM audit WHERE event = 'deleted'")]
    assert kept.rows("SELECT count(*) FROM audit WHERE thread_id = 'cancelled'")[0][0] > 0
    async with serve() as door:
        assert (await door.call("get_run", run_id=waiting))["status"] == "interrupted"
        run = await door.call("resume_run", run_id=waiting, decisions=[{"type": "accept"}])
        assert run["status"] == "success"
        assert "unknown_thread" in await door.error("get_thread", thread_id="old")
        # A deleted thread's name is free again.
        assert (await converse(door, "hotel", ["Hello"], "old"))[0]["status"] == "success"


async def test_a_thread_that_was_just_copied_is_kept_and_so_is_the_one_it_was_copied_from(
    serve: Serve, kept: Kept, tmp_path: Path
) -> None:
    async with serve() as door:
        await converse(door, "hotel", ["Hello"], "original")
        copy = await door.call("fork_thread", thread_id="original")
    age(kept, "original")
    assert (await prune(tmp_path, "--older-than", "30"))["deleted_threads"] == []
    age(kept, copy["thread_id"])
    deleted = (await prune(tmp_path, "--older-than", "30"))["deleted_threads"]
    assert deleted == [copy["thread_id"], "original"]


async def test_a_server_deletes_by_itself_what_is_too_old_to_keep(serve: Serve, kept: Kept) -> None:
    async with serve() as door:
        for thread_id in ("old", "new"):
            await converse(door, "hotel", ["Hello"], thread_id)
    age(kept, "old")
    async with serve(environ={"INTERRUPT_MCP_KEEP_THREADS": "30"}) as door:
        assert door.app is not None
        await door.app.delete_old_threads()
        runs = (await door.call("list_runs"))["runs"]
    assert [run["thread_id"] for run in runs] == ["new"]


async def test_other_projects_in_the_file_keep_their_threads(
    serve: Serve, kept: Kept, talk: Path, tmp_path: Path
) -> None:
    async with serve(talk) as door:
        await converse(door, "talk", ["Hello"], "theirs")
    async with serve() as door:
        await converse(door, "hotel", ["Hello"], "ours")
    age(kept, "theirs", "ours")
    assert (await prune(tmp_path, "--older-than", "30"))["deleted_threads"] == ["ours"]
    assert left_of(kept, "theirs")["checkpoints"] > 0
