"""The use cases: start a run, look, decide, cancel. It knows no protocol and no person's screen."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from interrupt_mcp import authority
from interrupt_mcp.authority import Decider
from interrupt_mcp.config.offers import Offer
from interrupt_mcp.errors import InvalidInput, NotGated, ThreadBusy, ThreadInterrupted
from interrupt_mcp.model import (
    Access,
    Channel,
    DecisionType,
    Interrupt,
    JsonObject,
    Request,
    Run,
    RunId,
    RunStatus,
)
from interrupt_mcp.model.previews import Preview
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.runs import decisions, permission
from interrupt_mcp.runs.beginning import new_run, new_thread
from interrupt_mcp.runs.caller import Actor, Progress, StartRequest, context_of
from interrupt_mcp.runs.decisions import GivenDecision, Proposals
from interrupt_mcp.runs.inquiries import Load, PreviewEdit, PreviewFaults, TakesInput
from interrupt_mcp.runs.parts import Parts
from interrupt_mcp.runs.previews import may_have_preview
from interrupt_mcp.runs.threads import Threads
from interrupt_mcp.runs.waiting import Waiting
from interrupt_mcp.store.port import Sessions
from interrupt_mcp.store.records import Moved, NewRun
from interrupt_mcp.views.agent_warnings import warnings

if TYPE_CHECKING:
    from interrupt_mcp.agents import AgentCard

_TRIES = 5
"""How often the input of a run is tried on the state of its thread, where other runs change that meanwhile."""
_NO_OFFER = Offer()


class Runs(Waiting):
    """The runs of one who calls, as one process serves them: theirs, and what they are to decide."""

    def __init__(self, parts: Parts, access: Access) -> None:
        super().__init__(parts, access)
        self.access = access
        self.clients = parts.clients
        self._side = parts.side_of(access, self._store)
        self._offers = parts.offers
        self._auth = parts.auth
        self._peers = parts.peers
        self._shares = parts.shares
        self.threads = Threads(parts, self._store, access, self._side)

    @property
    def sessions(self) -> Sessions:
        """Where and how long who calls is signed in at the pages."""
        return self._store.sessions

    def served_elsewhere(self) -> bool:
        """Whether another living process serves the project, and goes on with a run that is decided here."""
        return self._peers.served_elsewhere()

    async def start(self, request: StartRequest, actor: Actor, progress: Progress) -> RunId:
        """Start a run, or find the one that the same idempotency key started; return its id once it is on disk.

        Raises:
            InvalidInput, UnknownAgent, ThreadBusy, ThreadInterrupted, IdempotencyConflict, Unavailable
            NotGated: policy has tools of the agent held, and it runs where nothing here holds them.
            NeedsHuman: it was to reject what the thread's last run asks, and only a person may.
            Busy: this process drives as many runs as it takes, or as many of this principal as it takes.
        """
        if bool(request.message) == (request.input is not None):
            raise InvalidInput("Give exactly one of message and input")
        await self._side.ask(Load(request.agent), progress)
        reached = actor.shows_forms or await self.people.can_be_reached()
        approver = authority.approver_for(self._policy(), request.agent, self.access, reached=reached)
        thread_id = await self._store.threads.id_for_start(request.thread_id) if request.thread_id else new_thread()
        new = new_run(request, thread_id, context_of(self._offers.get(request.agent, _NO_OFFER), request), approver)
        with self._engine.place() as free:
            if (begun := await self._store.runs.same_request(new)) is not None:
                return begun
            if not free:
                raise self._engine.busy()
            await self._shares.refuse_more(self._store, str(self.access.principal))
            for _ in range(_TRIES):
                taken = await self._side.ask(TakesInput(request, new.context, new.run_id, new.thread_id))
                if taken.runs_at and (why := authority.not_gated(self._policy(), new.agent, taken.runs_at)):
                    raise NotGated(why)
                new = replace(new, agent_digest=taken.agent_digest, tried_on=taken.tried_on)
                # A caller that leaves meanwhile stops waiting, and what is on disk by then is driven all the same.
                with suppress(Moved), anyio.CancelScope(shield=True):
                    return await self._begin(new, request.reject_pending, actor)
        raise ThreadBusy(f"Other runs go on on thread {name_of(new.thread_id)}")

    async def _begin(self, new: NewRun, reject_pending: bool, actor: Actor) -> RunId:
        try:
            return await self._keep(new, actor)
        except ThreadInterrupted as error:
            waiting = await self._store.runs.active_on(new.thread_id)
            if waiting is None or waiting.status is not RunStatus.INTERRUPTED:
                raise
            if not reject_pending:
                raise ThreadInterrupted(f"{str(error).partition('. ')[0]} on {_asked(waiting)}") from error
            approver = await self.approver(new.thread_id, new.agent)
            policy = self._policy()
            decider = Decider.by(policy, self.access, waiting.principal)
            permission.refuse_rejecting(policy, approver, actor.channel, decider, waiting.interrupts, self.ways)
            await self._store.runs.reject_all(waiting.run_id, actor.channel, actor.who, waiting.interrupts)
            self._signals.changed(waiting.run_id)
            return await self._keep(new, actor)

    async def _keep(self, new: NewRun, actor: Actor) -> RunId:
        self.people.note(new.run_id, self._by_forms(actor))
        self._let_see.add(new.run_id)
        ownerless = not self._engine.claims_now
        enqueue = self._engine.enqueue(new.run_id) if ownerless else None
        begun = await self._store.runs.start(new, actor.who, enqueue, ownerless=ownerless)
        if begun.is_new:
            self._engine.submit(begun.run_id, begun.claimed, new.agent)
        return begun.run_id

    async def resume(self, run_id: str, given: Sequence[GivenDecision], actor: Actor) -> str:
        """Keep the decisions, all or none, and let the run go on once nothing is open.

        Without decisions, a run that ended in error is tried again. Return a remark for the caller, which may be empty.

        Raises:
            NeedsHuman: one of the decisions does not count from this caller.
            InvalidDecision and its like: one of them is bad.
        """
        run, interrupts = await self.case(run_id)
        self._let_see.add(run.run_id)
        if not given:
            return await self._again(run, actor)
        chosen = decisions.choices(run, interrupts, given)
        approver = await self.approver(run.thread_id, run.agent)
        decider = self._decider(run)
        permission.refuse(interrupts, chosen, actor.channel, approver, decider, self.ways)
        if not actor.channel.reaches_person or actor.shows_forms:
            self.people.note(run.run_id, self._by_forms(actor))
        # Kept whether there is a place or not: the run goes on in its turn, or where a process has a place before that.
        with anyio.CancelScope(shield=True), self._engine.place() as free:
            ownerless = not (free and self._engine.claims_now) or self._takeover.left_to_others
            decided = await self._store.runs.decide(
                run.run_id,
                chosen,
                actor.channel,
                actor.who,
                ownerless=ownerless,
                enqueue=self._engine.enqueue(run.run_id) if ownerless else None,
            )
            if decided.goes_on:
                self._takeover.go_on(run.run_id, decided.claimed, run.agent)
        self._signals.changed(run.run_id)
        repeated = [await self._store.interrupts.get(each) for each in decided.repeated]
        return " ".join(dict.fromkeys(decisions.describe(each) for each in repeated))

    async def proposals(self, run_id: str, given: Sequence[GivenDecision], actor: Actor) -> Proposals:
        """Return the decisions that this caller cannot make, and that a form can propose to a person instead.

        Raises:
            InvalidDecision and its like, as `resume` does: one of all the decisions is bad.
        """
        run, interrupts = await self.case(run_id)
        chosen = decisions.choices(run, interrupts, given)
        approver = await self.approver(run.thread_id, run.agent)
        decider = self._decider(run)
        return permission.proposals(interrupts, chosen, actor.channel, approver, decider)

    async def previewed(self, name: str, index: int, args: JsonObject) -> Preview | None:
        """Return what would change, as the request's preview says, where it was edited so; `None` without a preview.

        `name` is the id or code of an interrupt. It takes 2 seconds at most, once the agent is loaded.

        Raises:
            UnknownInterrupt: nothing has that name.
            InvalidDecision: the interrupt has no such request.
        """
        interrupt = await self.interrupt(name)
        if not may_have_preview(self._policy(), interrupt, index):
            return None
        return await self._side.ask(PreviewEdit(interrupt.agent, interrupt.interrupt_id, index, args))

    async def asked_by_form(self, interrupt: Interrupt, request: Request) -> bool:
        """Whether a person decides the request, and this one may, by a form."""
        approver = await self.approver(interrupt.thread_id, interrupt.agent)
        return authority.asked_by_form(request, approver, self._decider(interrupt))

    async def counting(self, interrupt: Interrupt, request: Request, channel: Channel) -> tuple[DecisionType, ...]:
        """Return which of the decisions that a request allows count from who calls, through the channel."""
        approver, decider = await self.approver(interrupt.thread_id, interrupt.agent), self._decider(interrupt)
        return tuple(
            kind
            for kind in request.allowed
            if authority.refusal(interrupt.question, request, kind, channel, approver, decider) is None
        )

    async def cancel(self, run_id: str, actor: Actor) -> Run:
        """End the run; one that is finished stays as it is."""
        run = await self.get(run_id)
        if await self._store.runs.cancel(run.run_id, actor.who):
            self._engine.cancel(run.run_id)
            self._signals.changed(run.run_id)
        return await self.get(run_id)

    async def warnings(self, card: "AgentCard") -> list[str]:
        """Return what the operator should know of an agent, from its card and from its runs."""
        seen, faults = await self._store.runs.seen_tools(card.name), card.preview_faults
        if faults is None:
            faults = await self._side.ask(PreviewFaults(card.name))
        return warnings(self._policy(), card, seen, faults, self._auth)

    def _decider(self, noun: Run | Interrupt) -> Decider:
        """Return who calls as one who would decide something of a run."""
        return Decider.by(self._policy(), self.access, noun.principal)

    def _by_forms(self, actor: Actor) -> Access | None:
        return self.access if actor.shows_forms else None

    async def _again(self, run: Run, actor: Actor) -> str:
        ownerless = not self._engine.claims
        enqueue = self._engine.enqueue(run.run_id) if ownerless else None
        with anyio.CancelScope(shield=True):
            if run.status is RunStatus.ERROR and await self._store.runs.retry(
                run.run_id, actor.who, enqueue, ownerless=ownerless
            ):
                self._engine.submit(run.run_id, agent=run.agent)
                return "The run is tried again from its last checkpoint."
        return ""


def _asked(run: Run) -> str:
    return ", ".join(f"{i.code} ({', '.join(r.action for r in i.wanted)})" for i in run.interrupts)
