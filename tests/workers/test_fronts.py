"""A server that ends takes its workers along, and what they drove goes on in the next."""

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from interrupt_mcp.distribution import version
from interrupt_mcp.model import RunId
from interrupt_mcp.store.versions import SCHEMA_VERSION
from interrupt_mcp.workers.messages import Hello, Taken, line_of
from tests.conftest import Door
from tests.deciding import decide
from tests.patience import PATIENCE, until
from tests.processes import CHECKOUT, over_stdio, ran
from tests.projects import offering
from tests.workers.front import AGENTS, UNRULY, Front, environ, front, gone, stop, workers_of_project
from tests.workers.venvs import install

pytestmark = [pytest.mark.anyio, pytest.mark.linux]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.sqlite
async def test_a_killed_server_leaves_no_worker_whatever_that_does_and_the_next_goes_on(tmp_path: Path) -> None:
    async with front(tmp_path) as doomed:
        waiting = await doomed.start("waits", "go")
        await doomed.driving("wait for go")
        blocking = await doomed.start("hurts", "block")
        blocked = await doomed.driving("block")
        (other,) = set(doomed.workers) - {blocked}
        pids = doomed.workers
        stop(other)
        doomed.server.process.kill()
        doomed.server.process.wait(PATIENCE)
        await gone(pids)
    async with front(tmp_path) as following:
        for name in ("go", "unblock"):
            following.go(name)
        for run_id in (waiting, blocking):
            assert (await following.ended(run_id))["status"] == "success"
        # It leaves in order while two runs go on: both are let go, and no death is counted.
        ids = [await following.start("waits", name) for name in ("one", "two")]
        for name in ("one", "two"):
            await following.driving(f"wait for {name}")
        pids = following.workers
        assert following.server.stop() == 0
        await gone(pids)
        for run_id in ids:
            assert _row(following, run_id) == ("running", "", 0)


def _row(front: Front, run_id: str) -> tuple[str, str, int]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(front.home / "state.db")) as connection:
        found = connection.execute("SELECT status, owner, deaths FROM runs WHERE run_id = ?", (run_id,))
        status, owner, deaths = found.fetchone()
    return str(status), str(owner), int(deaths)


async def test_a_changed_agent_is_taken_on_by_a_new_worker_and_kept_cards_are_shown_until_one_is_there(
    tmp_path: Path,
) -> None:
    source = (AGENTS / "unruly.py").read_text()
    own = tmp_path / "agents"
    own.mkdir()
    (own / "changing.py").write_text(source)
    config = offering(tmp_path, own, "changing:asks", "changing:waits")
    async with over_stdio(tmp_path, environ=environ(tmp_path, config) | {"INTERRUPT_MCP_WORKERS": "1"}) as door:
        run = await door.call("start_run", agent="asks", message="hello")
        assert "Answers" not in await _descriptions(door)
        (worker,) = workers_of_project(tmp_path)
        changed = source.replace("heard {answer}", "now heard {answer}")
        (own / "changing.py").write_text(changed)
        (tmp_path / "interrupt-mcp.toml").write_text("")
        os.kill(worker, signal.SIGTERM)
        await gone([worker])
        run = await decide(door, run, {"type": "respond", "value": "this"})
        assert run["status"] == "success"
        assert run["answer"].startswith("now heard this")
        fresh = await door.call("start_run", agent="asks", message="hello")
        fresh = await decide(door, fresh, {"type": "respond", "value": "that"})
        assert fresh["answer"].startswith("now heard that")
    (own / "changing.py").write_text("import time\ntime.sleep(1)\nraise ValueError('it is broken')\n")
    async with over_stdio(tmp_path, environ=environ(tmp_path, config) | {"INTERRUPT_MCP_WORKERS": "1"}) as door:
        # As kept: no worker is there yet.
        (asks, _) = (await door.call("list_agents"))["agents"]
        assert "error" not in asks
        said = await door.error("start_run", agent="asks", message="hello")
        assert said.startswith("unavailable: ")
        assert "it is broken" in said
        (asks, _) = (await door.call("list_agents"))["agents"]
        assert "it is broken" in asks["error"]


async def _descriptions(door: Door) -> str:
    return json.dumps(await door.call("list_agents"))


def _environment(folder: Path, code: str = "") -> Path:
    """A Python of another environment, which has what this one has; `code` is run at its start."""
    assert ran([sys.executable, "-m", "venv", "--without-pip", str(folder)], PATIENCE).returncode == 0
    (here,) = (each for each in sys.path if each.endswith("site-packages"))
    (_packages(folder) / "all.pth").write_text(f"import site; site.addsitedir({here!r})\n{CHECKOUT}\n{code}\n")
    return folder / "bin" / "python"


