"""Several servers on one database drive each other's runs, whoever of them leaves, dies or does not answer."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door
from tests.effects import Effects
from tests.patience import until
from tests.postgres import databases
from tests.processes import CHECKOUT, HttpServer, http_server, over_http
from tests.projects import offering

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.posix]
LEASE = 2


@dataclass
class Replicas:
    """Servers of one project on one database."""

    home: Path
    config: Path
    url: str
    stack: ExitStack
    servers: list[HttpServer] = field(default_factory=list)

    @property
    def effects(self) -> Effects:
        return Effects(self.home / "effects")

    def start(self) -> HttpServer:
        server = self.stack.enter_context(
            http_server(
                self.home,
                INTERRUPT_MCP_DATABASE=self.url,
                INTERRUPT_MCP_CONFIG=str(self.config),
                INTERRUPT_MCP_LEASE=str(LEASE),
                INTERRUPT_MCP_LOG="info",
                EFFECTS=str(self.home / "effects"),
                PYTHONPATH=CHECKOUT,
            )
        )
        self.servers.append(server)
        return server

    def two(self) -> list[HttpServer]:
        """Two that live."""
        while len(living := [each for each in self.servers if each.process.poll() is None]) < 2:
            self.start()
        return living[:2]

    def by(self, step: str, walk: str) -> list[int]:
        """The processes that did the step of the walk, in order."""
        done = [line.split() for line in self.effects]
        return [int(pid) for what, name, pid in done if (what, name) == (step, walk)]


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    tmp_path = tmp_path_factory.mktemp("replicas")
    agents = Path(__file__).with_name("agents")
    config = offering(tmp_path, agents, "walks:held", "walks:blocking", "walks:quick")
    with ExitStack() as stack:
        yield Replicas(tmp_path, config, databases.url_of(tmp_path), stack)
    databases.forget(tmp_path)


async def ended(door: Door, run_id: str) -> dict[str, Any]:
    """The run, once it has ended."""
    with anyio.fail_after(60):
        while (run := await door.call("get_run", run_id=run_id, wait_seconds=10))["status"] in ("pending", "running"):
            pass
    return run


def walk(agent: str, name: str, **more: Any) -> dict[str, Any]:
    return {"agent": agent, "input": {"name": name, "steps": 0}, "wait_seconds": 0, **more}


async def test_a_replica_whose_loop_is_blocked_loses_nothing_and_holds_up_nobody(replicas: Replicas) -> None:
    servers = replicas.two()
    async with over_http(servers[0].url) as one, over_http(servers[1].url) as two:
        found = set[str]()

        async def start(door: Door) -> None:
            found.add((await door.call("start_run", **walk("held", "same", idempotency_key="same")))["run_id"])

        async with anyio.create_task_group() as tasks:
            for door in (one, two) * 25:
                tasks.start_soon(start, door)
        assert len(found) == 1
        await until(lambda: replicas.by("holds", "same"))
        blocked = await one.call("start_run", **walk("blocking", "blocked"))
        await until(lambda: replicas.by("blocks", "blocked"))
        free = two if replicas.by("blocks", "blocked") == [servers[0].process.pid] else one
        quick = [await free.call("start_run", **walk("quick", f"quick-{number}")) for number in range(4)]
        for each in quick:
            assert (await ended(free, each["run_id"]))["status"] == "success"
        # Longer than the blocked one would live if it could not say that it does.
        await anyio.sleep(LEASE * 1.5)
        assert not replicas.by("last", "blocked")
        for name in ("blocked", "same"):
            replicas.effects.leave_word(name)
        for run_id in (blocked["run_id"], *found):
            assert (await ended(free, run_id))["status"] == "success"
    once = [("blocks", "blocked"), ("holds", "same"), *(("last", f"quick-{number}") for number in range(4))]
    assert [len(replicas.by(*each)) for each in once] == [1] * len(once)


async def test_runs_go_on_elsewhere_as_replicas_leave_and_die(replicas: Replicas) -> None:
    servers = {each.process.pid: each for each in replicas.two()}
    async with over_http(next(iter(servers.values())).url) as door:
        run = await door.call("start_run", **walk("held", "tossed"))
        await until(lambda: replicas.by("holds", "tossed"))
    (leaving,) = replicas.by("holds", "tossed")
    (dying,) = servers.keys() - {leaving}
    # As a deploy has it leave.
    await anyio.to_thread.run_sync(servers[leaving].stop)
    await until(lambda: replicas.by("holds", "tossed") == [leaving, dying])
    staying = replicas.start()
    os.kill(dying, signal.SIGKILL)
    await until(lambda: replicas.by("holds", "tossed") == [leaving, dying, staying.process.pid])
    replicas.effects.leave_word("tossed")
    async with over_http(staying.url) as door:
        assert (await ended(door, run["run_id"]))["output"]["steps"] == 3
    assert replicas.by("first", "tossed") == [leaving]
    assert replicas.by("last", "tossed") == [staying.process.pid]
