"""The heart: a run is driven from where its thread stands to its next pause or its end.

step → advance() → the graph ended: store.finish · it asks: store.pause · it raised: ask again, or store.fail
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from interrupt_mcp import dialects
from interrupt_mcp.errors import Error
from interrupt_mcp.model import Ask, Dialect, Effect, EffectStatus, Interrupt, RunId
from interrupt_mcp.runs.signals import Signals
from interrupt_mcp.store.runs import Fenced, fence
from interrupt_mcp.store.store import Flight, Store

if TYPE_CHECKING:
    import aiosqlite

    from interrupt_mcp.agents import Agent, Agents
    from interrupt_mcp.execution import Standing
    from interrupt_mcp.store.checkpointer import Checkpointer

log = logging.getLogger(__name__)
OpenReader = Callable[[], Awaitable["aiosqlite.Connection"]]
_LEFT = (EffectStatus.FAILED, EffectStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Leg:
    """One drive of one run: what stays the same from its claim to its next pause."""

    flight: Flight
    agent: "Agent"
    graph: Any
    saver: "Checkpointer"
    began: float

    @property
    def run_id(self) -> RunId:
        return self.flight.run.run_id

    @property
    def thread_id(self) -> str:
        return self.flight.run.thread_id

    @property
    def seconds(self) -> float:
        return anyio.current_time() - self.began


class Driver:
    """Drives the runs of one process."""

    def __init__(
        self,
        store: Store,
        agents: "Agents",
        reader: OpenReader,
        signals: Signals,
        run_timeout: float | None,
        elsewhere: Callable[[str], bool],
    ) -> None:
        """`elsewhere` tells whether an owner is another process that lives."""
        self._elsewhere = elsewhere
        self._store = store
        self._agents = agents
        self._reader = reader
        self._signals = signals
        self._run_timeout = run_timeout

    async def drive(self, run_id: RunId) -> None:
        """Drive the run to its next pause or its end; nothing if a living process drives it, or it is not in flight."""
        try:
            owner = self._store.owner_of(run_id)
            if self._elsewhere(owner):
                return
            flight = await self._store.claim(run_id, owner)
            if flight is not None:
                log.info("run %s on thread %s: driving", run_id, flight.run.thread_id)
                await self._go(flight)
        except Fenced:
            log.info("run %s is no longer driven here", run_id)
        finally:
            self._signals.forget(run_id)

    async def _go(self, flight: Flight) -> None:
        self._signals.tell(flight.run.run_id, f"loading {flight.run.agent}")
        try:
            leg = await self._leg(flight)
        except Error as error:
            await self._store.fail(flight.run.run_id, flight.epoch, "agent_error", str(error), 0)
            return
        standing = await self._look(leg, {}, paused=False)
        if doubts := self._in_doubt(leg, standing, flight.effects, delivered=True):
            await self._store.pause(leg.run_id, flight.epoch, {}, doubts)
            return
        await self._advance(leg, standing)

    async def _leg(self, flight: Flight) -> Leg:
        from interrupt_mcp import effects
        from interrupt_mcp.store.checkpointer import Checkpointer

        began = anyio.current_time()
        agent = await self._agents.load(flight.run.agent)
        effects.install()
        saver = Checkpointer(
            self._store.database,
            await self._reader(),
            partial(fence, run_id=flight.run.run_id, epoch=flight.epoch),
        )
        graph = agent.graph.copy(update={"checkpointer": saver})
        return Leg(flight, agent, graph, saver, began)

    async def _look(self, leg: Leg, bound: Any, *, paused: bool) -> "Standing":
        from interrupt_mcp.execution import look

        recorded = {e.langgraph_id: e.call for e in leg.flight.effects if e.langgraph_id}
        return await look(leg.graph, leg.thread_id, {**recorded, **bound}, leg.agent.tools, paused=paused)

    async def _advance(self, leg: Leg, standing: "Standing") -> None:
        from interrupt_mcp import effects
        from interrupt_mcp.execution import advance
        from interrupt_mcp.runs import plan, verdicts

        store, flight, run_id = self._store, leg.flight, leg.run_id
        taken = verdicts.taken_as_done(flight.interrupts)
        records = [
            effects.taken_as_done(e, taken[(e.interrupt_id, e.index)], leg.saver.serde)
            if e.status in _LEFT and (e.interrupt_id, e.index) in taken
            else e
            for e in flight.effects
        ]
        ledger = Ledger(store, run_id, flight.epoch)
        gate = effects.Gate(
            ledger, leg.saver.serde, records, verdicts.rulings(flight.interrupts), partial(self._signals.tell, run_id)
        )
        step = plan.step(flight, standing, leg.agent)
        if isinstance(step, plan.Cancel):
            await store.cancel(run_id, "the person, at a breakpoint")
            return
        if isinstance(step, plan.AskFirst):
            await store.pause(run_id, flight.epoch, _questions(standing.asks), {}, leg.seconds)
            return
        if isinstance(step, plan.Ended):
            await self._finish(leg, standing, standing.values)
            return
        delivered = plan.delivered(step)
        if delivered:
            await leg.saver.take_back(leg.thread_id, delivered)
            await store.deliver(run_id, flight.epoch, delivered)
        error: Exception | None = None
        output: Any = None
        with anyio.move_on_after(self._seconds_left(flight)) as limit, effects.active(gate):
            try:
                output = await advance(
                    leg.graph,
                    leg.thread_id,
                    run_id,
                    step,
                    context=flight.context,
                    notice=partial(self._signals.tell, run_id),
                )
            except Exception as raised:  # noqa: BLE001  the one place where an agent's errors arrive
                error = raised
        if limit.cancelled_caught:
            message = f"The run took longer than its {self._run_timeout:g} seconds"
            await store.fail(run_id, flight.epoch, "timeout", message, leg.seconds)
            return
        if isinstance(error, Fenced):
            raise error
        after = await self._look(leg, gate.bound, paused=error is None)
        if error is not None:
            await self._failed(leg, after, gate.effects, delivered, error)
        elif after.asks:
            await store.pause(run_id, flight.epoch, _questions(after.asks), {}, leg.seconds)
        else:
            await self._finish(leg, after, output)

    async def _failed(
        self, leg: Leg, after: "Standing", records: Iterable[Effect], delivered: Iterable[str], error: Exception
    ) -> None:
        """The graph raised: what is in doubt or pending is asked, and only if there is nothing to ask the run fails."""
        from interrupt_mcp.runs.failure import code_and_message

        code, message = code_and_message(error)
        log.warning("run %s on thread %s: %s: %s", leg.run_id, leg.thread_id, code, message)
        doubts = self._in_doubt(leg, after, records, delivered=False)
        await leg.saver.take_back(leg.thread_id, list(delivered))
        doubted = {i.langgraph_id for i in leg.flight.interrupts if i.interrupt_id in doubts}
        asks = [] if code == "rejected" else [a for a in after.asks if a.langgraph_id not in doubted]
        if asks or doubts:
            await self._store.pause(
                leg.run_id, leg.flight.epoch, _questions(asks), doubts, leg.seconds, (code, message)
            )
        else:
            await self._store.fail(leg.run_id, leg.flight.epoch, code, message, leg.seconds)

    def _in_doubt(
        self, leg: Leg, standing: "Standing", records: Iterable[Effect], *, delivered: bool
    ) -> dict[str, list[int]]:
        """Requests whose action started, will be made again if the thread goes on, and of which nobody knows the end.

        With `delivered`, as when a run is taken up: also answers that were on their way to a node which the gate does
        not reach, and that the node may have acted on before its process died.
        """
        from interrupt_mcp.runs import verdicts

        found: dict[str, list[int]] = {}
        settled = verdicts.attempts(leg.flight.interrupts)
        for effect in records:
            unsettled = settled.get((effect.interrupt_id, effect.index), 0) <= effect.attempt
            if effect.status in _LEFT and effect.interrupt_id and unsettled and standing.stands_before(effect.call):
                found.setdefault(effect.interrupt_id, []).append(effect.index)
        if delivered:
            gated = {effect.langgraph_id for effect in records}
            pending = {ask.langgraph_id for ask in standing.asks}
            for langgraph_id, interrupt in verdicts.answered(leg.flight.interrupts).items():
                if langgraph_id in pending - gated and _acts_unseen(interrupt):
                    found[interrupt.interrupt_id] = [r.index for r in interrupt.question.requests]
        return found

    async def _finish(self, leg: Leg, standing: "Standing", output: Any) -> None:
        from interrupt_mcp.execution.standing import output_of

        await self._store.finish(leg.run_id, leg.flight.epoch, standing.answer, output_of(output), leg.seconds)

    def _seconds_left(self, flight: Flight) -> float | None:
        return None if self._run_timeout is None else max(0.0, self._run_timeout - flight.driven_seconds)


class Ledger:
    """Effect records of one drive, kept in the store."""

    def __init__(self, store: Store, run_id: RunId, epoch: int) -> None:
        self.record = partial(store.record, run_id, epoch)


def _questions(asks: Iterable[Ask]) -> dict[str, Any]:
    return {ask.langgraph_id: dialects.read(ask) for ask in asks}


def _acts_unseen(interrupt: Interrupt) -> bool:
    """Whether the answer went to code that may have acted on it without a record."""
    return interrupt.delivered and interrupt.question.dialect not in (Dialect.MIDDLEWARE, Dialect.BREAKPOINT)
