"""The dictionaries of the toy store, whose what is in them is, and its transactions."""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from interrupt_mcp.errors import Forbidden, UnknownInterrupt, UnknownRun
from interrupt_mcp.model import Effect, EffectStatus, Interrupt, Json, Principal, Run, RunId, ThreadId
from interrupt_mcp.model.lifecycle import InterruptEvent, RunEvent, interrupt_after, interrupts_before, run_after
from interrupt_mcp.store.known import Client, SeenClient, Session, Token
from interrupt_mcp.store.records import AskedCall, Done, NewRun, Reach, Thread


@dataclass(frozen=True)
class KeptThread:
    thread: Thread
    project: str
    created_at: datetime
    copied_from: str | None = None

    @property
    def principal(self) -> Principal:
        return self.thread.principal

    def concerns(self, asked: Interrupt) -> bool:
        return asked.thread_id == self.thread.thread_id


@dataclass(frozen=True)
class KeptRun:
    run: Run
    project: str
    number: int
    new: NewRun
    owner: str
    agent_digest: str
    epoch: int = 0
    driven_seconds: float = 0
    effects_left: tuple[Json, ...] = ()
    deaths: int = 0
    stood_at: tuple[str, int] = ("", 0)
    begun_epoch: int = 0

    @property
    def principal(self) -> Principal:
        return self.run.principal

    def concerns(self, asked: Interrupt) -> bool:
        return asked.run_id == self.run.run_id


@dataclass(frozen=True)
class KeptInterrupt:
    interrupt: Interrupt
    project: str
    number: int
    checkpoint_id: str | None
    """The thread's latest when it was asked."""
    deciders: frozenset[str] = frozenset()

    @property
    def principal(self) -> Principal:
        return self.interrupt.principal

    def concerns(self, asked: Interrupt) -> bool:
        return asked.interrupt_id == self.interrupt.interrupt_id


Kept = KeptThread | KeptRun | KeptInterrupt


@dataclass(frozen=True)
class KeptEffect:
    effect: Effect
    thread_id: ThreadId
    run_id: RunId
    at: str

    @property
    def decided(self) -> bool:
        """Whether a person decided on it, and it has begun."""
        return bool(self.effect.interrupt_id) and self.effect.status is not EffectStatus.PAUSED


@dataclass(frozen=True)
class KeptSession:
    session: Session
    project: str
    hash: str
    open_until: datetime
    token_hash: str = ""


@dataclass(frozen=True)
class KeptToken:
    token: Token
    project: str


@dataclass(frozen=True)
class SignIn:
    """A secret that begins a session."""

    project: str
    principal: Principal
    made_at: datetime
    expires_at: datetime
    opens: bool
    used: bool = False


