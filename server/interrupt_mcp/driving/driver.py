"""The driver: it takes one run from where its thread stands to its next pause or its end.

step → advance() → the graph ended: journal.finish · it asks: journal.pause · it raised: ask again, or journal.fail
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

from interrupt_mcp.authority import not_gated
from interrupt_mcp.config.policy import PolicyNow
from interrupt_mcp.driving.elsewhere import end, ended_with
from interrupt_mcp.driving.onlooker import NOBODY_LOOKS, Onlooker
from interrupt_mcp.driving.previews import Previews
from interrupt_mcp.driving.wakeups import Signals
from interrupt_mcp.errors import Error, Unavailable
from interrupt_mcp.model import RunId
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import ClaimedRun, Fenced

if TYPE_CHECKING:
    from langgraph.runtime import RunControl
    from langgraph.store.base import BaseStore

    from interrupt_mcp.agents import Agent, Agents
    from interrupt_mcp.driving.drive import Drive
    from interrupt_mcp.driving.outcome import Setback
    from interrupt_mcp.effects.gate import Gate
    from interrupt_mcp.execution import Step

log = logging.getLogger(__name__)
_LEAVING = "the process is leaving"
"""What LangGraph is told as the reason to stop."""
_TRIES = 5
"""How often a run is driven whose pause or end cannot be kept."""
OpenMemory = Callable[[], Awaitable["BaseStore"]]


class Driver:
    """Drives the runs of one process."""

    def __init__(
        self,
        store: Store,
        agents: "Agents",
        agent_memory: OpenMemory,
        signals: Signals,
        run_timeout: float | None,
        keep_checkpoints: int,
        policy: PolicyNow,
        previews: Previews,
        onlooker: Onlooker | None = None,
    ) -> None:
        """`agent_memory` opens LangGraph's store for the agents, when the first of them runs.

        `run_timeout` is in seconds of driving. Of a thread, the checkpoints of its last `keep_checkpoints` runs are
        kept, or all with 0. The `onlooker` is told what the runs do.
        """
        self._keep_checkpoints = keep_checkpoints
        self._store = store
        self._agents = agents
        self._agent_memory = agent_memory
        self._signals = signals
        self._run_timeout = run_timeout
        self._policy = policy
        self._previews = previews
        self._onlooker = onlooker or NOBODY_LOOKS
        self._controls: dict[RunId, RunControl] = {}
        self._leaving = False
        self._tries: dict[RunId, int] = {}

    async def drive(self, claimed: ClaimedRun) -> None:
        """Drive the run to its next pause or its end.

        Raises:
            Unavailable: what became of the run could not be kept.
        """
        run_id = claimed.run.run_id
        log.info("run %s on thread %s: driving", run_id, claimed.run.thread_id)
        tries = self._tries.pop(run_id, 0) + 1
        try:
            await self._drive(claimed)
        except Fenced:
            log.info("run %s is no longer driven here", run_id)
        except Unavailable as error:
            await self._stop_trying(claimed, error, tries)
            raise
        except Exception as error:  # noqa: BLE001  an agent's own types raise what they like when they are looked at
            await self._give_up(claimed, error)
        finally:
            self._controls.pop(run_id, None)
            self._signals.forget(run_id)

    def let_go(self) -> None:
        """Stop each run at its next step, so that none is cut off in the middle of an effect."""
        self._leaving = True
        for control in self._controls.values():
            control.request_drain(_LEAVING)

    async def _drive(self, claimed: ClaimedRun) -> None:
        """Drive the run with its agent, as far as the agent can be loaded and is the one it was started on."""
        from interrupt_mcp.driving import dying

        if not await dying.may_begin(self._store.journal(claimed), claimed):
            return
        self._signals.tell(claimed.run.run_id, f"loading {claimed.run.agent}")
        async with AsyncExitStack() as stack:
            try:
                agent = await stack.enter_async_context(
                    self._agents.for_run(
                        claimed.run.agent,
                        claimed.context,
                        run_id=claimed.run.run_id,
                        thread_id=claimed.run.thread_id,
                    )
                )
            except Error as error:
                await self._store.journal(claimed).fail("agent_error", str(error), 0)
                return
            await self._drive_with(claimed, agent)

    async def _drive_with(self, claimed: ClaimedRun, agent: "Agent") -> None:
        if claimed.agent_digest not in ("", agent.digest) and not claimed.from_pause:
            message = f"Agent {agent.name!r} was changed while the run was going on"
            await self._store.journal(claimed).fail("agent_changed", message, 0)
            return
        if agent.place is not None and (why := not_gated(self._policy(), agent.name, agent.place.origin)):
            await self._store.journal(claimed).fail("not_gated", why, 0)
            return
        drive = await self._begin(claimed, agent)
        if claimed.agent_digest != agent.digest:
            # With the next of its writes, of which none is kept without it.
            drive.journal.adopt(agent.digest)
        async with ended_with(self._store, agent, claimed.run):
            await self._go(drive)

    async def _begin(self, claimed: ClaimedRun, agent: "Agent") -> "Drive":
        from langgraph.runtime import RunControl

        from interrupt_mcp.driving.drive import Drive
        from interrupt_mcp.effects import doors, exits
        from interrupt_mcp.execution import durability

        doors.install()
        exits.install()
        durability.install()
        self._previews.prepare(agent.name)
        control = self._controls[claimed.run.run_id] = RunControl()
        if self._leaving:
            control.request_drain(_LEAVING)
        memory = await self._agent_memory()
        drive = Drive(self._store, claimed, agent, memory, control, self._policy, self._previews)
        if not claimed.new_thread:
            await drive.saver.keep_order(drive.thread_id)
        return drive

    async def _go(self, drive: "Drive") -> None:
        """Find the first step, from what is on record and, unless that is enough, from the thread's checkpoint."""
        from interrupt_mcp.driving import plan

        if drive.claimed.clean_start:
            await self._advance(drive, plan.begin(drive.claimed))
            return
        if drive.claimed.agent_digest == drive.agent.digest and (resume := plan.at_pause(drive.claimed)) is not None:
            await self._advance(drive, resume)
            return
        state = await drive.look()
        if doubts := drive.in_doubt(state, drive.claimed.effects, drive.on_their_way):
            await drive.journal.pause({}, doubts, error=drive.failed_with(doubts))
            return
        match plan.step(drive.claimed, state):
            case plan.Cancel(who):
                await self._store.runs.cancel(drive.run_id, who)
            case plan.GiveUp(why):
                await drive.journal.fail("agent_error", why, drive.seconds)
            case plan.AskFirst():
                asks = await drive.questions(drive.unanswered(state), drive.claimed.effects)
                await drive.journal.pause(asks, {}, drive.seconds)
            case plan.Ended():
                await self._finish(drive, state.answer, state.values)
            case step:
                await self._advance(drive, step)

    async def _advance(self, drive: "Drive", step: "Step", setback: "Setback | None" = None) -> None:
        """Take the step, and keep what came of it. `setback` is what the graph raised on the step before, if it did."""
        from interrupt_mcp.driving import plan
        from interrupt_mcp.driving.outcome import LetGo, Raised, Reached, TimedOut
        from interrupt_mcp.execution.thread_state import answer_in

        if drive.control.drain_requested:
            return
        delivered = plan.answered_by(step)
        if delivered:
            await drive.deliver(delivered)
        gate = await drive.gate(self._signals, partial(self._onlooker.performed, drive.run_id), setback)
        match await drive.advance(step, gate, self._signals, self._seconds_left(drive.claimed)):
            case Reached(advanced) if advanced.ended:
                await self._finish(drive, answer_in(advanced.output), advanced.output)
            case Reached(advanced):
                # Where all that was asked before is answered, nothing is asked but what the output shows.
                asks = drive.asks_in(advanced, gate.records.bound) if setback is None and plan.answers_all(step) else ()
                state = None if asks else await drive.look(gate.records.bound, paused=True)
                asks = asks or (state.asks if state else ())
                if asks:
                    why = setback.why if setback else None
                    questions = await drive.questions(asks, gate.records.all)
                    await drive.journal.pause(questions, {}, drive.seconds, why)
                elif state:
                    await self._finish(drive, state.answer, advanced.output)
            case Raised(error):
                await self._failed(drive, gate, delivered, error, setback)
            case TimedOut():
                await end(drive.agent, drive.claimed.run)
                message = f"The run took longer than its {self._run_timeout:g} seconds"
                again = plan.made_again(await drive.look(gate.records.bound), gate.records.all)
                await drive.journal.fail("timeout", message, drive.seconds, again)
            case LetGo():
                if delivered and not drive.began:
                    await drive.take_back(delivered)
                log.info("run %s is let go: it goes on in the next process", drive.run_id)
            case _ as never:
                assert_never(never)

    async def _failed(
        self, drive: "Drive", gate: "Gate", delivered: Sequence[str], error: BaseException, setback: "Setback | None"
    ) -> None:
        """Go on after the graph raised: ask what is in doubt or pending, and fail the run if there is nothing to ask.

        Where it raised on answers that were delivered, the others are tried without these first.
        """
        from interrupt_mcp.driving import plan
        from interrupt_mcp.driving.agent_errors import FINAL, code_and_place
        from interrupt_mcp.driving.origin import OwnCode
        from interrupt_mcp.driving.outcome import Setback

        own = OwnCode(self._agents.config_path.parent, drive.agent)
        self._onlooker.raised(drive.run_id, error)
        code, message = code_and_place(error, own, gate.raised)
        log.warning("run %s on thread %s: %s: %s", drive.run_id, drive.thread_id, code, message)
        state = await drive.look(gate.records.bound)
        raised = frozenset(setback.taken_back if setback else ()).union(*state.failed)
        doubts = drive.in_doubt(state, gate.records.all, [i for i in delivered if i not in raised])
        await drive.forget_errors(delivered)
        if not doubts and code not in FINAL and state.raised_on(delivered):
            again = plan.resume_without(drive.claimed, state, raised)
            await self._advance(drive, again, Setback(code, message, tuple(raised), gate.records.all))
            return
        asks = [] if code in FINAL else drive.unanswered(state, raised, doubts)
        made_again = plan.made_again(state, gate.records.all)
        if asks or doubts:
            why = setback.why if setback else (code, message)
            questions = await drive.questions(asks, gate.records.all)
            await drive.journal.pause(questions, doubts, drive.seconds, why, made_again)
        else:
            await drive.journal.fail(code, message, drive.seconds, made_again)
            await self._tidy(drive)

    async def _finish(self, drive: "Drive", answer: str | None, output: Any) -> None:
        from interrupt_mcp.execution.thread_state import output_of

        found, keep = output_of(drive.graph, output), self._keeps(drive)
        await drive.journal.finish(answer, found, drive.seconds, self._signals.ends, keep)

    async def _tidy(self, drive: "Drive") -> None:
        """Delete the checkpoints of the thread's older runs."""
        if keep := self._keeps(drive):
            await self._store.threads.prune(drive.thread_id, keep)

    def _keeps(self, drive: "Drive") -> int:
        """Return of how many runs the thread keeps its checkpoints; 0 where it keeps all."""
        return self._keep_checkpoints if drive.checkpoints_are_whole else 0

    async def _stop_trying(self, claimed: ClaimedRun, error: Unavailable, tries: int) -> None:
        """Count the tries of a run of which nothing could be kept, and fail it at the last: each may cost money."""
        if tries < _TRIES:
            self._tries[claimed.run.run_id] = tries
            return
        with suppress(Fenced):
            await self._store.journal(claimed).fail(error.code, str(error), 0)

    async def _give_up(self, claimed: ClaimedRun, error: Exception) -> None:
        """Fail a run on what cannot be understood, so that it does not end the process, which drives others."""
        from interrupt_mcp.driving.agent_errors import code_and_message

        log.error("run %s cannot be driven", claimed.run.run_id, exc_info=error)
        with suppress(Fenced):
            await self._store.journal(claimed).fail(*code_and_message(error), 0)

    def _seconds_left(self, claimed: ClaimedRun) -> float | None:
        return None if self._run_timeout is None else max(0.0, self._run_timeout - claimed.driven_seconds)
