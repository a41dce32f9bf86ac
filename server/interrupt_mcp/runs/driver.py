"""The heart: a run is driven from where its thread stands to its next pause or its end.

step → advance() → the graph ended: store.finish · it asks: store.pause · it raised: ask again, or store.fail
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, assert_never

from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.model import RunId
from interrupt_mcp.policy import PolicyNow
from interrupt_mcp.runs.signals import Signals
from interrupt_mcp.store.runs import Fenced
from interrupt_mcp.store.store import Flight, Store

if TYPE_CHECKING:
    from langgraph.runtime import RunControl
    from langgraph.store.base import BaseStore

    from interrupt_mcp.agents import Agent, Agents
    from interrupt_mcp.effects import Gate
    from interrupt_mcp.execution import Step
    from interrupt_mcp.runs.leg import Leg, Setback

log = logging.getLogger(__name__)
_LEAVING = "the process is leaving"
_TRIES = 5
OpenItems = Callable[[], Awaitable["BaseStore"]]


class Driver:
    """Drives the runs of one process."""

    def __init__(
        self,
        store: Store,
        agents: "Agents",
        items: OpenItems,
        signals: Signals,
        run_timeout: float | None,
        keep_checkpoints: int,
        policy: PolicyNow,
        elsewhere: Callable[[str], bool],
    ) -> None:
        """`run_timeout` is in seconds of driving; `elsewhere` tells whether an owner is another process that lives.

        The checkpoints of a thread's last `keep_checkpoints` runs are kept, 0 keeps all.
        """
        self._keep_checkpoints = keep_checkpoints
        self._store = store
        self._agents = agents
        self._items = items
        self._signals = signals
        self._run_timeout = run_timeout
        self._policy = policy
        self._elsewhere = elsewhere
        self._controls: dict[RunId, RunControl] = {}
        self._leaving = False
        self._tries: dict[RunId, int] = {}

    async def drive(self, run_id: RunId) -> None:
        """Drive the run to its next pause or its end; nothing if a living process drives it, or it is not in flight."""
        flight = self._store.claimed(run_id) or await self._claim(run_id)
        if flight is None:
            return
        log.info("run %s on thread %s: driving", run_id, flight.run.thread_id)
        tries = self._tries.pop(run_id, 0) + 1
        try:
            await self._drive(flight)
        except Fenced:
            log.info("run %s is no longer driven here", run_id)
        except Unavailable as error:
            await self._stop_trying(flight, error, tries)
            raise
        except Exception as error:  # noqa: BLE001  an agent's own types raise what they like when they are looked at
            await self._give_up(flight, error)
        finally:
            self._controls.pop(run_id, None)
            self._signals.forget(run_id)

    async def _claim(self, run_id: RunId) -> Flight | None:
        owner = self._store.owner_of(run_id)
        return None if self._elsewhere(owner) else await self._store.claim(run_id, owner)

    def let_go(self) -> None:
        """Stop each run at its next step, so that none is cut off in the middle of an effect."""
        self._leaving = True
        for control in self._controls.values():
            control.request_drain(_LEAVING)

    async def _drive(self, flight: Flight) -> None:
        self._signals.tell(flight.run.run_id, f"loading {flight.run.agent}")
        try:
            agent = await self._agents.load(flight.run.agent)
        except Error as error:
            await self._store.drive(flight).fail("agent_error", str(error), 0)
            return
        if flight.agent_digest not in ("", agent.digest):
            if not flight.from_pause:
                message = f"Agent {agent.name!r} was changed while the run was going on"
                await self._store.drive(flight).fail("agent_changed", message, 0)
                return
            await self._store.drive(flight).adopt(agent.digest)
        await self._go(await self._leg(flight, agent))

    async def _leg(self, flight: Flight, agent: "Agent") -> "Leg":
        from langgraph.runtime import RunControl

        from interrupt_mcp import effects
        from interrupt_mcp.runs.leg import Leg

        effects.install()
        control = self._controls[flight.run.run_id] = RunControl()
        if self._leaving:
            control.request_drain(_LEAVING)
        return Leg(self._store, flight, agent, await self._items(), control, self._policy)

    async def _go(self, leg: "Leg") -> None:
        from interrupt_mcp.runs import plan

        if leg.flight.clean_start:
            await self._advance(leg, plan.begin(leg.flight))
            return
        if leg.flight.agent_digest == leg.agent.digest and (resume := plan.at_pause(leg.flight)) is not None:
            await self._advance(leg, resume)
            return
        standing = await leg.look()
        if doubts := leg.in_doubt(standing, leg.flight.effects, leg.on_their_way):
            await leg.drive.pause({}, doubts)
            return
        match plan.step(leg.flight, standing):
            case plan.Cancel(who):
                await self._store.cancel(leg.run_id, who)
            case plan.GiveUp(why):
                await leg.drive.fail("agent_error", why, leg.seconds)
            case plan.AskFirst():
                asks = leg.questions(leg.unanswered(standing), leg.flight.effects)
                await leg.drive.pause(asks, {}, leg.seconds)
            case plan.Ended():
                await self._finish(leg, standing.answer, standing.values)
            case step:
                await self._advance(leg, step)

    async def _advance(self, leg: "Leg", step: "Step", setback: "Setback | None" = None) -> None:
        from interrupt_mcp.execution.standing import answer_in
        from interrupt_mcp.runs import plan
        from interrupt_mcp.runs.leg import LetGo, Raised, Reached, TimedOut

        if leg.control.drain_requested:
            return
        delivered = plan.delivered(step)
        if delivered:
            await leg.deliver(delivered)
        gate = await leg.gate(self._signals, setback)
        match await leg.advance(step, gate, self._signals, self._seconds_left(leg.flight)):
            case Reached(reached) if reached.ended:
                await self._finish(leg, answer_in(reached.output), reached.output)
            case Reached(reached):
                # Where all was answered that was asked before, nothing is asked but what was seen.
                asks = leg.seen(reached, gate.records.bound) if setback is None and plan.answers_all(step) else ()
                standing = None if asks else await leg.look(gate.records.bound, paused=True)
                asks = asks or (standing.asks if standing else ())
                if asks:
                    why = setback.why if setback else None
                    await leg.drive.pause(leg.questions(asks, gate.records.all), {}, leg.seconds, why)
                elif standing:
                    await self._finish(leg, standing.answer, reached.output)
            case Raised(error):
                await self._failed(leg, gate, delivered, error, setback)
            case TimedOut():
                message = f"The run took longer than its {self._run_timeout:g} seconds"
                again = plan.made_again(await leg.look(gate.records.bound), gate.records.all)
                await leg.drive.fail("timeout", message, leg.seconds, again)
            case LetGo():
                if delivered and not leg.began:
                    await leg.take_back(delivered)
                log.info("run %s is let go: it goes on in the next process", leg.run_id)
            case _ as never:
                assert_never(never)

    async def _failed(
        self, leg: "Leg", gate: "Gate", delivered: Sequence[str], error: Exception, setback: "Setback | None"
    ) -> None:
        """The graph raised: what is in doubt or pending is asked, and only if there is nothing to ask the run fails."""
        from interrupt_mcp.runs import plan
        from interrupt_mcp.runs.failure import FINAL, code_and_message
        from interrupt_mcp.runs.leg import Setback

        code, message = code_and_message(error)
        log.warning("run %s on thread %s: %s: %s", leg.run_id, leg.thread_id, code, message)
        standing = await leg.look(gate.records.bound)
        raised = frozenset(setback.taken_back if setback else ()).union(*standing.failed)
        doubts = leg.in_doubt(standing, gate.records.all, [i for i in delivered if i not in raised])
        await leg.forget_errors(delivered)
        if not doubts and code not in FINAL and standing.raised_on(delivered):
            again = plan.without(leg.flight, standing, raised)
            await self._advance(leg, again, Setback(code, message, tuple(raised), gate.records.all))
            return
        asks = [] if code in FINAL else leg.unanswered(standing, raised, doubts)
        made_again = plan.made_again(standing, gate.records.all)
        if asks or doubts:
            why = setback.why if setback else (code, message)
            await leg.drive.pause(leg.questions(asks, gate.records.all), doubts, leg.seconds, why, made_again)
        else:
            await leg.drive.fail(code, message, leg.seconds, made_again)
            await self._tidy(leg)

    async def _finish(self, leg: "Leg", answer: str | None, output: Any) -> None:
        from interrupt_mcp.execution.standing import output_of

        await leg.drive.finish(answer, output_of(leg.graph, output), leg.seconds)
        await self._tidy(leg)

    async def _tidy(self, leg: "Leg") -> None:
        if self._keep_checkpoints and leg.stands_alone:
            await self._store.prune(leg.thread_id, self._keep_checkpoints)

    async def _stop_trying(self, flight: Flight, error: Unavailable, tries: int) -> None:
        """A run that can be taken but not be kept is tried some times, since each time it may cost money."""
        if tries < _TRIES:
            self._tries[flight.run.run_id] = tries
            return
        with suppress(Fenced):
            await self._store.drive(flight).fail(error.code, str(error), 0)

    async def _give_up(self, flight: Flight, error: Exception) -> None:
        """The run cannot be driven, which must not end the process that drives others."""
        from interrupt_mcp.runs.failure import code_and_message

        log.error("run %s cannot be driven", flight.run.run_id, exc_info=error)
        with suppress(Fenced):
            await self._store.drive(flight).fail(*code_and_message(error), 0)

    def _seconds_left(self, flight: Flight) -> float | None:
        return None if self._run_timeout is None else max(0.0, self._run_timeout - flight.driven_seconds)
