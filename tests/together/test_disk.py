"""The disk is full or read-only: whoever calls is told, nothing acknowledged is lost, and it works again after."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from tests.conftest import Serve
from tests.patience import PATIENCE, until
from tests.processes import CHECKOUT
from tests.together.conftest import Home, Pair, Process, Start

pytestmark = [pytest.mark.anyio, pytest.mark.sqlite]

ACCEPT = {"decisions": [{"type": "accept"}]}
OBEYING = Path(__file__).parent / "obeying"
"""A folder that, on the path of a process, has it write only what permissions say, whoever runs the tests."""


@contextmanager
def full_disk(process: Process) -> Iterator[None]:
    """No file of the process can be written to."""
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.linux
async def test_while_the_disk_is_full_nothing_is_taken_and_afterwards_everything_is(pair: Pair, told: Home) -> None:
    process, other = pair
    door = process.door
    waiting = await door.call("start_run", agent="refunds", message="1")
    with full_disk(process):
        for tool, arguments in {
            "start_run": {"agent": "refunds", "message": "2", "thread_id": "full", "idempotency_key": "full"},
            "resume_run": {"run_id": waiting["run_id"], **ACCEPT},
            "cancel_run": {"run_id": waiting["run_id"]},
        }.items():
            text = await door.error(tool, **arguments)
            assert text.startswith(f"unavailable: The database {told.path}/state.db cannot be used: "), text
            assert text.endswith("Nothing was done.")
        assert (await door.call("get_run", run_id=waiting["run_id"])) == waiting
        assert (await other.door.call("list_runs", thread_id="full"))["runs"] == []
    assert told.acts == []
    run = await door.call("resume_run", run_id=waiting["run_id"], **ACCEPT)
    assert run["status"] == "success"
    run = await door.call("start_run", agent="refunds", message="2", thread_id="full", idempotency_key="full")
    assert run["status"] == "interrupted"
    assert told.acts == ["refund 1"]


@pytest.mark.linux
async def test_a_run_that_the_full_disk_stopped_goes_on_by_itself_when_there_is_room(pair: Pair, told: Home) -> None:
    process, _ = pair
    walk = {"agent": "held_walk", "input": {"steps": 12}, "wait_seconds": 0}
    run = await process.door.call("start_run", **walk)
    await until(lambda: len(told.acts) > 2)
    with full_disk(process):
        told.go()
        await until(lambda: process.said(f"run {run['run_id']} is not driven on"))
        assert (await process.door.call("get_run", run_id=run["run_id"]))["status"] == "running"
    ended = await process.door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["status"] == "success"
    assert ended["output"]["done"] == list(range(12))


@pytest.mark.linux
async def test_an_effect_that_could_not_be_recorded_is_asked_about_and_not_repeated(pair: Pair, told: Home) -> None:
    process, _ = pair
    run = await process.door.call("start_run", agent="marks", message="3")
    await process.door.call("resume_run", run_id=run["run_id"], **ACCEPT, wait_seconds=0)
    await until(lambda: told.acts == ["begin 3"])
    with full_disk(process):
        told.go()
        await until((told.path / "acts-3").is_dir)
        await until(lambda: process.said(f"run {run['run_id']} is not driven on"))
    with anyio.fail_after(PATIENCE):
        while run["status"] != "interrupted" or run["interrupts"][0]["status"] != "unknown_outcome":
            run = await process.door.call("get_run", run_id=run["run_id"], wait_seconds=1)
    taken = {"decisions": [{"type": "respond", "value": "marked, I looked"}]}
    run = await process.door.call("resume_run", run_id=run["run_id"], **taken)
    assert run["answer"] == "success: marked, I looked"
    assert told.acts == ["begin 3"]


@contextmanager
def read_only(*paths: Path) -> Iterator[None]:
    before = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in zip(paths, before, strict=True):
            path.chmod(mode)


@pytest.mark.posix
async def test_a_database_that_may_only_be_read_is_unavailable_until_it_may_be_written_and_loses_nothing(
    here: Home, start: Start, serve: Serve
) -> None:
    async with serve(here.config) as door:
        waiting = await door.call("start_run", agent="refunds", message="1")
    call = {"run_id": waiting["run_id"], **ACCEPT}
    with read_only(here.path / "state.db"):
        async with start(PYTHONPATH=f"{OBEYING}{os.pathsep}{CHECKOUT}") as process:
            text = await process.door.error("resume_run", **call)
            assert text.startswith(f"unavailable: The database {here.path}/state.db cannot be used: "), text
            # SQLite gives its other files the rights of the first.
            for path in here.path.glob("state.db*"):
                path.chmod(path.stat().st_mode | 0o200)
            with read_only(here.owners):
                text = await process.door.error("resume_run", **call)
                assert text.startswith(f"unavailable: {here.owners} cannot be written: "), text
            run = await process.door.call("resume_run", **call)
            assert run["status"] == "success"
            # Who has it open goes on: what it says it kept, it kept.
            with read_only(*here.path.glob("state.db*")):
                late = await process.door.call("start_run", agent="refunds", message="2")
                late = await process.door.call("resume_run", run_id=late["run_id"], **ACCEPT, wait_seconds=0)
                process.kill()
    async with serve(here.config) as door:
        assert door.app is not None
        await door.app.take_up()
        ended = await door.call("get_run", run_id=late["run_id"], wait_seconds=25)
    if ended["status"] == "interrupted":
        # It was killed in the middle of what it was told to do.
        assert ended["interrupts"][0]["status"] == "unknown_outcome"
        assert here.acts in (["refund 1"], ["refund 1", "refund 2"])
    else:
        assert ended["status"] == "success"
        assert here.acts == ["refund 1", "refund 2"]
