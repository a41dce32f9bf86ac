"""Several servers on one database drive each other's runs, whoever of them leaves, dies or does not answer."""

import os
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.conftest import Door
from tests.effects import Effects
from tests.patience import until
from tests.processes import CHECKOUT, HttpServer, http_server, over_http
from tests.projects import offering

pytestmark = [pytest.mark.anyio, pytest.mark.posix]
LEASE = 2


@dataclass
class Replicas:
    """Servers of one project on one database."""

    home: Path
    config: Path
    url: str
    stack: ExitStack

    @property
    def effects(self) -> Effects:
        return Effects(self.home / "effects")

    def start(self) -> HttpServer:
        return self.stack.enter_context(
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

    def by(self, step: str) -> list[int]:
        """The processes that did the step, in order."""
        return [int(pid) for name, _, pid in (line.partition(" ") for line in self.effects) if name == step]


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[Replicas]:
    from tests.postgres import databases

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


def walk(agent: str, **more: Any) -> dict[str, Any]:
    return {"agent": agent, "input": {"steps": 0}, "wait_seconds": 0, **more}


async def test_runs_go_on_elsewhere_as_replicas_come_and_go(replicas: Replicas) -> None:
    servers = {each.process.pid: each for each in (replicas.start(), replicas.start())}
    async with AsyncExitStack() as stack:
        doors = {pid: await stack.enter_async_context(over_http(each.url)) for pid, each in servers.items()}
        run = await next(iter(doors.values())).call("start_run", **walk("held"))
        await until(lambda: replicas.by("holds"))
        (leaving,) = replicas.by("holds")
        (dying,) = servers.keys() - {leaving}
        # A deploy: it leaves in order.
        await anyio.to_thread.run_sync(servers[leaving].stop, signal.SIGTERM)
        await until(lambda: replicas.by("holds") == [leaving, dying])
        staying = replicas.start()
        os.kill(dying, signal.SIGKILL)
        await until(lambda: replicas.by("holds") == [leaving, dying, staying.process.pid])
        replicas.effects.leave_word("go")
        async with over_http(staying.url) as door:
            assert (await ended(door, run["run_id"]))["output"] == {"steps": 3}
    assert replicas.by("first") == [leaving]
    assert replicas.by("last") == [staying.process.pid]


async def test_a_replica_whose_loop_is_blocked_loses_nothing_and_holds_up_nobody(replicas: Replicas) -> None:
    servers = [replicas.start(), replicas.start()]
    async with over_http(servers[0].url) as one, over_http(servers[1].url) as two:
        same = walk("held", idempotency_key="same")
        found = set[str]()

        async def start(door: Door) -> None:
            found.add((await door.call("start_run", **same))["run_id"])

        async with anyio.create_task_group() as tasks:
            for door in (one, two) * 25:
                tasks.start_soon(start, door)
        assert len(found) == 1
        await until(lambda: replicas.by("holds"))
        (holder,) = replicas.by("holds")
        blocked = await one.call("start_run", **walk("blocking"))
        await until(lambda: replicas.by("blocks"))
        (blocker,) = replicas.by("blocks")
        free = one if servers[0].process.pid != blocker else two
        quick = [await free.call("start_run", **walk("quick")) for _ in range(4)]
        for each in quick:
            assert (await ended(free, each["run_id"]))["status"] == "success"
        # Longer than the blocked one would live if it could not say that it does.
        await anyio.sleep(LEASE * 1.5)
        assert len(replicas.by("last")) == len(quick)
        replicas.effects.leave_word("unblock")
        replicas.effects.leave_word("go")
        for run_id in (blocked["run_id"], *found):
            assert (await ended(free, run_id))["status"] == "success"
    assert (replicas.by("blocks"), replicas.by("holds")) == ([blocker], [holder])
