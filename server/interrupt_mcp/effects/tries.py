"""One try of a task: the calls it makes side by side, and the one question with which it stops.

LangGraph shows one question of a task at a time. The calls of a try run in parallel; one that asks is held until all
that began have ended, so that none of them runs on unseen, and then all that asked leave with the question of one.
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
from interrupt_mcp.effects.positions import Claims
from interrupt_mcp.model import Effect

_PATIENCE = 600.0
"""Seconds a question is held for the calls beside it: two of them may wait for each other."""
Asker = TypeVar("Asker")


@dataclass(frozen=True, slots=True)
class Asked(Generic[Asker]):
    """A call that asks, and how much its question goes before those of others; the smaller goes first.

    Of those with the same rank, the one whose call began first.
    """

    asker: Asker
    pause: GraphInterrupt
    rank: int
    number: int


@dataclass(slots=True)
class Try(Generic[Asker]):
    """`scratchpad` is LangGraph's object for the try, and by its identity tells it from others."""

    scratchpad: object
    claims: Claims = field(default_factory=dict)
    alike: dict[tuple[str, ...], int] = field(default_factory=dict)
    """How many alike calls code made in this try."""
    begun: int = 0
    """How many calls began."""
    finished: list[Effect] = field(default_factory=list)
    """Calls that nobody decided on, which are kept if the try stops with a question."""
    chosen: Asked[Asker] | None = None
    """Whose question it stops with."""
    _asked: list[Asked[Asker]] = field(default_factory=list)
    _settled: int = 0
    _running: int = 0
    _held: list[Future[None]] = field(default_factory=list)
    guard: threading.RLock = field(default_factory=threading.RLock)

    @property
    def stops(self) -> bool:
        """Whether a call of this try asks, so that no other begins."""
        return bool(self._asked)

    @contextmanager
    def running(self) -> Iterator[None]:
        """A call runs."""
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

    def ask(self, asked: Asked[Asker]) -> None:
        """A call asks. It still counts as running until it leaves."""
        with self.guard:
            self._asked.append(asked)

    def unsettled(self) -> list[Asked[Asker]]:
        """The calls that asked since this was last wanted."""
        with self.guard:
            fresh = self._asked[self._settled :]
            self._settled = len(self._asked)
            return fresh

    def choose(self) -> Asked[Asker]:
        """Whose question the try stops with, settled when this is first wanted."""
        with self.guard:
            if self.chosen is None:
                self.chosen = min(self._asked, key=lambda asked: (asked.rank, asked.number))
            return self.chosen

    async def alone(self) -> None:
        """Wait until no call of the try runs."""
        if (ended := self._ended()) is not None:
            with anyio.move_on_after(_PATIENCE):
                await result_of(ended)

    def alone_now(self) -> None:
        """The same, blocking the thread; but not the event loop's own, on which the others may run."""
        if (ended := self._ended()) is not None and not _on_a_loop():
            wait([ended], _PATIENCE)

    def _ended(self) -> Future[None] | None:
        with self.guard:
            if not self._running:
                return None
            ended: Future[None] = Future()
            self._held.append(ended)
            return ended


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
