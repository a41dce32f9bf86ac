"""What nobody drives is taken up by a process that serves its agent, which settles with which agent the run goes on."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import anyio
import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.database import SqliteFile
from interrupt_mcp.engine.local import LocalEngine
from interrupt_mcp.model import Channel, Decision, DecisionType, Message, RunId, ThreadId
from interrupt_mcp.peers.local import joined
from interrupt_mcp.runs.takeover import Takeover
from interrupt_mcp.store.opening import open_database
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import NOBODY, Choice, ClaimedRun, NewRun, Reach
from tests.conftest import Door, Serve
from tests.patience import PATIENCE

pytestmark = pytest.mark.anyio
BOOK = "Book a stay at the McKittrick hotel"


def new_run(run_id: str, agent: str = "hotel") -> NewRun:
    return NewRun(RunId(run_id), ThreadId(f"thread of {run_id}"), agent, Message(BOOK), request_digest="")


async def store_of(door: Door) -> Store:
    """The store of the server, as the system's user sees it."""
    assert door.app is not None
    store = await door.app.store()
    return store.within(Reach(door.app.settings.project, this_user().principal))


async def asked(door: Door, run_id: str) -> dict[str, Any]:
    """Return the run once it asks."""
    run = await door.call("get_run", run_id=run_id, wait_seconds=25)
    assert run["status"] == "interrupted"
    return run


async def accept(store: Store, run_id: str) -> ClaimedRun:
    """Accept what the run asks, and return it as it was claimed with that."""
    (interrupt,) = (await store.runs.get(run_id)).interrupts
    (request,) = interrupt.wanted
    choice = Choice(interrupt.interrupt_id, interrupt.round, Decision(DecisionType.ACCEPT, 0), request.action)
    decided = await store.runs.decide(RunId(run_id), [choice], Channel.TERMINAL, "Ann")
    assert decided.claimed is not None
    return decided.claimed


async def test_the_first_claim_settles_with_which_agent_a_run_goes_on_that_was_left_ownerless(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="interrupt_mcp")
    async with serve() as door:
        assert door.app is not None
        await door.app.take_up()
        own = (await door.call("start_run", agent="hotel", message=BOOK))["run_id"]
        store = await store_of(door)
        assert (await store.runs.start(new_run("left"), "Ann", ownerless=True)).claimed is None
        await asked(door, "left")
        digests = {run_id: (await accept(store, run_id)).agent_digest for run_id in (own, "left")}
    assert digests["left"] == digests[own] != ""
    assert "is gone" not in caplog.text


@asynccontextmanager
async def taking_over(path: Path, begun: list[RunId]) -> AsyncIterator[tuple[Takeover, Store]]:
    """Have a process that would drive what it takes over, and does not get on with it."""

    async def claim(run_id: RunId, _alone: bool) -> ClaimedRun | None:
        begun.append(run_id)
        return await store.runs.claim(run_id, await store.runs.owner_of(run_id))

    async def drive(_claimed: ClaimedRun) -> None:
        await anyio.sleep_forever()

    with closing(open_database(SqliteFile(path))) as database:
        async with anyio.create_task_group() as tasks, joined(path, "project", tasks) as peers:
            store = database.store(Reach("project", this_user().principal), peers.name)
            yield Takeover(store, LocalEngine(tasks, claim, drive, 9), peers), store
            tasks.cancel_scope.cancel()


@pytest.mark.sqlite
async def test_runs_of_agents_that_a_process_does_not_serve_are_left_to_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="interrupt_mcp")
    path, begun = tmp_path / "state.db", list[RunId]()
    with closing(open_database(SqliteFile(path))) as database:
        gone = database.store(Reach("project", this_user().principal), "gone")
        for agent in ("hotel", "desk"):
            await gone.runs.start(new_run(f"{agent} dead", agent), "Ann")
            await gone.runs.start(new_run(f"{agent} left", agent), "Ann", ownerless=True)
    with anyio.fail_after(PATIENCE):
        async with taking_over(path, begun) as (takeover, store):
            takeover.serve("hotel".__eq__)
            await takeover.look_again()
            # While they are being claimed, too, they are here to stay.
            await takeover.look_again()
            while len(left := [each for each in await store.runs.in_flight() if each.owner != store.owner]) > 2:
                await anyio.sleep(0.01)
            await takeover.look_again()
    assert sorted(begun) == ["hotel dead", "hotel left"]
    assert {each.run_id: each.owner for each in left} == {"desk dead": "gone", "desk left": NOBODY}
    said = [each.getMessage() for each in caplog.records if each.name == "interrupt_mcp.runs.takeover"]
    assert sorted(said) == ["1 runs of a process that is gone go on here", "run hotel left is taken up"]
