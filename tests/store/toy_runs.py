"""Runs in the toy store."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from interrupt_mcp.errors import (
    IdempotencyConflict,
    InvalidInput,
    RunFinished,
)
from interrupt_mcp.model import (
    Channel,
    Decision,
    DecisionType,
    EffectStatus,
    Filters,
    Interrupt,
    Json,
    Run,
    RunId,
    RunStatus,
)
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent, run_takes
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.store.flight import InFlight
from interrupt_mcp.store.port import Enqueue
from interrupt_mcp.store.records import (
    NOBODY,
    Begun,
    Choice,
    ClaimedRun,
    Decided,
    Done,
    Moved,
    NewRun,
    Reach,
    Thread,
    Usage,
)
from tests.store.toy_decisions import choose
from tests.store.toy_dictionaries import Dictionaries, KeptRun, KeptThread, State
from tests.store.toy_entering import add_run, refuse_active, tightened
from tests.store.toy_flight import counted, goes_on, place_of, release, standing

Noun = TypeVar("Noun", Run, Interrupt)


class ToyRuns:
    """See `store.port.Runs`."""

    def __init__(self, database: Dictionaries, reach: Reach, owner: str) -> None:
        self._database = database
        self._reach = reach
        self._owner = owner

    async def get(self, run_id: str) -> Run:
        return (await self.with_interrupts(run_id))[0]

    async def with_interrupts(self, run_id: str) -> tuple[Run, tuple[Interrupt, ...]]:
        state = self._database.state
        run, asked = state.run(self._reach, run_id).run, state.interrupts_of(self._reach, run_id)
        return replace(run, interrupts=tuple(each for each in asked if each.status.open)), asked

    async def listed(self, filters: Filters, after: int | None, most: int) -> tuple[list[Run], int | None]:
        kept = [
            (each.number, each.run)
            for each in reversed(self._database.state.runs.values())
            if self._database.state.sees(self._reach, each)
            and is_wanted(each.run, filters)
            and (not after or each.number < after)
        ]
        return page(kept, most)

    async def active_on(self, thread_id: str) -> Run | None:
        kept = self._database.state.active(self._reach, thread_id)
        return None if kept is None else await self.get(kept.run.run_id)

    async def same_request(self, new: NewRun) -> RunId | None:
        return self._same(self._database.state, new)

    async def start(self, new: NewRun, who: str, enqueue: Enqueue | None = None, *, ownerless: bool = False) -> Begun:
        with self._database.transaction() as state:
            if (same := self._same(state, new)) is not None:
                return Begun(same, is_new=False)
            approver = self._enter(state, new).thread.approver
            kept = add_run(state, self._reach, NOBODY if ownerless else self._owner, new, who)
            if enqueue is not None:
                enqueue(state)
            state.append(self._reach.project, "started", kept.run, who=who, agent=new.agent, approver=approver)
            return Begun(new.run_id, True, None if ownerless else self._claim(state, kept))

    async def decide(
        self,
        run_id: RunId,
        choices: Sequence[Choice],
        channel: Channel,
        who: str,
        *,
        ownerless: bool = False,
        enqueue: Enqueue | None = None,
    ) -> Decided:
        with self._database.transaction() as state:
            new = [choose(state, self._reach, choice, channel, who) for choice in choices]
            kept = state.run(self._reach, run_id)
            repeated = tuple(choice.interrupt_id for choice, is_new in zip(choices, new, strict=True) if not is_new)
            asks = any(each.status.open for each in state.interrupts_of(Reach(self._reach.project), run_id))
            if asks or not any(new) or not run_takes(kept.run.status, RunEvent.RESUMED):
                return Decided(False, repeated)
            owner = NOBODY if ownerless else self._owner
            kept = replace(kept, owner=owner, epoch=kept.epoch + (kept.owner != owner))
            kept = state.turn(replace(kept, run=replace(kept.run, error=None), deaths=0), RunEvent.RESUMED)
            if enqueue is not None:
                enqueue(state)
            return Decided(True, repeated, None if ownerless else self._claim(state, kept))

    async def reject_all(self, run_id: RunId, channel: Channel, who: str, asked: Sequence[Interrupt]) -> None:
        with self._database.transaction() as state:
            kept = state.own_run(self._reach, run_id)
            if kept.run.status is not RunStatus.INTERRUPTED:
                return
            waiting = [each for each in state.interrupts_of(self._reach, run_id) if each.status.open]
            if [(each.interrupt_id, each.digest) for each in waiting] != [(e.interrupt_id, e.digest) for e in asked]:
                raise Moved(run_id)
            for each in waiting:
                for request in each.undecided:
                    if DecisionType.REJECT in request.allowed:
                        decision = Decision(DecisionType.REJECT, request.index)
                        choice = Choice(each.interrupt_id, each.round, decision, request.action)
                        choose(state, self._reach, choice, channel, who)
            state.turn_interrupts(kept, InterruptEvent.APPLIED)
            state.end(kept, who)

    async def retry(self, run_id: RunId, who: str, *, ownerless: bool = False) -> bool:
        with self._database.transaction() as state:
            kept = state.own_run(self._reach, run_id)
            if not run_takes(kept.run.status, RunEvent.RETRIED):
                return False
            refuse_active(state, self._reach, kept.run.thread_id)
            last = state.runs_of(self._reach, kept.run.thread_id)[-1]
            if last != kept:
                raise RunFinished(f"Run {run_id} failed, and its thread went on with run {last.run.run_id}")
            state.append(self._reach.project, "retried", kept.run, who=who)
            kept = replace(kept, run=replace(kept.run, error=None), driven_seconds=0, deaths=0)
            owner = NOBODY if ownerless else self._owner
            state.turn(replace(kept, owner=owner, epoch=kept.epoch + 1), RunEvent.RETRIED)
            return True

    async def cancel(self, run_id: RunId, who: str) -> bool:
        with self._database.transaction() as state:
            kept = state.own_run(self._reach, run_id)
            if possible := run_takes(kept.run.status, RunEvent.CANCELLED):
                state.end(kept, who)
            return possible

    async def claim(self, run_id: RunId, from_owner: str) -> ClaimedRun | None:
        with self._database.transaction() as state:
            kept = state.own_run(self._reach, run_id)
            return self._claim(state, kept) if kept.owner == from_owner else None

    async def owner_of(self, run_id: RunId) -> str:
        kept = self._database.state.runs.get(run_id)
        return kept.owner if kept is not None and self._database.state.sees(self._reach, kept) else NOBODY

    async def in_flight(self) -> Sequence[InFlight]:
        ours = (kept for kept in self._database.state.runs.values() if kept.project == self._reach.project)
        return sorted((standing(kept, self._owner) for kept in ours if goes_on(kept)), key=lambda each: each.owner)

    async def standing(self, run_id: RunId) -> InFlight | None:
        kept = self._database.state.runs.get(run_id)
        seen = kept is not None and self._database.state.sees(self._reach, kept) and goes_on(kept)
        return standing(kept, self._owner) if kept is not None and seen else None

    async def got_on(self, run_id: RunId) -> bool:
        state = self._database.state
        kept = state.runs.get(run_id)
        seen = kept is not None and state.sees(self._reach, kept)
        return kept is not None and seen and place_of(kept, self._database.saver) != kept.stood_at

    def release(self) -> Future[None]:
        future: Future[None] = Future()
        with self._database.transaction() as state:
            release(state, self._reach, self._owner)
        future.set_result(None)
        return future

    async def not_mine(self, run_ids: Collection[RunId]) -> Sequence[RunId]:
        return [
            kept.run.run_id
            for kept in self._database.state.runs.values()
            if kept.run.run_id in run_ids
            and kept.project == self._reach.project
            and (kept.run.status is RunStatus.CANCELLED or kept.owner != self._owner)
        ]

    async def going_on(self, run_ids: Collection[RunId]) -> frozenset[RunId]:
        return frozenset(
            kept.run.run_id
            for kept in self._database.state.runs.values()
            if kept.run.run_id in run_ids
            and kept.project == self._reach.project
            and kept.run.status is RunStatus.RUNNING
        )

    async def usage(self) -> Usage:
        state = self._database.state
        ours = [each.run.status for each in state.runs.values() if state.owns(self._reach, each)]
        waiting = ours.count(RunStatus.INTERRUPTED)
        return Usage(sum(not each.finished for each in ours) - waiting, waiting)

    async def effects(self, run_id: str) -> Sequence[Done]:
        return self._database.state.effects_of(self._reach, run_id)

    async def effects_left(self, run_id: str) -> list[Json]:
        kept = self._database.state.runs.get(run_id)
        return list(kept.effects_left) if kept is not None and self._database.state.sees(self._reach, kept) else []

    async def seen_tools(self, agent: str) -> Mapping[str, bool]:
        seen = self._database.state.seen_tools
        return {
            tool: asks for (project, of, tool), asks in seen.items() if (project, of) == (self._reach.project, agent)
        }

    def _same(self, state: State, new: NewRun) -> RunId | None:
        for each in state.runs.values() if new.idempotency_key is not None else ():
            key = (self._reach.project, self._reach.principal, new.idempotency_key)
            if (each.project, each.principal, each.new.idempotency_key) == key:
                if each.new.request_digest != new.request_digest:
                    raise IdempotencyConflict(f"{new.idempotency_key!r} started run {each.run.run_id} with others")
                return each.run.run_id
        return None

    def _enter(self, state: State, new: NewRun) -> KeptThread:
        """Return the thread, which is made, or may be gone on with and is as strict as the run from here on."""
        if new.thread_id in state.threads:
            kept = state.threads[new.thread_id]
            if not state.owns(self._reach, kept) or kept.thread.agent != new.agent:
                raise InvalidInput(f"thread_id {name_of(new.thread_id)!r} is taken")
            refuse_active(state, self._reach, new.thread_id)
        else:
            assert self._reach.principal is not None, "somebody starts"
            thread = Thread(new.thread_id, new.agent, self._reach.principal, new.approver)
            kept = KeptThread(thread, self._reach.project, datetime.now(UTC))
        head = max(self._database.saver.storage.get(new.thread_id, {}).get("", {}), default="")
        if new.tried_on not in (None, head):
            raise Moved(new.thread_id)
        return tightened(state, kept, new)

    def _claim(self, state: State, kept: KeptRun) -> ClaimedRun | None:
        before = kept
        run_id = kept.run.run_id
        if not run_takes(kept.run.status, RunEvent.CLAIMED):
            return None
        anew = kept.owner != self._owner or kept.run.status is RunStatus.RUNNING or not kept.epoch
        kept = counted(kept, self._owner, self._database.saver)
        kept = state.turn(replace(kept, owner=self._owner, epoch=kept.epoch + anew), RunEvent.CLAIMED)
        effects = {key: each for key, each in state.effects.items() if key[0] == run_id}
        for key, each in effects.items():
            if each.effect.status is EffectStatus.STARTED:
                effects[key] = replace(each, effect=replace(each.effect, status=EffectStatus.UNKNOWN))
        state.effects |= effects
        earlier = [each for each in state.runs_of(self._reach, kept.run.thread_id) if each.number < kept.number]
        new_thread = not earlier and not self._has_checkpoints(kept.run)
        ended_well = earlier[-1].run.status is RunStatus.SUCCESS if earlier else new_thread
        return ClaimedRun(
            run=kept.run,
            begins=kept.new.begins,
            context=kept.new.context,
            breakpoints=kept.new.breakpoints,
            epoch=kept.epoch,
            from_pause=before.run.status is RunStatus.PENDING and before.epoch > 0,
            clean_start=not before.epoch and ended_well,
            new_thread=not before.epoch and new_thread,
            agent_digest=kept.agent_digest,
            driven_seconds=kept.driven_seconds,
            interrupts=state.interrupts_of(Reach(self._reach.project), run_id),
            effects=tuple(each.effect for each in effects.values()),
            deaths=kept.deaths,
        )

    def _has_checkpoints(self, run: Run) -> bool:
        return bool(self._database.saver.storage.get(run.thread_id))


def is_wanted(noun: Run | Interrupt, filters: Filters) -> bool:
    """Return whether the noun is of these."""
    return all(getattr(noun, name) == value for name, value in filters.given.items())


def page(kept: Sequence[tuple[int, Noun]], most: int) -> tuple[list[Noun], int | None]:
    """Return the first of these, and where the next page begins."""
    return [noun for _, noun in kept[:most]], kept[most - 1][0] if len(kept) > most else None
