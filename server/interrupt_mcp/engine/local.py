"""The engine of one process: one task group, and a cancel scope for each run that is being driven."""

import logging
from collections.abc import Awaitable, Callable

import anyio
import anyio.abc

from interrupt_mcp.errors import Error
from interrupt_mcp.model import RunId

log = logging.getLogger(__name__)
Drive = Callable[[RunId], Awaitable[None]]
_REST_SECONDS = 2.0
"""How long a run is left alone that could not be driven, as where the disk is full."""


class LocalEngine:
    """Drives runs in this process, each until its next pause or its end."""

    def __init__(self, tasks: anyio.abc.TaskGroup, drive: Drive) -> None:
        self._tasks = tasks
        self._drive = drive
        self._scopes: dict[RunId, anyio.CancelScope] = {}
        self._draining = False
        self._refused = anyio.Event()
        self._ended = anyio.Event()

    def submit(self, run_id: RunId) -> None:
        """Drive the run; a run that is driven already is not driven twice."""
        if run_id in self._scopes or self._draining:
            return
        self._scopes[run_id] = anyio.CancelScope()
        self._tasks.start_soon(self._carry, run_id)

    def cancel(self, run_id: RunId) -> None:
        """Stop driving the run."""
        if scope := self._scopes.get(run_id):
            scope.cancel()

    def drives(self, run_id: RunId) -> bool:
        return run_id in self._scopes

    @property
    def driven(self) -> tuple[RunId, ...]:
        """The runs that are driven here now."""
        return tuple(self._scopes)

    @property
    def draining(self) -> bool:
        """Whether nothing is driven here any more, so that nothing here is worth waiting for."""
        return self._draining

    def refuse(self) -> None:
        """Take no more runs."""
        self._draining = True
        self._refused.set()

    async def drain(self, seconds: float) -> None:
        """Take no more runs, and wait at most so many seconds for those there are, which are then cut off.

        They go on where they stopped, in the next process.
        """
        self.refuse()
        with anyio.move_on_after(seconds, shield=True):
            while self._scopes:
                self._ended = anyio.Event()
                await self._ended.wait()
        for scope in self._scopes.values():
            scope.cancel()

    async def _carry(self, run_id: RunId) -> None:
        scope = self._scopes[run_id]
        try:
            with scope:
                await self._try(run_id)
        finally:
            del self._scopes[run_id]
            self._ended.set()

    async def _try(self, run_id: RunId) -> None:
        try:
            await self._drive(run_id)
        except Error as error:
            log.error("run %s is not driven on: %s", run_id, error)
            with anyio.move_on_after(_REST_SECONDS):
                await self._refused.wait()
