"""Which runs this process goes on with, and which it leaves to another process.

What it kept itself, it drives. If it serves the project, it also takes over what nobody drives: runs whose process is
gone, and runs that were left to whoever comes first.
"""

import logging
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING

from interrupt_mcp.model import RunId
from interrupt_mcp.store.records import NOBODY

if TYPE_CHECKING:
    from interrupt_mcp.engine.port import Engine
    from interrupt_mcp.peers.port import Peers
    from interrupt_mcp.store.port import Store
    from interrupt_mcp.store.records import ClaimedRun

log = logging.getLogger(__name__)


class Takeover:
    """Hands the engine of this process the runs of its project that it is to drive."""

    def __init__(self, store: "Store", engine: "Engine", peers: "Peers") -> None:
        self._store = store
        self._engine = engine
        self._peers = peers
        self._serving = False
        self._serves: Callable[[str], bool] = _any

    def serve(self, agents: "Callable[[str], bool] | None" = None) -> None:
        """From here on, also take over what is in flight and driven by nobody.

        `agents` tells, by the agent's name, of which runs; without it, of all.
        """
        self._serving = True
        self._serves = agents or _any
        self._engine.serve()

    @property
    def left_to_others(self) -> bool:
        """Whether a run that can go on is for another process, as this one does not serve the project."""
        return not self._serving and self._peers.served_elsewhere()

    def go_on(self, run_id: RunId, claimed: "ClaimedRun | None" = None, agent: str = "") -> None:
        """Have the run driven: if this process claimed it or has it claimed, or if no other process would drive it.

        `agent` is whose it is, where it is known.
        """
        kept_here = claimed is not None or not (self._engine.claims or self.left_to_others)
        if kept_here or not (self._engine.drives(run_id) or self.left_to_others):
            self._engine.submit(run_id, claimed, agent)

    async def look_again(self) -> None:
        """Stop what was cancelled or taken over elsewhere, and take over what nobody drives.

        Raises:
            Unavailable: the database cannot be read.
        """
        for run_id in await self._store.runs.not_mine(self._engine.driven):
            log.info("run %s is no longer to be driven here", run_id)
            self._engine.cancel(run_id)
        if self._serving:
            await self._take_over()

    async def _take_over(self) -> None:
        found = await self._store.runs.in_flight()
        for owner, runs in groupby(found, key=lambda each: each.owner):
            if self._peers.lives_elsewhere(owner):
                continue
            ours = [each for each in runs if self._serves(each.agent) and self._is_free(each.run_id)]
            if owner == NOBODY and self._engine.claims:
                for each in ours:
                    log.info("run %s is taken up", each.run_id)
            elif ours and owner not in (NOBODY, self._store.owner):
                log.info("%d runs of a process that is gone go on here", len(ours))
            for each in ours:
                self._engine.submit(each.run_id, agent=each.agent)

    def _is_free(self, run_id: RunId) -> bool:
        return not self._engine.drives(run_id) or self._engine.is_stuck(run_id)


def _any(_agent: str) -> bool:
    return True