def _packages(folder: Path) -> Path:
    (found,) = folder.glob("lib/*/site-packages")
    return found


async def test_each_agent_runs_in_its_own_environment_also_when_its_thread_is_seen_rewound_and_forked(
    tmp_path: Path,
) -> None:
    other = _environment(tmp_path / "other")
    policy = f"[agents.asks]\npython = '{other}'\n"
    config = offering(tmp_path, AGENTS, *UNRULY, policy=policy)
    async with over_stdio(tmp_path, environ=environ(tmp_path, config)) as door:
        asked = await door.call("start_run", agent="asks", message="hello")
        paid = await door.call("start_run", agent="pays", message="bob")
        assert asked["status"] == paid["status"] == "interrupted", (tmp_path / "stderr.txt").read_text()
        pythons = {os.readlink(f"/proc/{pid}/exe"): pid for pid in workers_of_project(tmp_path)}
        assert len(workers_of_project(tmp_path)) == 2, pythons
        run = await decide(door, asked, {"type": "respond", "value": "this"})
        theirs = int(re.findall(r"in (\d+)$", run["answer"])[0])
        assert Path(f"/proc/{theirs}/cmdline").read_bytes().startswith(str(other).encode())
        thread = await door.call("get_thread", thread_id=run["thread_id"])
        assert "ask" in thread["diagram"]
        before = next(each for each in thread["checkpoints"] if each["next"] == ["ask"])["checkpoint_id"]
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=before)
        assert again["status"] == "interrupted"
        forked = await door.call("fork_thread", thread_id=run["thread_id"], checkpoint_id=before)
        assert forked["agent"] == "asks"
        assert forked["values"]["messages"][0]["content"] == "hello"
    await until(lambda: not workers_of_project(tmp_path))


async def test_a_worker_that_comes_after_policy_was_loosened_asks_all_the_same(tmp_path: Path) -> None:
    policy = "[agents.looks.tools.look]\nsensitive = true\n"
    config = offering(tmp_path, AGENTS, *UNRULY, policy=policy)
    variables = environ(tmp_path, config) | {"INTERRUPT_MCP_WORKERS": "1"}
    async with over_stdio(tmp_path, environ=variables) as door:
        before = await door.call("start_run", agent="looks", message="first")
        assert before["status"] == "interrupted", before
        (first,) = workers_of_project(tmp_path)
        (tmp_path / "interrupt-mcp.toml").unlink()
        os.kill(first, signal.SIGKILL)
        after = await door.call("start_run", agent="looks", message="second", wait_seconds=25)
        assert {each["action"] for asked in after["interrupts"] for each in asked["requests"]} == {"look", "pay"}
        assert first not in workers_of_project(tmp_path)
        done = tmp_path / "effects"
        assert not done.exists() or "look" not in done.read_text()
    await until(lambda: not workers_of_project(tmp_path))


def _lacks(folder: Path) -> None:
    (_packages(folder) / "all.pth").unlink()


def _is_older(folder: Path) -> None:
    install(_packages(folder), "interrupt_mcp_worker", "0.0.1")


def _says_garbage(folder: Path) -> None:
    _says(folder, b"garbage\n")


def _has_what_is_no_run(folder: Path) -> None:
    _says(folder, line_of(Hello(version(), SCHEMA_VERSION)) + line_of(Taken(RunId("x" * 1000), True)))


def _says(folder: Path, said: bytes) -> None:
    """Have each worker of the environment begin so, as an agent could that writes to its process's output."""
    with (_packages(folder) / "all.pth").open("a") as file:
        file.write(f"import os, sys; 'worker' in sys.orig_argv and os.write(1, {said!r})\n")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_lacks, r"lacks interrupt-mcp-worker, which this installs: .*pip install"),
        (_is_older, rf"is interrupt-mcp-worker 0\.0\.1, and this server is {re.escape(version())}: .*pip install"),
        (_says_garbage, r"is ended: it said what is no message"),
        (_has_what_is_no_run, r"is ended: it has more runs than one can, or what is no run"),
    ],
)
async def test_a_worker_that_does_not_fit_is_refused_in_one_sentence(
    tmp_path: Path, harm: Callable[[Path], None], said: str
) -> None:
    other = _environment(tmp_path / "other")
    harm(tmp_path / "other")
    config = offering(tmp_path, AGENTS, "unruly:asks")
    variables = environ(tmp_path, config) | {"INTERRUPT_MCP_PYTHON": str(other)}
    async with over_stdio(tmp_path, environ=variables) as door:
        told = await door.error("start_run", agent="asks", message="hello")
        assert re.search(rf"^unavailable: .*{said}", told), told
        (agent,) = (await door.call("list_agents"))["agents"]
        assert re.search(said, agent["error"])