@dataclass
class State:
    """All that is kept but checkpoints. What is in the dictionaries never changes: another takes its place."""

    threads: dict[str, KeptThread] = field(default_factory=dict)
    runs: dict[str, KeptRun] = field(default_factory=dict)
    interrupts: dict[str, KeptInterrupt] = field(default_factory=dict)
    effects: dict[tuple[str, str], KeptEffect] = field(default_factory=dict)
    """By run and key of the call."""
    asked_calls: list[tuple[str, str, AskedCall]] = field(default_factory=list)
    """With the agent and the thread; a thread's project tells whose they are."""
    seen_tools: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    """By project, agent and tool."""
    sessions: dict[str, KeptSession] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    ended_sessions: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """Until when it is kept, by project and hash."""
    """By the hash of the secret."""
    tokens: dict[str, KeptToken] = field(default_factory=dict)
    """By the hash of the token."""
    clients: dict[tuple[str, Client], SeenClient] = field(default_factory=dict)
    """By project and what it says of itself."""
    record: list[dict[str, Any]] = field(default_factory=list)

    def copied(self) -> "State":
        return State(**{name: kept.copy() for name, kept in vars(self).items()})

    def token(self, project: str, hash_: str) -> Token | None:
        """Return the token, where it counts."""
        kept = self.tokens.get(hash_)
        if kept is None or kept.project != project or kept.token.revoked_at is not None:
            return None
        ends = kept.token.expires_at
        return kept.token if ends is None or ends > datetime.now(UTC) else None

    def owns(self, reach: Reach, kept: Kept) -> bool:
        """Whether it may be changed within this reach."""
        return kept.project == reach.project and reach.principal in (None, kept.principal)

    def decides(self, reach: Reach, kept: Kept) -> bool:
        """Whether it is owned, or something of it is to be decided by whoever asks."""
        named = (each for each in self.interrupts.values() if not each.deciders.isdisjoint(reach.names))
        lent = any(kept.concerns(each.interrupt) for each in named)
        return self.owns(reach, kept) or (lent and kept.project == reach.project)

    def sees(self, reach: Reach, kept: Kept | None) -> bool:
        """Whether it is there at all for whoever asks."""
        if kept is None or kept.project != reach.project:
            return False
        return reach.reads_all or self.decides(reach, kept)

    def thread(self, reach: Reach, thread_id: str | None) -> KeptThread | None:
        kept = self.threads.get(thread_id or "")
        return kept if self.sees(reach, kept) else None

    def run(self, reach: Reach, run_id: str) -> KeptRun:
        kept = self.runs.get(run_id)
        if kept is None or not self.sees(reach, kept):
            raise UnknownRun(f"There is no run {run_id!r}")
        return kept

    def own_run(self, reach: Reach, run_id: str) -> KeptRun:
        kept = self.run(reach, run_id)
        if not self.owns(reach, kept):
            raise Forbidden(f"Run {run_id} is {kept.principal}'s")
        return kept

    def runs_of(self, reach: Reach, thread_id: str) -> list[KeptRun]:
        return [each for each in self.runs.values() if each.run.thread_id == thread_id and self.sees(reach, each)]

    def active(self, reach: Reach, thread_id: str) -> KeptRun | None:
        return next((each for each in self.runs_of(reach, thread_id) if not each.run.status.finished), None)

    def interrupt(self, reach: Reach, interrupt_id: str) -> KeptInterrupt:
        kept = self.interrupts.get(interrupt_id)
        if kept is None or not self.sees(reach, kept):
            raise UnknownInterrupt(f"There is no interrupt {interrupt_id!r}")
        return kept

    def asked(self, reach: Reach) -> list[KeptInterrupt]:
        return [each for each in self.interrupts.values() if self.sees(reach, each)]

    def interrupts_of(self, reach: Reach, run_id: str) -> tuple[Interrupt, ...]:
        return tuple(each.interrupt for each in self.asked(reach) if each.interrupt.run_id == run_id)

    def effects_of(self, reach: Reach, run_id: str) -> list[Done]:
        ours = self.sees(reach, self.runs.get(run_id))
        found = [each for each in self.effects.values() if ours and each.run_id == run_id and each.decided]
        return [Done(each.effect, each.at) for each in found]

    def change(self, interrupt: Interrupt) -> None:
        kept = self.interrupts[interrupt.interrupt_id]
        self.interrupts[interrupt.interrupt_id] = replace(kept, interrupt=interrupt)

    def turn(self, kept: KeptRun, event: RunEvent) -> KeptRun:
        """Move the run, as it is given, by an event."""
        run = replace(kept.run, status=run_after(kept.run.status, event), updated_at=datetime.now(UTC))
        self.runs[run.run_id] = turned = replace(kept, run=run)
        return turned

    def turn_interrupts(self, kept: KeptRun, event: InterruptEvent) -> None:
        """Move those interrupts of the run by an event in whose status it is possible."""
        for each in self.interrupts_of(Reach(kept.project), kept.run.run_id):
            if each.status in interrupts_before(event):
                self.change(replace(each, status=interrupt_after(each.status, event)))

    def end(self, kept: KeptRun, who: str) -> None:
        """End the run before its time, and what it asked."""
        self.turn(kept, RunEvent.CANCELLED)
        self.turn_interrupts(kept, InterruptEvent.SUPERSEDED)
        self.append(kept.project, "cancelled", kept.run, who=who)

    def origins(self, reach: Reach, thread_id: str) -> list[str]:
        """Return the thread, and those that it was copied from."""
        found = []
        at: str | None = thread_id
        while at is not None and (kept := self.thread(reach, at)) is not None:
            found.append(at)
            at = kept.copied_from
        return found

    def entries(self, reach: Reach) -> list[dict[str, Any]]:
        """Return the entries about what is seen: an interrupt, else a run, else a thread."""

        def about(entry: Mapping[str, Any]) -> Kept | None:
            if entry["interrupt_id"] is not None:
                return self.interrupts.get(entry["interrupt_id"])
            if entry["run_id"] is not None:
                return self.runs.get(entry["run_id"])
            return self.threads.get(entry["thread_id"])

        all_ = reach.principal is None or reach.reads_all
        ours = [each for each in self.record if each["project"] == reach.project]
        return [each for each in ours if all_ or self.sees(reach, about(each))]

    def append(self, project: str, event: str, run: Run | None, thread_id: str | None = None, **detail: Any) -> None:
        entry = {
            "at": datetime.now(UTC).isoformat(),
            "project": project,
            "event": event,
            "run_id": None if run is None else run.run_id,
            "thread_id": thread_id if run is None else run.thread_id,
            "interrupt_id": detail.pop("interrupt_id", None),
            "detail": detail,
        }
        previous = self.record[-1]["hash"] if self.record else ""
        self.record.append({"seq": len(self.record) + 1, **entry, "hash": chained(previous, entry)})


def chained(previous: str, entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(repr([previous, *entry.values()]).encode()).hexdigest()


class Dictionaries:
    """What several toys share, as processes share a file."""

    def __init__(self) -> None:
        self.state = State()
        """As the last transaction left it; to be read, by whoever likes."""
        self.saver = InMemorySaver()
        self.memories: dict[str, InMemoryStore] = {}
        self._turn = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[State]:
        """Give a state to change, which is kept whole or, where something is raised, not at all."""
        with self._turn:
            state = self.state.copied()
            yield state
            self.state = state
