"""One drive of one run: the agent, its thread and its gate, from the run's claim to its next pause or its end."""

from asyncio import CancelledError
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import anyio

from interrupt_mcp import authority
from interrupt_mcp.concurrency.futures import result_of
from interrupt_mcp.config.policy import PolicyNow
from interrupt_mcp.driving import rulings
from interrupt_mcp.driving.agent_errors import LONGEST
from interrupt_mcp.driving.elsewhere import told_elsewhere
from interrupt_mcp.driving.outcome import LetGo, Outcome, Raised, Reached, Setback, TimedOut
from interrupt_mcp.driving.previews import Previews
from interrupt_mcp.driving.questions import questions
from interrupt_mcp.driving.wakeups import Signals
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.model import Ask, Bound, Dialect, Effect, EffectStatus, Interrupt, Performed, Question, RunId
from interrupt_mcp.model.configurable import configurable_of
from interrupt_mcp.store.port import Store
from interrupt_mcp.store.records import ClaimedRun, Fenced

if TYPE_CHECKING:
    from langgraph.runtime import RunControl
    from langgraph.store.base import BaseStore

    from interrupt_mcp.agents import Agent
    from interrupt_mcp.effects.gate import Gate
    from interrupt_mcp.effects.gate_question import MustAsk
    from interrupt_mcp.execution import Advanced, Step, ThreadState

_NOT_THE_AGENTS = (CancelledError, GeneratorExit, KeyboardInterrupt)
"""What ends the drive or the process, and comes by no agent's error."""
_LEFT = (EffectStatus.STARTED, EffectStatus.FAILED, EffectStatus.UNKNOWN)
"""How the record of a call stands that did not end well, once the drive that made it is over."""


