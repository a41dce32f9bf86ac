"""A thread that its own agent spoiled: what can be told of it is told, and older checkpoints can be gone back to."""

import json
import sqlite3
from pathlib import Path

import pytest
from mcp.shared.exceptions import MCPError

from tests.conftest import Door

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]
THREAD = {"thread_id": "t"}


async def test_a_node_that_writes_what_its_reducer_refuses_spoils_only_its_run(door: Door) -> None:
    run = await door.call("start_run", agent="spoils_names", **THREAD, input={"names": "ann"})
    assert run["status"] == "success"
    run = await door.call("start_run", agent="spoils_names", **THREAD, input={"names": "spoil"})
    assert (run["status"], run["error"]["code"]) == ("error", "agent_error")
    thread = await door.call("get_thread", **THREAD)
    assert thread["values"] == {"names": ["ann", "spoil"]}
    (whole,) = (await door.client.read_resource("thread://t")).contents
    assert json.loads(whole.text)["values"] == thread["values"]  # type: ignore[union-attr]
    run = await door.call("resume_run", run_id=run["run_id"])
    assert run["status"] == "error"
    run = await door.call("start_run", agent="spoils_names", **THREAD, input={"names": "bob"})
    assert run["status"] == "error"
    place = next(c["checkpoint_id"] for c in thread["checkpoints"] if not c["next"])
    run = await door.call("rewind_thread", **THREAD, checkpoint_id=place)
    assert run["status"] == "success", run


async def spoiled(door: Door) -> None:
    run = await door.call("start_run", agent="spoils_booking", **THREAD, input={"nights": 2})
    assert run["status"] == "success"
    run = await door.call("start_run", agent="spoils_booking", **THREAD, input={"nights": 7})
    assert (run["status"], run["error"]["code"]) == ("error", "agent_error")


async def test_a_state_from_which_nothing_can_go_on_says_so_and_shows_the_rest(door: Door) -> None:
    await spoiled(door)
    thread = await door.call("get_thread", **THREAD)
    assert thread["values"]["nights"] == 13
    assert thread["error"]["code"] == "unavailable"
    assert "nights: Value error, nobody stays 13 nights" in thread["error"]["message"]
    assert "rewind_thread" in thread["error"]["message"]
    newest, *older = thread["checkpoints"]
    assert "nobody stays 13 nights" in newest["error"]
    assert all("error" not in each for each in older)
    (whole,) = (await door.client.read_resource("thread://t")).contents
    assert json.loads(whole.text)["error"] == thread["error"]  # type: ignore[union-attr]
    said = await door.error("start_run", agent="spoils_booking", **THREAD, input={"nights": 2})
    assert said.startswith("unavailable: Thread t cannot go on at checkpoint ")
    said = await door.error("rewind_thread", **THREAD, checkpoint_id=newest["checkpoint_id"])
    assert said.startswith("unavailable: Thread t cannot go on at checkpoint ")


async def test_a_spoiled_thread_goes_on_from_an_older_checkpoint(door: Door) -> None:
    await spoiled(door)
    thread = await door.call("get_thread", **THREAD)
    place = next(c["checkpoint_id"] for c in thread["checkpoints"] if c["next"] == ["node"])
    run = await door.call("rewind_thread", **THREAD, checkpoint_id=place, values={"nights": 3})
    assert run["status"] == "success", run
    thread = await door.call("get_thread", **THREAD)
    assert "error" not in thread
    assert thread["values"]["nights"] == 3
    run = await door.call("start_run", agent="spoils_booking", **THREAD, input={"nights": 2})
    assert run["status"] == "success"
    copy = await door.call("fork_thread", **THREAD)
    assert copy["values"]["nights"] == 2


async def test_checkpoints_that_cannot_be_loaded_are_one_clear_error(door: Door, tmp_path: Path) -> None:
    await door.call("start_run", agent="chat", **THREAD, message="Hello")
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("UPDATE checkpoints SET checkpoint = x'c1c1'")
    connection.close()
    said = await door.error("get_thread", **THREAD)
    assert said.startswith("unavailable: What is kept of thread t cannot be loaded: ")
    with pytest.raises(MCPError) as raised:
        await door.client.read_resource("thread://t")
    assert raised.value.error.code == -32000
    assert raised.value.error.message.startswith("unavailable: What is kept of thread t cannot be loaded: ")
    run = await door.call("start_run", agent="chat", message="Hello")
    assert run["status"] == "success"
