"""Which runs this process goes on with: what it was given, and, where it serves the project, what nobody drives."""

import logging

from interrupt_mcp.engine.local import LocalEngine
from interrupt_mcp.model import RunId
from interrupt_mcp.peers.neighbours import Neighbours
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)


class Takeover:
    """What one process owes the runs of its project."""

    def __init__(self, store: Store, engine: LocalEngine, neighbours: Neighbours) -> None:
        self._store = store
        self._engine = engine
        self._neighbours = neighbours
        self._serving = False

    def serve(self) -> None:
        """From here on, go on with whatever is in flight and driven by nobody."""
        self._serving = True

    @property
    def served_elsewhere(self) -> bool:
        """Whether another living process serves the project, and goes on with its runs when it is woken."""
        return self._neighbours.serve()

    @property
    def left_to_others(self) -> bool:
        """Whether a run that can go on is not for this process."""
        return not self._serving and self.served_elsewhere

    def go_on(self, run_id: RunId, claimed: ClaimedRun | None = None) -> None:
        """Drive the run here, unless another process is there for it."""
        if not self._engine.drives(run_id) and not self.left_to_others:
            self._engine.submit(run_id, claimed)

    def stop(self, run_id: RunId) -> None:
        """Drive the run here no longer, if it is: it ended, or is another process's."""
        self._engine.cancel(run_id)

    async def look_again(self) -> None:
        """Stop what was cancelled or taken over elsewhere, and go on with what nobody drives.

        Raises:
            Unavailable: the database cannot be read.
        """
        for run_id in await self._store.runs.not_mine(self._engine.driven):
            log.info("run %s is no longer to be driven here", run_id)
            self.stop(run_id)
        if self._serving:
            await self._take_up()

    async def _take_up(self) -> None:
        for owner, run_ids in (await self._store.runs.in_flight()).items():
            if self._neighbours.drives(owner):
                continue
            if owner != self._store.owner:
                log.info("%d runs of a process that is gone go on here", len(run_ids))
            for run_id in run_ids:
                self._engine.submit(run_id)
