"""The use cases: start a run, look, decide, cancel. It knows no protocol and no person's screen."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio

from interrupt_mcp import authority
from interrupt_mcp.config.policy import Policy, PolicyNow
from interrupt_mcp.driving.signals import Signals
from interrupt_mcp.engine.local import LocalEngine
from interrupt_mcp.errors import AgentError, InvalidInput, NeedsHuman, ThreadBusy, ThreadInterrupted, Unavailable
from interrupt_mcp.forms import key_of
from interrupt_mcp.model import (
    Approver,
    Channel,
    DecisionType,
    Interrupt,
    Request,
    Run,
    RunId,
    RunStatus,
    ThreadId,
    digest_of,
)
from interrupt_mcp.peers.neighbours import Neighbours
from interrupt_mcp.runs import decisions
from interrupt_mcp.runs.caller import Actor, Progress, StartRequest, silently
from interrupt_mcp.runs.decisions import GivenDecision, Proposals
from interrupt_mcp.runs.inputs import Inputs
from interrupt_mcp.runs.queries import Queries
from interrupt_mcp.runs.takeover import Takeover
from interrupt_mcp.runs.threads import Threads
from interrupt_mcp.store.runs import Moved
from interrupt_mcp.store.store import Choice, NewRun, Store
from interrupt_mcp.store.timeline import Timeline
from interrupt_mcp.views.agent_warnings import warnings
from interrupt_mcp.views.ways_to_decide import who_decides

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent, AgentCard, Agents

_LONG = 3600.0
_TRIES = 5
_IN_FLIGHT = (RunStatus.PENDING, RunStatus.RUNNING)


class Runs(Queries):
    """The runs of one project, as one process serves them."""

    def __init__(
        self,
        store: Store,
        agents: "Agents",
        engine: LocalEngine,
        signals: Signals,
        policy: PolicyNow,
        neighbours: Neighbours,
    ) -> None:
        super().__init__(store, policy)
        self._store = store
        self._agents = agents
        self._engine = engine
        self._signals = signals
        self._takeover = Takeover(store, engine, neighbours)
        timeline = Timeline(store.database, store.project, store.owner)
        self._inputs = Inputs(timeline)
        self.threads = Threads(timeline, agents, self._takeover.go_on, signals, policy, self._inputs)

    async def start(self, request: StartRequest, actor: Actor, progress: Progress) -> RunId:
        """Start a run, and give its id once it is on disk.

        Raises:
            InvalidInput, UnknownAgent, ThreadBusy, ThreadInterrupted, IdempotencyConflict, Unavailable
            Busy: this process drives as many runs as it takes.
        """
        if bool(request.message) == (request.input is not None):
            raise InvalidInput("Give exactly one of message and input")
        agent = await self._load(request.agent, progress)
        thread_id = ThreadId(request.thread_id or uuid.uuid4().hex)
        body = request.body()
        new = NewRun(
            run_id=RunId(uuid.uuid4().hex),
            thread_id=thread_id,
            agent=request.agent,
            input=body,
            context=request.context,
            agent_digest=agent.digest,
            request_digest=digest_of(
                {"agent": request.agent, **body, "context": request.context, "thread_id": request.thread_id}
            ),
            idempotency_key=request.idempotency_key or None,
            approver=authority.settled(self._policy(), request.agent, asks=actor.asks),
        )
        with self._engine.place() as free:
            if not free or (new.idempotency_key and self._store.same_request(new)):
                return self._begun(new)
            for _ in range(_TRIES):
                new = replace(new, tried_on=await self._inputs.checked(agent, request, thread_id))
                # A caller that leaves meanwhile stops waiting, and what is on disk by then is driven all the same.
                with suppress(Moved), anyio.CancelScope(shield=True):
                    return await self._begin(new, request.reject_pending, actor)
        raise ThreadBusy(f"Other runs go on on thread {thread_id}")

    async def _begin(self, new: NewRun, reject_pending: bool, actor: Actor) -> RunId:
        try:
            run_id, fresh = await self._store.start(new, actor.who)
        except ThreadInterrupted as error:
            waiting = self._store.active_run(new.thread_id)
            if waiting is None or waiting.status is not RunStatus.INTERRUPTED:
                raise
            if not reject_pending:
                raise ThreadInterrupted(f"{str(error).partition('. ')[0]} on {_asked(waiting)}") from error
            approver = await self.approver(new.thread_id, new.agent)
            check = partial(_refuse_rejecting, self._policy(), approver, actor.channel)
            await self._store.reject_all(waiting.run_id, actor.channel, actor.who, check)
            self._signals.changed(waiting.run_id)
            run_id, fresh = await self._store.start(new, actor.who)
        if fresh:
            self._engine.submit(run_id)
        return run_id

    def _begun(self, new: NewRun) -> RunId:
        run_id = self._store.same_request(new)
        if run_id is None:
            raise self._engine.busy()
        return run_id

    async def resume(self, run_id: str, given: Sequence[GivenDecision], actor: Actor) -> str:
        """Keep the decisions, all or none, and let the run go on once nothing is open; a remark for the caller.

        Without decisions, a run that ended in error is tried again.
        """
        run, interrupts = await self.case(run_id)
        if not given:
            return await self._again(run, actor)
        chosen = decisions.choices(run, interrupts, given)
        await self._refuse(run, interrupts, chosen, actor)
        # Kept whether there is a place or not: the run goes on in its turn, or where a process has a place before that.
        with anyio.CancelScope(shield=True), self._engine.place() as free:
            ownerless = not free or self._takeover.left_to_others
            decided = await self._store.decide(run.run_id, chosen, actor.channel, actor.who, ownerless=ownerless)
            if decided.goes_on:
                self._takeover.go_on(run.run_id)
        self._signals.changed(run.run_id)
        return " ".join(dict.fromkeys(decisions.describe(self._store.interrupt(i)) for i in decided.repeated))

    async def proposals(self, run_id: str, given: Sequence[GivenDecision], actor: Actor) -> Proposals:
        """Those of the decisions that this caller cannot make, and that a form can propose to a person instead.

        Raises:
            InvalidDecision and its like, as `resume` does: one of all the decisions is bad.
        """
        run, interrupts = await self.case(run_id)
        return await self._proposals(run, interrupts, decisions.choices(run, interrupts, given), actor)

    async def asked_by_form(self, interrupt: Interrupt, request: Request) -> bool:
        """Whether a person decides the request, and a form is a way to do so."""
        return authority.asked_by_form(request, await self.approver(interrupt.thread_id, interrupt.agent))

    async def until_decided(self, interrupt: Interrupt, index: int) -> None:
        """Wait until the request has its decision, or is no longer asked."""
        with self._signals.watch(interrupt.run_id) as watch:
            while True:
                now = self._store.interrupt(interrupt.interrupt_id)
                if not now.status.open or now.round != interrupt.round or now.decided(index):
                    return
                await watch.next(_LONG)

    async def cancel(self, run_id: str, actor: Actor) -> Run:
        """End the run; one that is finished stays as it is."""
        run = await self.get(run_id)
        if await self._store.cancel(run.run_id, actor.who):
            self._takeover.stop(run.run_id)
            self._signals.changed(run.run_id)
        return await self.get(run_id)

    async def wait(self, run_id: str, seconds: float, progress: Progress) -> Run:
        """The run, once it is no longer pending or running, at most so many seconds later."""
        deadline = anyio.current_time() + seconds
        told = ""
        with self._signals.watch(RunId(run_id), tells=progress is not silently) as watch:
            # Of a run that is driven here, the driver says when there is something to look at.
            run = None if self._engine.drives(RunId(run_id)) else await self.get(run_id)
            while True:
                left = deadline - anyio.current_time()
                if left <= 0 or self._engine.draining or (run and run.status not in _IN_FLIGHT):
                    return run or await self.get(run_id)
                if (doing := self._signals.doing(RunId(run_id))) != told:
                    told = doing
                    await progress(doing)
                self._takeover.go_on(RunId(run_id))
                if await watch.next(left):
                    run = await self.get(run_id)

    async def warnings(self, card: "AgentCard") -> list[str]:
        """What the operator should know of an agent, from what was seen of it."""
        return warnings(self._policy(), card, self._store.seen_tools(card.name))

    def doing(self, run: Run) -> str:
        """Which node or tool of the run runs now, as far as this process knows."""
        return self._signals.doing(run.run_id)

    def serve(self) -> None:
        """Be there for all runs of the project: go on with what is in flight and driven by nobody."""
        self._takeover.serve()

    def served_elsewhere(self) -> bool:
        """Whether another living process serves the project, and goes on with a run that is decided here."""
        return self._takeover.served_elsewhere

    def wake(self) -> None:
        """Have all who wait here look again."""
        self._signals.look_again()

    async def look_again(self) -> None:
        """Another process changed something, or may have ended.

        Raises:
            Unavailable: the database cannot be read.
        """
        # Of a run that is driven here, its driver tells.
        self._signals.look_again(but=self._engine.drives)
        await self._takeover.look_again()

    async def _load(self, name: str, progress: Progress) -> "Agent":
        await progress(f"loading {name}")
        try:
            return await self._agents.load(name)
        except AgentError as error:
            raise Unavailable(str(error).rstrip(".")) from error

    async def _again(self, run: Run, actor: Actor) -> str:
        with anyio.CancelScope(shield=True):
            if run.status is RunStatus.ERROR and await self._store.retry(run.run_id, actor.who):
                self._engine.submit(run.run_id)
                return "The run is tried again from its last checkpoint."
        return ""

    async def _refuse(self, run: Run, interrupts: Sequence[Interrupt], chosen: Sequence[Choice], actor: Actor) -> None:
        """
        Raises:
            NeedsHuman: somebody else, or somewhere else, must decide one of them.
        """
        approver = await self.approver(run.thread_id, run.agent)
        for interrupt, request, choice in _new(interrupts, chosen):
            match authority.refusal(interrupt.question, request, choice.decision.type, actor.channel, approver):
                case authority.Refusal.NO_PERSON:
                    raise NeedsHuman(f"A person must decide this, not the client: {who_decides(interrupts, approver)}")
                case authority.Refusal.WRONG_CHANNEL:
                    names = " or ".join(authority.reached_through(request))
                    raise NeedsHuman(f"Policy has {interrupt.code} decided through {names or 'no channel'} only")

    async def _proposals(
        self, run: Run, interrupts: Sequence[Interrupt], chosen: Sequence[Choice], actor: Actor
    ) -> Proposals:
        approver = await self.approver(run.thread_id, run.agent)
        return {
            key_of(interrupt, request): chosen.index(choice)
            for interrupt, request, choice in _new(interrupts, chosen)
            if authority.proposed_by_form(interrupt.question, request, choice.decision.type, actor.channel, approver)
        }


def _refuse_rejecting(policy: Policy, approver: Approver, channel: Channel, waiting: Sequence[Interrupt]) -> None:
    """
    Raises:
        NeedsHuman: a rejection of one of these does not count through the channel.
    """
    for interrupt in (authority.as_it_stands(policy, each) for each in waiting):
        for request in interrupt.undecided:
            if authority.refusal(interrupt.question, request, DecisionType.REJECT, channel, approver):
                raise NeedsHuman(
                    f"Run {interrupt.run_id} waits for {interrupt.code} ({request.action}), of which a reject is a"
                    f" person's word too, so nothing was rejected: {who_decides([interrupt], approver)}"
                )


def _new(interrupts: Sequence[Interrupt], chosen: Sequence[Choice]) -> Iterator[tuple[Interrupt, Request, Choice]]:
    """The decisions that are not made yet, with what they are about."""
    by_id = {interrupt.interrupt_id: interrupt for interrupt in interrupts}
    for choice in chosen:
        interrupt, index = by_id[choice.interrupt_id], choice.decision.index
        if interrupt.decided(index) is None:
            yield interrupt, next(each for each in interrupt.wanted if each.index == index), choice


def _asked(run: Run) -> str:
    return ", ".join(f"{i.code} ({', '.join(r.action for r in i.wanted)})" for i in run.interrupts)
