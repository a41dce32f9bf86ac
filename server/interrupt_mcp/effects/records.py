"""The effect records of one drive: as they are now, and on their way to where they are kept. It knows no SQL."""

import threading
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Protocol

from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.effects.ruling import Ruling
from interrupt_mcp.model import Bound, Call, Effect, EffectStatus


class Ledger(Protocol):
    """Keeps effect records durably."""

    def record(self, effects: Iterable[Effect]) -> Future[None]:
        """Have the records kept; the future resolves once they are on disk."""


class Records:
    """The records of all calls and functions of one drive. Any thread may use it."""

    def __init__(self, ledger: Ledger, effects: Iterable[Effect]) -> None:
        """Begin with the `effects` of earlier drives of the run, and keep new ones in the `ledger`."""
        self.guard = threading.RLock()
        """Held where several things must hold together."""
        self._ledger = ledger
        self._effects = {effect.call.key: effect for effect in effects}

    @property
    def all(self) -> list[Effect]:
        """All records, as they are now."""
        with self.guard:
            return list(self._effects.values())

    @property
    def bound(self) -> Bound:
        """The call in which each interrupt was raised."""
        return Bound.by(self.all)

    @property
    def paused_at(self) -> frozenset[str]:
        """LangGraph's ids of the interrupts that calls are paused at; a function's is one of the call around it too."""
        paused = (each for each in self.all if each.status is EffectStatus.PAUSED and not each.call.function)
        return frozenset(each.langgraph_id for each in paused if each.langgraph_id)

    def of(self, key: str) -> Effect | None:
        """Return the record of a call, by its key."""
        return self._effects.get(key)

    def asked_with(self, record: Effect) -> list[Effect]:
        """Return those of the other calls that the gate asks about in the same question, in their order."""
        found = [each for each in self.all if each.is_asked_with(record) and each.call.key != record.call.key]
        return sorted(found, key=lambda each: each.call.position)

    def subgraphs_beside(self, call: Call, record: Effect | None) -> set[int]:
        """Return the numbers of the graphs that other calls of its task ran; `record` is that of the call itself."""
        taken = {number for each in self.all if each.call.ns == call.ns for number in each.subgraphs}
        return taken - set(record.subgraphs if record else ())

    def free_for(self, ruling: Ruling, call: Call) -> bool:
        """Whether no other call was made under the ruling."""
        return not any(
            (each.interrupt_id, each.index) == ruling.decided and each.call.key != call.key
            for each in self.all
            if not each.call.function
        )

    def of_function(self, langgraph_id: str) -> bool:
        """Whether a `sensitive` function asked this, which keeps a record of its own."""
        return any(each.call.function and each.langgraph_id == langgraph_id for each in self.all)

    def note(self, effects: list[Effect]) -> None:
        """Have records kept before anything that is kept later: what they tell has happened already."""
        if effects:
            self._keep(effects)

    async def record(self, effects: list[Effect]) -> None:
        """Put records on disk before going on."""
        if effects:
            await result_of(self._keep(effects))

    def record_blocking(self, effects: list[Effect]) -> None:
        """Put records on disk before going on, blocking the thread."""
        if effects:
            self._keep(effects).result()

    def _keep(self, effects: list[Effect]) -> Future[None]:
        with self.guard:
            self._effects.update({effect.call.key: effect for effect in effects})
            return self._ledger.record(effects)
