"""A second store, made of dictionaries, for the contract suite alone: it shows what the port asks, and nothing more.

It loses everything when its process ends, waits for nobody, and is slow: each transaction copies what there is.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore

from interrupt_mcp.errors import Forbidden, UnknownInterrupt
from interrupt_mcp.model import Decision, Filters, Interrupt, InterruptId, JsonObject, Proof, RunId
from interrupt_mcp.store.port import Journal
from interrupt_mcp.store.records import Chain, ClaimedRun, Entry, Made, Place, Position, Reach
from interrupt_mcp.store.serializer import Types
from tests.store.toy_checkpoints import ToyCheckpoints
from tests.store.toy_clients import ToyClients
from tests.store.toy_dictionaries import Dictionaries, State, chained
from tests.store.toy_journal import ToyJournal
from tests.store.toy_runs import ToyRuns, is_wanted, page
from tests.store.toy_sessions import ToySessions
from tests.store.toy_threads import ToyThreads
from tests.store.toy_tokens import ToyTokens


class ToyDatabase:
    """See `store.port.Database`."""

    def __init__(self) -> None:
        self._dictionaries = Dictionaries()

    def store(self, reach: Reach, owner: str) -> "Toy":
        return Toy(self._dictionaries, reach, owner)

    def leases(self) -> None:
        return None

    def close(self) -> None:
        """Do nothing: what was written is kept, as far as anything is."""


class Toy:
    """See `store.port.Store`."""

    def __init__(self, database: Dictionaries, reach: Reach, owner: str) -> None:
        self.reach = reach
        self.owner = owner
        self._database = database
        self.runs = ToyRuns(database, reach, owner)
        self.interrupts = ToyInterrupts(database, reach)
        self.threads = ToyThreads(database, reach, owner)
        self.audit = ToyAudit(database, reach)
        self.sessions = ToySessions(database, reach)
        self.clients = ToyClients(database, reach.project)
        self.tokens = ToyTokens(database, reach.project)

    def within(self, reach: Reach) -> "Toy":
        return Toy(self._database, reach, self.owner)

    def journal(self, claimed: ClaimedRun) -> ToyJournal:
        return ToyJournal(self._database, self.reach, claimed)

    def checkpoints(self, journal: Journal | None = None, types: Types = ()) -> ToyCheckpoints:
        assert journal is None or isinstance(journal, ToyJournal), "a journal of this store"
        return ToyCheckpoints(self._database, self.reach, journal)

    def agent_memory(self, config: Mapping[str, Any]) -> AbstractAsyncContextManager[BaseStore]:
        @asynccontextmanager
        async def keeping() -> AsyncIterator[BaseStore]:
            yield self._database.memories.setdefault(self.reach.project, InMemoryStore())

        return keeping()

    def settle(self, seconds: float) -> None:
        """Wait for nothing: what was written is kept."""


class ToyInterrupts:
    """See `store.port.Interrupts`."""

    def __init__(self, database: Dictionaries, reach: Reach) -> None:
        self._database = database
        self._reach = reach

    async def get(self, name: str) -> Interrupt:
        ours = [each.interrupt for each in self._database.state.asked(self._reach)]
        found = [each for each in ours if each.interrupt_id == name] or [
            each for each in ours if each.code == name.upper()
        ]
        if not found:
            raise UnknownInterrupt(f"There is no interrupt {name!r}")
        return found[-1]

    async def of_run(self, run_id: str) -> tuple[Interrupt, ...]:
        return self._database.state.interrupts_of(self._reach, run_id)

    async def listed(self, filters: Filters, after: int | None, most: int) -> tuple[list[Interrupt], int | None]:
        kept = [
            (each.number, each.interrupt)
            for each in self._database.state.asked(self._reach)
            if each.interrupt.status.open and each.number > (after or 0)
        ]
        return page([each for each in kept if is_wanted(each[1], filters)], most)

    async def count_open(self, most: int) -> int:
        return len((await self.listed(Filters(), None, most))[0])

    async def made(self, before: Place | None, most: int) -> tuple[list[Made], Place | None]:
        found = [each for each in self._made() if before is None or _order(each.place) < _order(before)]
        return found[:most], found[most - 1].place if len(found) > most else None

    async def made_on(self, agent: str, action: str, most: int) -> Sequence[Made]:
        return [each for each in self._made() if (each.agent, each.action) == (agent, action)][:most]

    def _made(self) -> list[Made]:
        """Return all decisions, newest first."""
        state = self._database.state
        found = [
            made(state, each.interrupt, round_, decision, proof)
            for each in state.asked(self._reach)
            for (round_, _), (decision, proof) in each.interrupt.decisions.items()
        ]
        return sorted(found, key=lambda each: _order(each.place), reverse=True)

    async def open_elsewhere(self, run_id: RunId, most: int) -> int:
        found, _ = await self.listed(Filters(), None, len(self._database.state.interrupts))
        return min(most, sum(each.run_id != run_id for each in found))

    async def name_deciders(self, interrupt_id: InterruptId, names: Collection[str]) -> None:
        with self._database.transaction() as state:
            kept = state.interrupt(self._reach, interrupt_id)
            if not state.owns(self._reach, kept):
                raise Forbidden(f"Interrupt {kept.interrupt.code} is {kept.principal}'s")
            state.interrupts[interrupt_id] = replace(kept, deciders=frozenset(names))

    async def asked_at(self, thread_id: str, checkpoint_ids: Any) -> Sequence[tuple[str, Interrupt]]:
        return [
            (each.checkpoint_id, each.interrupt)
            for each in self._database.state.asked(self._reach)
            if each.interrupt.thread_id == thread_id
            and each.checkpoint_id is not None
            and each.checkpoint_id in checkpoint_ids
        ]


def made(state: State, asked: Interrupt, round_: int, decision: Decision, proof: Proof) -> Made:
    """Return the decision with what it was about, and what came of it."""
    request = next(each for each in asked.question.requests if each.index == decision.index)
    place = (asked.interrupt_id, decision.index)
    effects = [each.effect for each in state.effects.values() if (each.effect.interrupt_id, each.effect.index) == place]
    return Made(
        interrupt_id=asked.interrupt_id,
        code=asked.code,
        agent=asked.agent,
        run_id=asked.run_id,
        thread_id=asked.thread_id,
        action=request.action,
        args_before=request.args,
        decision=decision,
        proof=proof,
        round=round_,
        effect=effects[-1].status if effects else None,
        error=effects[-1].error if effects else "",
    )


def _order(place: Place) -> tuple[object, ...]:
    return place.at, place.interrupt_id, place.index, place.round


class ToyAudit:
    """See `store.port.Audit`."""

    def __init__(self, database: Dictionaries, reach: Reach) -> None:
        self._database = database
        self._reach = reach

    async def listed(self, after: Position, most: int) -> Sequence[JsonObject]:
        return [each for each in self._database.state.entries(self._reach) if each["seq"] > after][:most]

    async def position_at(self, moment: datetime) -> Position:
        before = [each for each in self._database.state.record if datetime.fromisoformat(each["at"]) < moment]
        return Position(max((each["seq"] for each in before if each["project"] == self._reach.project), default=0))

    async def since(self, position: Position) -> tuple[Sequence[Entry], Position]:
        state = self._database.state
        seen = [each for each in state.entries(self._reach) if each["seq"] > position]
        every = [each["seq"] for each in state.entries(Reach(self._reach.project))]
        entries = [Entry(each["event"], each["run_id"], each["thread_id"]) for each in seen]
        return entries, Position(max([position, *every]))

    async def verify(self) -> Chain:
        last = ""
        for count, each in enumerate(self._database.state.record):
            entry = {name: value for name, value in each.items() if name not in ("seq", "hash")}
            if each["hash"] != chained(last, entry):
                return Chain(count, last, each["seq"])
            last = each["hash"]
        return Chain(len(self._database.state.record), last, None)