class Drive:
    """One drive: the run as it was claimed, its agent, its graph with our checkpointer, and its journal."""

    def __init__(
        self,
        store: Store,
        claimed: ClaimedRun,
        agent: "Agent",
        agent_memory: "BaseStore",
        control: "RunControl",
        policy: PolicyNow,
        previews: Previews,
    ) -> None:
        """`agent_memory` is used where the graph has no store of its own; `control` stops the graph between steps."""
        from interrupt_mcp.execution.breakpoints import also_stopping_at

        self.claimed = claimed
        self.agent = agent
        self.control = control
        self._policy = policy
        self._previews = previews
        self.journal = store.journal(claimed)
        self.saver = store.checkpoints(self.journal, agent.types)
        memory = agent_memory if agent.graph.store is None else agent.graph.store
        ours = {"checkpointer": self.saver, "store": memory}
        self.graph = agent.graph.copy(update={**ours, **also_stopping_at(agent.graph, claimed.breakpoints)})
        self._store = store
        self._passed: dict[str, object] = {}
        """Tools and sensitive functions that came to the gate, by name."""
        self.began = False
        """Whether a node of the graph began."""
        self._since = anyio.current_time()

    @property
    def run_id(self) -> RunId:
        return self.claimed.run.run_id

    @property
    def thread_id(self) -> str:
        return self.claimed.run.thread_id

    @property
    def checkpoints_are_whole(self) -> bool:
        """Whether each checkpoint holds the whole state, rather than only what changed since the one before."""
        from langgraph.channels.delta import DeltaChannel

        graphs = [self.graph, *(graph for _, graph in self.graph.get_subgraphs(recurse=True))]
        return not any(isinstance(channel, DeltaChannel) for graph in graphs for channel in graph.channels.values())

    @property
    def seconds(self) -> float:
        """How long this drive has taken so far."""
        return anyio.current_time() - self._since

    async def look(self, bound: Bound | None = None, *, paused: bool = False) -> "ThreadState":
        """Return how the thread stands; `bound` are the interrupts of this drive, by the call they were raised in."""
        from interrupt_mcp.effects.defaults import defaults_of
        from interrupt_mcp.execution import look

        calls = (bound or Bound()).over(Bound.by(self.claimed.effects))
        below = await self.saver.asked_below(self.thread_id)
        nodes = await self.saver.nodes_below(self.thread_id) if below else {}
        return await look(
            self.graph,
            self.thread_id,
            calls,
            below,
            self.agent.tools,
            paused=paused,
            nodes=nodes,
            defaults=defaults_of,
        )

    def asks_in(self, advanced: "Advanced", bound: Bound) -> Sequence[Ask]:
        """Return all that the graph asks, as far as its output shows all; nothing where the thread must be read."""
        from interrupt_mcp.execution import asks_of

        if advanced.asked is None or not isinstance(self.graph.output_channels, list):
            return ()
        if "messages" in self.graph.channels and "messages" not in self.graph.output_channels:
            return ()
        calls = bound.over(Bound.by(self.claimed.effects))
        return asks_of(advanced.asked, advanced.output, calls, self.agent.tools)

    async def deliver(self, langgraph_ids: Collection[str]) -> None:
        """Keep that the answers are on their way to the graph.

        It is on disk before they are where they go to code that acts without a record. Tasks that failed after they
        asked these stand again where they asked.
        """
        from interrupt_mcp.effects.gate import asked_in

        asked, gated = rulings.answered(self.claimed.interrupts), asked_in(self.claimed.effects)
        unseen = any(_acts_unseen(asked[each]) for each in langgraph_ids if each not in gated)
        failed = await self.saver.failed_after(self.thread_id, langgraph_ids)
        soon = unseen or bool(failed)
        kept = self.journal.deliver(langgraph_ids, failed, soon=soon)
        if soon:
            await result_of(kept)

    async def take_back(self, langgraph_ids: Collection[str]) -> None:
        """Keep that the answers never reached the graph."""
        await result_of(self.journal.deliver(langgraph_ids, reached=False, soon=True))

    async def forget_errors(self, langgraph_ids: Collection[str]) -> None:
        """Have tasks that failed after they asked these stand where they asked."""
        if failed := await self.saver.failed_after(self.thread_id, langgraph_ids):
            await self.journal.forget_errors(failed)

    async def questions(self, asks: Iterable[Ask], records: Iterable[Effect]) -> dict[str, Question]:
        """Return what people are asked, by LangGraph's id, with policy and previews; `records` are those of the run."""
        from interrupt_mcp.execution.thread_state import tool_nodes

        nodes, policy = tool_nodes(self.graph), self._policy()
        found = questions(asks, list(records), self.claimed.interrupts, nodes, policy, self.agent.name)
        return await self._previews.added(self.agent, found, self._passed)

    async def gate(
        self, signals: Signals, performed: Callable[[Performed], None], setback: Setback | None = None
    ) -> "Gate":
        """Return a gate that knows all that was decided and done in the run, and tells what ran."""
        from interrupt_mcp.driving.must_ask import by_policy_too
        from interrupt_mcp.effects.gate import Gate
        from interrupt_mcp.effects.taken_as_done import taken_as_done

        taken = rulings.taken_as_done(self.claimed.interrupts)
        settled = [
            taken_as_done(e, taken[(e.interrupt_id, e.index)], self.saver.serde)
            for e in self.claimed.effects
            if e.status in _LEFT and (e.interrupt_id, e.index) in taken
        ]
        if settled:
            self.journal.record(settled)
        return Gate(
            self.journal,
            self.saver.serde,
            setback.records if setback else [*self.claimed.effects, *settled],
            rulings.rulings(self.claimed.interrupts, setback.taken_back if setback else ()),
            partial(signals.tell, self.run_id),
            by_policy_too(self._policy, self.agent.name, await self._about_carried()),
            self._note,
            performed,
        )

    def _note(self, name: str, target: object) -> None:
        """Note what came to the gate; keep, once, that a tool did which the agent does not show."""
        from interrupt_mcp.effects.marks import asks_first

        if name not in self._passed:
            self._passed[name] = target
            if name not in self.agent.tools and (target is None or not asks_first(target)):
                self.journal.see(name)

    async def _about_carried(self) -> "MustAsk":
        from interrupt_mcp.driving.must_ask import about_carried

        async def strict() -> bool:
            policy, kept = self._policy(), await self._store.threads.approver(self.thread_id)
            approver = authority.on_thread(policy, self.agent.name, kept)
            return authority.no_stand_in(policy, self.agent.name, approver)

        return await about_carried(self.claimed, self.graph, self._store, strict)

    async def advance(self, step: "Step", gate: "Gate", signals: Signals, seconds: float | None) -> Outcome:
        """Run the graph, at most so many seconds, to its next pause or its end.

        Raises:
            Fenced: the run was taken over, or ended.
            Unavailable: what the graph or the gate had to keep could not be kept.
        """
        from langgraph.errors import GraphDrained

        from interrupt_mcp.effects.active_gate import active
        from interrupt_mcp.execution import advance

        with anyio.move_on_after(seconds), active(gate) as besides:
            try:
                advanced = await advance(
                    self.graph,
                    self.thread_id,
                    self.run_id,
                    step,
                    context=self.claimed.context,
                    configurable=configurable_of(
                        self.claimed.context, self.agent.graph_id, self.agent.name, self.run_id, self.thread_id
                    ),
                    control=self.control,
                    notice=partial(self._notice, signals),
                    hear=partial(signals.say, self.run_id),
                    besides={**besides, **told_elsewhere(self.agent, self.journal)},
                )
            except GraphDrained:
                return LetGo()
            except (Fenced, Unavailable, *_NOT_THE_AGENTS):
                raise
            except BaseException as error:  # noqa: BLE001  the one place where an agent's errors arrive
                return Raised(error)
            return Reached(advanced)
        return TimedOut()

    def _notice(self, signals: Signals, node: str) -> None:
        self.began = True
        signals.tell(self.run_id, node)

    @property
    def on_their_way(self) -> list[str]:
        """LangGraph's ids of the interrupts whose answers an earlier drive gave to the graph."""
        return [id_ for id_, interrupt in rulings.answered(self.claimed.interrupts).items() if interrupt.delivered]

    def unanswered(
        self, state: "ThreadState", raised_on: Collection[str] = (), doubts: Collection[str] = ()
    ) -> list[Ask]:
        """Return what the thread asks and nobody answered.

        What a task raised on its answer to (`raised_on`, LangGraph's ids) is asked again; what is asked as an unknown
        outcome (`doubts`, our ids) is not asked twice. Where this run wrote nothing yet, what the thread asks is
        another run's, and nothing of this one's.
        """
        if state.run_id != self.run_id:
            return []
        answered = rulings.answered(self.claimed.interrupts)
        doubted = {i.langgraph_id for i in self.claimed.interrupts if i.interrupt_id in doubts}
        held = (answered.keys() - set(raised_on)) | doubted
        return [ask for ask in state.asks if ask.langgraph_id not in held]

    def in_doubt(
        self, state: "ThreadState", records: Iterable[Effect], on_their_way: Collection[str]
    ) -> dict[str, set[int]]:
        """Return the requests whose outcome is unknown, as indices by our interrupt id.

        Their action started, nobody knows how it ended, and it would be made again if the thread went on. Where an
        answer was on its way to a node that the gate does not reach, the node may have acted on it before its process
        died, or before it was cut off.
        """
        from interrupt_mcp.effects.gate import asked_in

        records = list(records)
        found: dict[str, set[int]] = {}
        settled = rulings.rounds_settled(self.claimed.interrupts)
        for effect in records:
            unsettled = settled.get((effect.interrupt_id, effect.index), 0) <= effect.round
            if effect.status in _LEFT and effect.interrupt_id and unsettled and state.stands_before(effect.call):
                found.setdefault(effect.interrupt_id, set()).add(effect.index)
        gated = asked_in(records)
        pending = {ask.langgraph_id for ask in state.asks if self.agent.place is None}  # else it is looked for there
        for langgraph_id, interrupt in rulings.answered(self.claimed.interrupts).items():
            if langgraph_id in on_their_way and langgraph_id in pending - gated and _acts_unseen(interrupt):
                found[interrupt.interrupt_id] = {r.index for r in interrupt.question.requests}
        return found

    def failed_with(self, doubts: Mapping[str, Collection[int]]) -> tuple[str, str] | None:
        """Return the error, as its code and its message, that an action in doubt is on record with, if one is."""
        failed = (e for e in self.claimed.effects if e.status is EffectStatus.FAILED and e.error)
        error = next((e.error for e in failed if e.index in doubts.get(e.interrupt_id, ())), None)
        return None if error is None else ("agent_error", error[:LONGEST])


def _acts_unseen(interrupt: Interrupt) -> bool:
    """Whether the answer went to code that may have acted on it without a record."""
    return interrupt.question.dialect not in (Dialect.MIDDLEWARE, Dialect.BREAKPOINT)
