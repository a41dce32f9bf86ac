"""What a run of ours began at a server elsewhere ends with the run: once it is cancelled, or took too long.

Where only the process leaves, it goes on there, and the next process goes on with it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import anyio

from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.errors import Error
from interrupt_mcp.model import Run, RunStatus
from interrupt_mcp.remote.place import FENCED
from interrupt_mcp.store.port import Journal, Store

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent


@asynccontextmanager
async def ended_with(store: Store, agent: "Agent", run: Run) -> AsyncIterator[None]:
    """End what goes on there of the run, where this context is left because the run was cancelled."""
    try:
        yield
    except BaseException:
        if agent.place is not None:
            with anyio.CancelScope(shield=True), suppress(Error):
                if (await store.runs.get(run.run_id)).status is RunStatus.CANCELLED:
                    await end(agent, run)
        raise


def told_elsewhere(agent: "Agent", journal: Journal) -> Mapping[str, Any]:
    """Return what belongs into the drive's `configurable` of an agent that runs elsewhere."""

    async def fenced() -> None:
        """Return once all that was written is on disk, and it is certain that the run is still this drive's."""
        await result_of(journal.deliver((), soon=True))

    return {} if agent.place is None else {FENCED: fenced}


async def end(agent: "Agent", run: Run) -> None:
    """End what goes on there of the run, if its agent runs elsewhere; it takes seconds at most."""
    if agent.place is not None:
        from interrupt_mcp.remote.graph import cancel

        await cancel(agent.place, run.thread_id, run.run_id)
