"""The disk is full or read-only: whoever calls is told, nothing acknowledged is lost, and it works again after."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from tests.conftest import Serve
from tests.together.conftest import Home, Pair, Process, Start, until

pytestmark = pytest.mark.anyio

ACCEPT = {"decisions": [{"type": "accept"}]}


@contextmanager
def full_disk(process: Process) -> Iterator[None]:
    """No file of the process can be written to."""
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)


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


async def test_a_run_that_the_full_disk_stopped_goes_on_by_itself_when_there_is_room(pair: Pair, told: Home) -> None:
    process, _ = pair
    walk = {"agent": "walk", "input": {"steps": 8}, "wait_seconds": 0}
    run = await process.door.call("start_run", **walk)
    await until(lambda: len(told.acts) > 2)
    with full_disk(process):
        await until(lambda: process.said(f"run {run['run_id']} is not driven on"))
        assert (await process.door.call("get_run", run_id=run["run_id"]))["status"] == "running"
    ended = await process.door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["status"] == "success"
    assert ended["output"]["done"] == list(range(8))


async def test_an_effect_that_could_not_be_recorded_is_asked_about_and_not_repeated(pair: Pair, told: Home) -> None:
    process, _ = pair
    run = await process.door.call("start_run", agent="marks", message="3")
    await process.door.call("resume_run", run_id=run["run_id"], **ACCEPT, wait_seconds=0)
    await until(lambda: told.acts == ["begin 3"])
    with full_disk(process):
        told.go()
        await until((told.path / "acts-3").is_dir)
        await until(lambda: process.said(f"run {run['run_id']} is not driven on"))
    with anyio.fail_after(25):
        while run["status"] != "interrupted" or run["interrupts"][0]["status"] != "unknown_outcome":
            run = await process.door.call("get_run", run_id=run["run_id"], wait_seconds=1)
    taken = {"decisions": [{"type": "respond", "value": "marked, I looked"}]}
    run = await process.door.call("resume_run", run_id=run["run_id"], **taken)
    assert run["answer"] == "success: marked, I looked"
    assert told.acts == ["begin 3"]


@pytest.fixture
def obeying(tmp_path: Path) -> dict[str, str]:
    """The variables of a process that may write only what permissions say, whoever runs the tests."""
    folder = tmp_path / "obeying"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(OBEY)
    return {"PYTHONPATH": str(folder)}


OBEY = """
import ctypes

# Root, but without the right to write where permissions forbid it: Linux's CAP_DAC_OVERRIDE, number 1.
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
rights = (ctypes.c_uint32 * 6)()
libc = ctypes.CDLL(None, use_errno=True)
assert libc.capget(header, rights) == 0
rights[0] &= ~(1 << 1)
assert libc.capset(header, rights) == 0
"""


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


async def test_a_database_that_may_only_be_read_is_unavailable_until_it_may_be_written_and_loses_nothing(
    home: Home, start: Start, serve: Serve, obeying: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    async with serve(home.config) as door:
        waiting = await door.call("start_run", agent="refunds", message="1")
    call = {"run_id": waiting["run_id"], **ACCEPT}
    with read_only(home.path / "state.db"):
        async with start(**obeying) as process:
            text = await process.door.error("resume_run", **call)
            assert text.startswith(f"unavailable: The database {home.path}/state.db cannot be used: "), text
            # SQLite gives its other files the rights of the first.
            for path in home.path.glob("state.db*"):
                path.chmod(path.stat().st_mode | 0o200)
            with read_only(home.owners):
                text = await process.door.error("resume_run", **call)
                assert text.startswith(f"unavailable: {home.owners} cannot be written: "), text
            run = await process.door.call("resume_run", **call)
            assert run["status"] == "success"
            # Who has it open goes on: what it says it kept, it kept.
            with read_only(*home.path.glob("state.db*")):
                late = await process.door.call("start_run", agent="refunds", message="2")
                late = await process.door.call("resume_run", run_id=late["run_id"], **ACCEPT, wait_seconds=0)
                process.kill()
    async with serve(home.config) as door:
        assert door.app is not None
        await door.app.take_up()
        ended = await door.call("get_run", run_id=late["run_id"], wait_seconds=25)
    if ended["status"] == "interrupted":
        # It was killed in the middle of what it was told to do.
        assert ended["interrupts"][0]["status"] == "unknown_outcome"
        assert home.acts in (["refund 1"], ["refund 1", "refund 2"])
    else:
        assert ended["status"] == "success"
        assert home.acts == ["refund 1", "refund 2"]
