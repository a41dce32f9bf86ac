"""What chaos did and what it was told, kept on the client's side: nothing here is read from the server's database."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Started:
    """A run that was asked for."""

    run_id: str
    thread_id: str
    agent: str
    keys: tuple[str, ...]
    cancelled: bool = False
    """Whether somebody asked to cancel it, or dropped a step of it, whatever came of that."""


@dataclass
class Word:
    """One word of a person about one request. Its id is in the decision, so that it is known wherever it turns up."""

    id: str
    run_id: str
    interrupt_id: str
    key: str
    in_doubt: bool
    decision: dict[str, Any]
    acknowledged: bool = False
    sent: int = 0

    @property
    def type(self) -> str:
        return str(self.decision["type"])


@dataclass
class Journal:
    """Of one database."""

    started: dict[str, Started] = field(default_factory=dict)
    """Runs whose start was acknowledged, or that were found on their thread afterwards."""
    words: dict[str, Word] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    """Runs whose cancelling was acknowledged."""
    asked_in_doubt: set[tuple[str, str, str]] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    """What no client should ever see."""
    broken: dict[str, str] = field(default_factory=dict)
    """Threads that could not be finished or took no new input, and why."""
    steps: int = 0
    """Starts and decisions that were acknowledged: how fast work goes on, whatever the machine."""
    kills: int = 0
    leaves: int = 0
    """Processes that were told to leave, and got some time for it."""
    stops: int = 0
    zombies: int = 0
    """Of those that were stopped, how many were replaced as drivers before they went on."""
    worker_kills: int = 0
    """Without those that killed themselves."""
    worker_leaves: int = 0
    """Workers that were told to leave, and got some time for it."""
    worker_stops: int = 0
    worker_zombies: int = 0
    starvations: int = 0
    """Processes that hardly got anywhere for a while."""
    hungers: int = 0
    """Workers that got hardly any more memory for a while."""
    hungry: set[str] = field(default_factory=set)
    """Runs that ended since an agent got no more memory, and that somebody tried again."""
    died: set[str] = field(default_factory=set)
    """Runs that ended since processes died with them again and again, and that somebody tried again."""
    fills: int = 0
    locks: int = 0
    outages: int = 0
    """How often the database server was away."""
    breaks: int = 0
    """How often something happened to connections to it."""
    kinds: Counter[str] = field(default_factory=Counter)
    """What happened to the server and to connections, by what it was."""
    deploys: int = 0
    """How often another version took the place of all replicas."""
    replaced: int = 0
    """Replicas that left for one of these."""
    herds: int = 0
    """How often the same start came many times at once."""
    races: int = 0
    """How often a run was cancelled, through two processes, as it was decided on."""
    failed: Counter[str] = field(default_factory=Counter)
    """Calls that had no answer though the process lived, by what their client said."""

    @property
    def faults(self) -> int:
        """How much happened to processes, the server and connections, where there is a server."""
        hit = self.kills + self.leaves + self.stops + self.outages + self.breaks + self.replaced
        return hit + self.herds + self.kinds["deaf"] + self.kinds["wrong clock"]

    def word(self, run_id: str, interrupt: dict[str, Any], key: str, decision: dict[str, Any]) -> Word:
        id_ = f"word-{len(self.words)}."
        whole = {**decision, "interrupt_id": interrupt["interrupt_id"], "digest": interrupt["digest"]}
        in_doubt = interrupt["status"] == "unknown_outcome"
        self.words[id_] = Word(id_, run_id, interrupt["interrupt_id"], key, in_doubt, whole)
        return self.words[id_]
