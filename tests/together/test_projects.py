"""Projects on one file share nothing; a changed agent goes on only from a pause; who decides need not serve."""

import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.conftest import Door, Serve
from tests.database import url_of
from tests.patience import until
from tests.together.conftest import Home, Pair, Start, home_in

pytestmark = pytest.mark.anyio

ACCEPT = {"decisions": [{"type": "accept"}]}
OF_A_RUN: dict[str, dict[str, Any]] = {"get_run": {}, "resume_run": ACCEPT, "cancel_run": {}}


@asynccontextmanager
async def serving(serve: Serve, home: Home, **environ: str) -> AsyncIterator[Door]:
    """A server in memory that goes on with its project's runs, as one does that is a process."""
    database = {"INTERRUPT_MCP_DATABASE": url_of(home.path)}
    async with serve(home.config, environ={**database, **environ}) as door:
        assert door.app is not None
        await door.app.take_up()
        yield door


async def test_two_projects_on_one_file_see_and_decide_only_their_own(pair: Pair, told: Home, serve: Serve) -> None:
    mine = pair[0].door
    run = await mine.call("start_run", agent="refunds", message="1", thread_id="secret-thread")
    (interrupt,) = run["interrupts"]
    names = [run["run_id"], interrupt["interrupt_id"], interrupt["digest"], interrupt["code"], "refund", "order"]
    async with serving(serve, home_in(told.path, "theirs")) as other:

        async def refused(tool: str, code: str, **arguments: Any) -> None:
            text = await other.error(tool, **arguments)
            assert text.startswith(f"{code}: "), text
            asked = json.dumps(arguments)
            assert not [name for name in names if name in text and name not in asked]

        for tool, arguments in OF_A_RUN.items():
            await refused(tool, "unknown_run", run_id=run["run_id"], **arguments)
        for tool in ("get_thread", "fork_thread"):
            await refused(tool, "unknown_thread", thread_id="secret-thread")
        await refused("rewind_thread", "unknown_thread", thread_id="secret-thread", checkpoint_id="x")
        for only in ({}, {"thread_id": "secret-thread"}, {"agent": "refunds"}):
            assert (await other.call("list_runs", **only))["runs"] == []
            assert (await other.call("list_interrupts", **only))["interrupts"] == []
        same_name = {"agent": "refunds", "message": "2", "thread_id": "secret-thread", "on_interrupted": "reject"}
        assert (await other.call("start_run", **same_name))["status"] == "interrupted"
        same_key = {"agent": "refunds", "message": "3", "idempotency_key": "one-key"}
        assert (await mine.call("start_run", **same_key))["status"] == "interrupted"
        assert (await other.call("start_run", **same_key))["status"] == "interrupted"
    assert (await mine.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def test_what_a_dead_process_left_is_gone_on_with_by_its_own_project(
    start: Start, here: Home, serve: Serve
) -> None:
    async with start() as process:
        run = await process.door.call("start_run", agent="waits", message="Hello", wait_seconds=0)
        await until(lambda: here.acts == [f"wait in {process.pid}"])
        process.kill()
    here.go()
    dead = here.owner(run["run_id"])
    async with serving(serve, home_in(here.path, "theirs")) as other:
        # Its first look was over before it answered.
        await other.call("list_runs")
        assert here.owner(run["run_id"]) == dead
    async with serving(serve, here) as door:
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success"


@pytest.fixture
def own(here: Home) -> Home:
    """A project whose agents are a file of its own."""
    graphs = json.loads(here.config.read_text())["graphs"]
    with open(graphs["refunds"].rpartition(":")[0]) as file:
        (here.config.parent / "agents.py").write_text(file.read())
    here.config.write_text(json.dumps({"graphs": {name: f"./agents.py:{name}" for name in graphs}}))
    return here


def change(home: Home) -> None:
    """What somebody does who works on the agents: an argument more, and another graph under an old name."""
    file = home.config.parent / "agents.py"
    file.write_text(file.read_text().replace("def refund(number: int)", 'def refund(number: int, why: str = "")'))
    graphs = json.loads(home.config.read_text())["graphs"]
    home.config.write_text(json.dumps({"graphs": {**graphs, "waits": graphs["blocks"]}}))


async def test_a_changed_agent_goes_on_from_a_pause_and_not_from_the_middle(
    own: Home, start: Start, serve: Serve
) -> None:
    async with start() as process:
        paused = await process.door.call("start_run", agent="refunds", message="1")
        running = await process.door.call("start_run", agent="waits", message="Hello", wait_seconds=0)
        await until(lambda: own.acts == [f"wait in {process.pid}"])
        process.kill()
    change(own)
    own.go()
    async with serving(serve, own) as door:
        ended = await door.call("get_run", run_id=running["run_id"], wait_seconds=25)
        assert ended["status"] == "error"
        assert ended["error"]["code"] == "agent_changed"
        run = await door.call("resume_run", run_id=paused["run_id"], **ACCEPT)
        assert run["status"] == "success"
        again = await door.call("resume_run", run_id=running["run_id"])
        assert again["status"] == "success"
    assert "refund 1" in own.acts


async def test_a_decision_of_a_process_that_does_not_serve_is_carried_out_by_one_that_does(
    pair: Pair, told: Home, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="interrupt_mcp")
    run = await pair[0].door.call("start_run", agent="refunds", message="1")
    database = {"INTERRUPT_MCP_DATABASE": url_of(told.path)}
    async with serve(told.config, environ=database) as door:
        assert door.app is not None
        assert (await door.app.runs()).served_elsewhere()
        ended = await door.call("resume_run", run_id=run["run_id"], **ACCEPT)
        assert ended["status"] == "success"
    driving = f"run {run['run_id']} .*: driving"
    assert re.findall(driving, caplog.text) == []
    # Once to its question, and once after the decision.
    assert len(re.findall(driving, "".join([*pair[0].server.said, *pair[1].server.said]))) == 2
    assert told.acts == ["refund 1"]


async def test_a_decision_where_nobody_serves_is_carried_out_by_who_decided(here: Home, serve: Serve) -> None:
    async with serving(serve, here) as door:
        run = await door.call("start_run", agent="refunds", message="1")
    async with serving(serve, home_in(here.path, "theirs")), serve(here.config) as door:
        assert door.app is not None
        assert not (await door.app.runs()).served_elsewhere()
        ended = await door.call("resume_run", run_id=run["run_id"], **ACCEPT)
        assert ended["status"] == "success"
    assert here.acts == ["refund 1"]
