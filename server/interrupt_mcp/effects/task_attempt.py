"""One attempt of a task: the calls it makes side by side, and the one question with which it stops.

LangGraph shows one question of a task at a time. The calls of an attempt run in parallel; one that asks is held until
all that began have ended, so that none of them runs on unseen, and then all that asked leave with the question of one.
It decides nothing and keeps nothing.
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import anyio
from langgraph.errors import GraphInterrupt

from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.effects.positions import Assigned
from interrupt_mcp.model import Effect

_PATIENCE = 600.0
"""Seconds a question is held for the calls beside it: two of them may wait for each other."""
C = TypeVar("C")
"""A call that passes the gate."""


@dataclass(frozen=True, slots=True)
class PausedCall(Generic[C]):
    """A call that asks, and how its question ranks among those of the same attempt."""

    call: C
    interrupt: GraphInterrupt
    """What left the call, with its question."""
    rank: int
    """The smaller goes first."""
    number: int
    """Which call of the attempt it is: of those with the same rank, the one that began first goes first."""


@dataclass(slots=True)
class TaskAttempt(Generic[C]):
    """One attempt of a task, told from others by the identity of the scratchpad that LangGraph makes for it."""

    scratchpad: object
    """Kept only so that, while the attempt is known, no other object gets its identity."""
    assigned: Assigned = field(default_factory=dict)
    """The positions of the calls that tool nodes made in this attempt."""
    alike: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Of calls that code makes, by what they have in common: the position of the last one."""
    begun: int = 0
    """How many calls began."""
    finished: list[Effect] = field(default_factory=list)
    """Records of calls that nobody decided on. They are kept if the attempt stops with a question."""
    chosen: PausedCall[C] | None = None
    """The call whose question the attempt stops with, once that is settled."""
    _paused: list[PausedCall[C]] = field(default_factory=list)
    _recorded: int = 0
    """How many of the paused calls are on record."""
    _running: int = 0
    """How many calls run now."""
    _held: list[Future[None]] = field(default_factory=list)
    """Resolved once no call runs."""
    guard: threading.RLock = field(default_factory=threading.RLock)
    """Held where several fields must hold together: calls run in several threads."""

    @property
    def stops(self) -> bool:
        """Whether a call of this attempt asks, so that no other begins."""
        return bool(self._paused)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count a call as running within this context."""
        with self.guard:
            self._running += 1
        try:
            yield
        finally:
            with self.guard:
                self._running -= 1
                held = [] if self._running else self._held
                self._held = self._held if self._running else []
            for future in held:
                future.set_result(None)

    def pause(self, paused: PausedCall[C]) -> None:
        """Note that a call asks. It still counts as running until it leaves."""
        with self.guard:
            self._paused.append(paused)

    def newly_paused(self) -> list[PausedCall[C]]:
        """Return the calls that asked since this was last called."""
        with self.guard:
            fresh = self._paused[self._recorded :]
            self._recorded = len(self._paused)
            return fresh

    def choose(self) -> PausedCall[C]:
        """Return the call whose question the attempt stops with, settled when this is first called."""
        with self.guard:
            if self.chosen is None:
                self.chosen = min(self._paused, key=lambda paused: (paused.rank, paused.number))
            return self.chosen

    async def wait_until_idle(self) -> None:
        """Wait until no call of the attempt runs."""
        if (idle := self._idle()) is not None:
            with anyio.move_on_after(_PATIENCE):
                await result_of(idle)

    def wait_until_idle_blocking(self) -> None:
        """Block the thread until no call of the attempt runs; not the event loop's own, on which others may run."""
        if (idle := self._idle()) is not None and not _on_a_loop():
            wait([idle], _PATIENCE)

    def _idle(self) -> Future[None] | None:
        with self.guard:
            if not self._running:
                return None
            idle: Future[None] = Future()
            self._held.append(idle)
            return idle


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
