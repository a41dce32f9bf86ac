"""What the server keeps on disk is for its user alone: at any umask, in folders that others share, and from before."""

import fcntl
import os
import shutil
import signal
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door, Offer, serving
from tests.patience import PATIENCE
from tests.private import stranger
from tests.processes import command, http_server, over_http, over_stdio, ran, surroundings

pytestmark = [pytest.mark.posix, pytest.mark.anyio, pytest.mark.sqlite]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder like /tmp, in which every user can make files."""
    folder = Path(tempfile.mkdtemp(prefix="interrupt-mcp-shared-", dir="/tmp"))
    folder.chmod(0o1777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the server's process takes over from this one."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def kept(home: Path) -> list[Path]:
    """What the server made in the folder."""
    return [path for path in stranger.below(home) if path.relative_to(home).parts[0].startswith("state.db")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25"])
async def test_nobody_else_opens_any_of_it(shared: Path, umask: None, offer: Offer, version: str) -> None:
    environ = {"INTERRUPT_MCP_CONFIG": str(offer(asks="waiting:asks"))}
    async with over_stdio(shared, version, environ) as door:
        run = await door.call("start_run", agent="asks", message="go")
        assert run["status"] == "interrupted", run
        made = kept(shared)
        names = {path.name.partition(".db")[2] or path.suffix for path in made}
        assert names >= {"-wal", "-shm", "-owners", ".lock", ".bell"}
        assert [path for path in made if stranger.opens(path)] == []
    assert [path for path in kept(shared) if stranger.opens(path)] == []
    assert mode(shared) == 0o1777


async def test_folders_that_are_made_for_it_are_private_and_those_that_were_there_stay(
    shared: Path, umask: None, offer: Offer
) -> None:
    given = shared / "given"
    given.mkdir(0o755)
    given.chmod(0o755)
    environ = {"INTERRUPT_MCP_DATABASE": f"sqlite:///{given}/new/newer/state.db"}
    async with serving(shared, offer(asks="waiting:asks"), environ=environ) as door:
        await door.call("start_run", agent="asks", message="go")
    assert [mode(given / "new"), mode(given / "new" / "newer"), mode(given)] == [0o700, 0o700, 0o755]


async def test_a_folder_in_the_place_of_the_database_stays_as_it_is(shared: Path, offer: Offer) -> None:
    (shared / "state.db").mkdir()
    (shared / "state.db").chmod(0o755)
    async with serving(shared, offer(asks="waiting:asks")) as door:
        refused = await door.error("start_run", agent="asks", message="go")
    assert refused.startswith(f"unavailable: The database {shared}/state.db cannot be used"), refused
    assert mode(shared / "state.db") == 0o755


async def test_the_users_own_data_folder_is_private_though_it_was_not(shared: Path, umask: None, offer: Offer) -> None:
    data = shared / "data"
    (data / "interrupt-mcp").mkdir(parents=True)
    for folder in (data, data / "interrupt-mcp"):
        folder.chmod(0o755)
    environ = {"INTERRUPT_MCP_CONFIG": str(offer(asks="waiting:asks")), "XDG_DATA_HOME": str(data)}
    environ["INTERRUPT_MCP_DATABASE"] = ""
    async with over_stdio(shared, environ=environ) as door:
        await door.call("start_run", agent="asks", message="go")
    assert (mode(data), mode(data / "interrupt-mcp")) == (0o755, 0o700)
    assert list((data / "interrupt-mcp").glob("*/state.db"))


async def test_what_was_open_to_others_is_closed_to_them(shared: Path, offer: Offer) -> None:
    environ = {"INTERRUPT_MCP_CONFIG": str(offer(asks="waiting:asks"))}
    async with over_stdio(shared, environ=environ) as door:
        run = await door.call("start_run", agent="asks", message="go")
    database = shared / "state.db"
    # As an earlier version left them, with a process that still has the database open.
    with closing(sqlite3.connect(database)) as other:
        other.execute("SELECT count(*) FROM runs").fetchall()
        (shared / "state.db-owners" / "dead.lock").touch()
        for path in kept(shared):
            path.chmod(0o777 if path.is_dir() else 0o666)
        async with over_stdio(shared, environ=environ) as door:
            assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
            assert {"-wal", "-shm"} <= {path.name.removeprefix("state.db") for path in kept(shared)}
            assert [path for path in kept(shared) if stranger.opens(path)] == []


async def test_who_only_looks_closes_it_to_others_too(shared: Path, offer: Offer) -> None:
    environ = {"INTERRUPT_MCP_CONFIG": str(offer(asks="waiting:asks"))}
    async with over_stdio(shared, environ=environ) as door:
        await door.call("start_run", agent="asks", message="go")
    (shared / "state.db").chmod(0o644)
    looked = ran([command(), "runs"], PATIENCE, surroundings(shared, **environ))
    assert looked.returncode == 0, looked.stderr
    assert not stranger.opens(shared / "state.db")


async def running(door: Door) -> dict[str, Any]:
    """A run that its server drives, and that waits to be told to go on."""
    run = await door.call("start_run", agent="waits", message="go", wait_seconds=0)
    with anyio.fail_after(PATIENCE):
        while run["status"] == "pending":
            await anyio.sleep(0.05)
            run = await door.call("get_run", run_id=run["run_id"])
    assert run["status"] == "running", run
    return run


async def test_nobody_else_keeps_a_dead_run_running(shared: Path, offer: Offer) -> None:
    environ = {"INTERRUPT_MCP_CONFIG": str(offer(waits="waiting:waits")), "GO": str(shared / "go")}
    with http_server(shared, **environ) as first:
        async with over_http(first.url) as door:
            run = await running(door)
            (lock,) = (shared / "state.db-owners").glob("*.lock")
            assert not stranger.opens(lock)
        first.stop(signal.SIGKILL)
    (shared / "go").touch()
    with http_server(shared, **environ) as second:
        async with over_http(second.url) as door:
            ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["status"] == "success", ended


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
@pytest.mark.parametrize("made", ["state.db", "state.db-wal", "state.db-shm", "state.db-journal", "state.db-owners"])
async def test_what_another_user_made_there_first_is_not_used(shared: Path, offer: Offer, made: str) -> None:
    assert stranger.runs("mkdir" if made.endswith("owners") else "touch", str(shared / made))
    async with serving(shared, offer(asks="waiting:asks")) as door:
        refused = await door.error("start_run", agent="asks", message="go")
        assert refused.startswith(f"unavailable: {shared}/{made} belongs to another user"), refused
        shutil.rmtree(shared / made) if made.endswith("owners") else (shared / made).unlink()
        assert (await door.call("start_run", agent="asks", message="go"))["status"] == "interrupted"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
async def test_a_link_of_another_user_is_not_followed(shared: Path, offer: Offer) -> None:
    assert stranger.runs("ln", "-s", str(shared / "elsewhere.db"), str(shared / "state.db"))
    async with serving(shared, offer(asks="waiting:asks")) as door:
        refused = await door.error("start_run", agent="asks", message="go")
    assert refused.startswith(f"unavailable: {shared}/state.db belongs to another user"), refused
    assert not (shared / "elsewhere.db").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
async def test_a_lock_file_of_another_user_is_no_living_owner(shared: Path, offer: Offer) -> None:
    environ = {"INTERRUPT_MCP_CONFIG": str(offer(waits="waiting:waits")), "GO": str(shared / "go")}
    with http_server(shared, **environ) as first:
        async with over_http(first.url) as door:
            run = await running(door)
            (lock,) = (shared / "state.db-owners").glob("*.lock")
        first.stop(signal.SIGKILL)
    # As if it had been put there while the folder was open to all.
    lock.unlink(missing_ok=True)
    lock.touch()
    os.chown(lock, stranger.NOBODY, stranger.NOBODY)
    (shared / "go").touch()
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with http_server(shared, **environ) as second:
            async with over_http(second.url) as door:
                ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert ended["status"] == "success", ended


async def test_an_agents_own_files_are_made_as_its_umask_says(shared: Path, offer: Offer) -> None:
    before = os.umask(0o022)
    try:
        environ = {"INTERRUPT_MCP_CONFIG": str(offer(touches="waiting:touches")), "TOUCHED": str(shared / "touched")}
        async with over_stdio(shared, environ=environ) as door:
            await door.call("start_run", agent="touches", message="go", wait_seconds=25)
    finally:
        os.umask(before)
    assert mode(shared / "touched") == 0o644


async def test_the_bundled_desk_keeps_its_customers_to_its_user(shared: Path, umask: None) -> None:
    async with over_stdio(shared, environ={"DESK_DATABASE": str(shared / "desks" / "desk.db")}) as door:
        await door.call("start_run", agent="desk", message="Find the orders of ada", wait_seconds=25)
    made = [shared / "desks", *stranger.below(shared / "desks")]
    assert len(made) == 2
    assert [path for path in made if stranger.opens(path)] == []
