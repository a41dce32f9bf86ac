"""What drives a project's runs, and answers what takes their agents' own code: this process, or workers of its own.

The modules are imported only when it is needed: a client waits for the process to start, and need not wait for them.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from interrupt_mcp.agents import Agents
from interrupt_mcp.config import Settings
from interrupt_mcp.config.in_force import InForce
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.database import DatabaseAddress
from interrupt_mcp.errors import Error

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from interrupt_mcp.access import Access
    from interrupt_mcp.driving.onlooker import Onlooker
    from interrupt_mcp.driving.wakeups import Signals
    from interrupt_mcp.engine.local import Held, Told
    from interrupt_mcp.engine.port import Engine
    from interrupt_mcp.model import RunId
    from interrupt_mcp.peers.local import LocalPeers
    from interrupt_mcp.peers.postgres import PostgresPeers
    from interrupt_mcp.runs.inquiries import AgentSide
    from interrupt_mcp.runs.takeover import Takeover
    from interrupt_mcp.store.port import Database, Store
    from interrupt_mcp.store.port.queue import Queue
    from interrupt_mcp.store.records import ClaimedRun
    from interrupt_mcp.workers.fleet import Fleet

log = logging.getLogger(__name__)
OpenMemory: TypeAlias = "Callable[[Store], Awaitable[BaseStore]]"
"""Opens LangGraph's store for agents."""
Driven: TypeAlias = "Callable[[RunId], None]"
"""Is told that a drive of the run has ended."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The store, and the other processes that share it."""

    peers: "LocalPeers | PostgresPeers"
    store: "Store"
    signals: "Signals"
    policy: InForce

    async def release(self) -> None:
        """Let go what this process still owns, so that it is not taken to have died with it."""
        from interrupt_mcp.concurrency.futures import result_of

        runs = self.store.runs
        with anyio.CancelScope(shield=True):
            try:
                if any(each.owner == self.store.owner for each in await runs.in_flight()):
                    await result_of(runs.release())
            except Error as error:
                log.warning("%s", error)


@dataclass(frozen=True, slots=True)
class Drives:
    """What drives the runs."""

    engine: "Engine"
    takeover: "Takeover"
    side_of: "Callable[[Access, Store], AgentSide]"
    let_go: Callable[[], None]
    """Stops each run at its next step."""
    most: Callable[[], int]
    """Tells how many runs may go on at once."""
    look: Callable[[], None] = lambda: None
    """Has others that drive for this process look into the store."""


async def join(
    stack: AsyncExitStack,
    settings: Settings,
    tasks: TaskGroup,
    announce: "Driven | None" = None,
    besides: Policy | None = None,
) -> Joined:
    """Open the store beside the other processes that share it, to be closed by `stack`.

    `announce` tells them, where it is not done by ringing at them, that a run may have another status.
    `besides` is policy that holds besides that of the settings.
    """
    address, project = settings.database, settings.project
    opened = await anyio.to_thread.run_sync(_open_database, address)
    from interrupt_mcp.driving.wakeups import Signals
    from interrupt_mcp.peers import local, postgres
    from interrupt_mcp.store.records import Reach

    stack.callback(opened.close)
    rings, leases = announce is None, opened.leases()
    peers: LocalPeers | PostgresPeers
    if leases is None:
        peers = await stack.enter_async_context(local.joined(address.beside, project, tasks, rings=rings))
    else:
        joining = postgres.joined(leases, settings.lease, address.beside, project, rings=rings)
        peers = await stack.enter_async_context(joining)
    signals = Signals(announce or (lambda _: peers.wake()))
    return Joined(peers, opened.store(Reach(project), peers.name), signals, InForce(settings, besides))


def by_this_process(
    joined: Joined,
    settings: Settings,
    agents: Agents,
    tasks: TaskGroup,
    open_memory: OpenMemory,
    onlooker: "Onlooker | None" = None,
    driven: Driven = lambda _: None,
    told: "Told | None" = None,
    held: "Held | None" = None,
    serves: Callable[[str], bool] = lambda _: True,
    queue: "Queue | None" = None,
) -> Drives:
    """Have runs driven here, those of the agents that it `serves`.

    `told` hears of each that comes to be driven, or is no longer, and `held` of each that waits for another one. With a
    `queue`, what this process keeps is driven by whichever process has room that fetches from it.
    """
    from interrupt_mcp.driving.claiming import Claiming
    from interrupt_mcp.driving.driver import Driver
    from interrupt_mcp.driving.previews import Previews
    from interrupt_mcp.engine.local import LocalEngine
    from interrupt_mcp.runs.here import Here
    from interrupt_mcp.runs.inputs import Inputs
    from interrupt_mcp.runs.takeover import Takeover

    store, peers, policy = joined.store, joined.peers, joined.policy
    previews, inputs = Previews(agents, policy), Inputs()
    driver = Driver(
        store,
        agents,
        partial(open_memory, store),
        joined.signals,
        settings.run_timeout,
        settings.keep_checkpoints,
        policy,
        previews,
        onlooker,
    )

    claiming = Claiming(store, peers.lives_elsewhere, serves)

    async def drive(claimed: "ClaimedRun") -> None:
        await driver.drive(claimed)
        driven(claimed.run.run_id)

    def whose(claimed: "ClaimedRun") -> str:
        return str(claimed.run.principal)

    most = settings.max_runs

    def local(told: "Told | None") -> LocalEngine:
        return LocalEngine(tasks, claiming.claim, drive, most, whose, store.runs.got_on, told, held)

    engine: Engine = local(told)
    places = lambda: most  # noqa: E731
    if queue is not None:
        from interrupt_mcp.engine.procrastinate import ProcrastinateEngine

        engine = shared = ProcrastinateEngine(tasks, queue, most, settings.lease, local)
        places = lambda: shared.most  # noqa: E731
    return Drives(
        engine,
        Takeover(store, engine, peers),
        lambda _, own: Here(agents, inputs, previews, own),
        driver.let_go,
        places,
    )


def by_workers(joined: Joined, settings: Settings, fleet: "Fleet", driven: Driven) -> Drives:
    """Have runs driven by workers; this process drives none."""
    from interrupt_mcp.runs.takeover import Takeover
    from interrupt_mcp.workers.away import Away
    from interrupt_mcp.workers.engine import WorkersEngine

    engine = WorkersEngine(fleet, joined.signals, driven, joined.peers.look_soon, settings.max_runs)
    return Drives(
        engine,
        Takeover(joined.store, engine, joined.peers),
        lambda access, _: Away(fleet, access),
        engine.begin_draining,
        lambda: settings.max_runs * fleet.count,
        fleet.look,
    )


def _open_database(address: DatabaseAddress) -> "Database":
    from interrupt_mcp.store.opening import open_database

    return open_database(address)
