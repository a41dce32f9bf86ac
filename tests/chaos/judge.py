"""What is left afterwards, held against what people were told and against what they said.

It reads the database, the file of effects and the journal, and asks no server.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.agents import AMOUNT
from tests.chaos.journal import Journal, Started
from tests.chaos.keeping import OnServer
from tests.chaos.servers import Home

FOLLOWED_TWICE = """
SELECT thread_id FROM checkpoints WHERE checkpoint_ns = '' AND parent_checkpoint_id IS NOT NULL
GROUP BY thread_id, parent_checkpoint_id HAVING count(*) > 1
"""
"""Nobody goes back in a storm: two drivers wrote at once, or one went on from an old state of the file."""

_BY_ITSELF = re.compile(
    r"[Ww]orker \S+ (?:ended with exit|was ended by SIG(?!KILL|TERM)|was ended: it did|is ended:).*"
)
"""What a server says of a worker that ended though nobody killed it."""


@dataclass(frozen=True)
class Fault:
    """Something that must not be, and all that is known about it."""

    what: str
    run_id: str
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n    ".join([f"{self.what} (run {self.run_id})", *self.known])


@dataclass
class Verdict:
    """Four lists that must be empty, and what else was counted."""

    lost_runs: list[Fault] = field(default_factory=list)
    lost_decisions: list[Fault] = field(default_factory=list)
    repeated: list[Fault] = field(default_factory=list)
    broken: list[Fault] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    effects: int = 0
    decisions: int = 0

    @property
    def faults(self) -> list[Fault]:
        return [*self.lost_runs, *self.lost_decisions, *self.repeated, *self.broken]


@dataclass
class Permitted:
    """What people's words about one action come to, in the order in which they were kept."""

    amount: int = AMOUNT
    times: Counter[int] = field(default_factory=Counter)
    """How often the action may have been done, by its amount."""
    marks: str = ""
    """What the outcome must speak of, where the run came to its end."""
    acknowledged: bool = False
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, word: "_Kept", acknowledged: bool) -> None:
        """One more word that is on record."""
        self.acknowledged = acknowledged
        place = f"{word.interrupt_id} {word.index}"
        does = self._does(word)
        if (first := self._first.get(place)) is None:
            self.marks = self._first[place] = f"did {key}" if does else word.id
            # Where a graph raised on an answer, it asks anew, and not as it was answered.
            self.amount = word.body["args"]["amount"] if word.type == "edit" else word.shown or self.amount
            self.times[self.amount] += does
        elif word.type == "accept":
            self.marks = first
            self.times[self.amount] += first == f"did {key}"
        else:
            self.marks = word.id

    def _does(self, word: "_Kept") -> bool:
        value = word.body.get("value")
        return word.type in ("accept", "edit") or (isinstance(value, dict) and bool(value.get("do")))


@dataclass(frozen=True)
class _Kept:
    """A decision as the audit has it."""

    interrupt_id: str
    index: int
    type: str
    body: dict[str, Any]
    shown: int | None
    """The amount that was asked about, where one was."""

    @property
    def id(self) -> str:
        """Of the person's word: it is the only text in each decision that looks like it."""
        text = json.dumps(self.body)
        return text[text.index("word-") :].partition(".")[0] + "."


class Judge:
    """Of one database, when nobody uses it any more."""

    def __init__(self, home: Home, journal: Journal) -> None:
        self._journal = journal
        self._on_server = isinstance(home.keeping, OnServer)
        self._unsound = home.keeping.faults()
        self._runs = {row["run_id"]: row for row in home.keeping.rows("SELECT * FROM runs")}
        self._forked = [row["thread_id"] for row in home.keeping.rows(FOLLOWED_TWICE)]
        self._audit = home.keeping.rows("SELECT * FROM audit ORDER BY seq")
        self._said = (home.path / "stderr.txt").read_text()
        lines = home.effects.read_text().splitlines()[1:]
        self._effects = [json.loads(line) for line in lines]
        self._kept = list(self._read_kept())

    def judge(self) -> Verdict:
        verdict = Verdict(odd=list(self._journal.odd), effects=len(self._effects), decisions=len(self._kept))
        if not self._journal.hungers:
            verdict.odd += self._unexpected()
        verdict.odd += self._unsound
        unasked = self._runs.keys() - self._journal.started.keys() if self._on_server else ()
        verdict.odd += [f"nobody started run {run_id}: {self._runs[run_id]}" for run_id in unasked]
        permitted = self._permitted()
        verdict.lost_runs += self._lost_runs()
        verdict.lost_decisions += self._lost_decisions(permitted)
        verdict.repeated += self._repeated(permitted)
        forked = dict.fromkeys(self._forked, "a checkpoint was followed by two")
        for thread_id, why in (self._journal.broken | forked).items():
            runs = [run_id for run_id, row in self._runs.items() if row["thread_id"] == thread_id]
            verdict.broken.append(self._fault(f"thread {thread_id} is broken: {why}", runs[-1] if runs else ""))
        return verdict

    def _unexpected(self) -> Iterator[str]:
        """What processes said that they should not, where all had the memory that they need."""
        if "Traceback" in self._said:
            yield "a process wrote a traceback: " + self._said[self._said.index("Traceback") - 300 :][:6000]
        yield from (f"a worker ended by itself: {told}" for told in _BY_ITSELF.findall(self._said))

    def _read_kept(self) -> Iterator[_Kept]:
        for row in self._audit:
            if row["event"] == "decided":
                detail = json.loads(row["detail"])
                body = {name: detail[name] for name in ("args", "message", "value") if name in detail}
                shown = (detail.get("args_before") or {}).get("amount")
                yield _Kept(row["interrupt_id"], detail["index"], detail["type"], body, shown)

    def _permitted(self) -> dict[str, Permitted]:
        found: dict[str, Permitted] = defaultdict(Permitted)
        known = set()
        for kept in self._kept:
            word = self._journal.words[kept.id]
            if kept.id not in known:
                found[word.key].add(word.key, kept, word.acknowledged)
            known.add(kept.id)
        return found

    def _lost_runs(self) -> Iterator[Fault]:
        for started in self._journal.started.values():
            row = self._runs.get(started.run_id)
            if row is None:
                yield self._fault("an acknowledged run is not there", started.run_id)
            elif row["status"] == "cancelled":
                if not started.cancelled:
                    yield self._fault("a run was cancelled, and nobody did", started.run_id)
            elif row["status"] != "success":
                why = f"a run ended as {row['status']}: {row['error_code']}: {row['error_message']}"
                yield self._fault(why, started.run_id)
            elif started.run_id in self._journal.cancelled:
                yield self._fault("a run went on after its cancelling was acknowledged", started.run_id)

    def _lost_decisions(self, permitted: dict[str, Permitted]) -> Iterator[Fault]:
        on_record = {kept.id: kept for kept in self._kept}
        for word in self._journal.words.values():
            if word.acknowledged and word.id not in on_record:
                yield self._fault(f"an acknowledged decision is not on record: {word}", word.run_id, word.key)
        for started in self._journal.started.values():
            row = self._runs.get(started.run_id)
            if row is not None and row["status"] == "success":
                yield from self._not_carried_out(started, f"{row['answer']} {row['output']}", permitted)

    def _not_carried_out(self, started: Started, outcome: str, permitted: dict[str, Permitted]) -> Iterator[Fault]:
        for key in started.keys:
            said = permitted.get(key)
            if self._depends(key, started, permitted):
                continue
            if said is None:
                yield self._fault(f"nobody was asked about {key}", started.run_id, key)
                continue
            done = any(effect["key"] == key for effect in self._effects)
            if said.marks not in outcome or (said.marks == f"did {key}" and not done):
                yield self._fault(f"what was decided last about {key} did not come true: {said}", started.run_id, key)

    def _depends(self, key: str, started: Started, permitted: dict[str, Permitted]) -> bool:
        """Whether it is a part of a call that was not made to its end, or such a call, and shows in no outcome."""
        whole = key.rpartition(".")[0]
        if whole in started.keys and (whole not in permitted or permitted[whole].marks != f"did {whole}"):
            return True
        charged = f"{key}.f"
        return charged in started.keys and charged in permitted and permitted[charged].marks != f"did {charged}"

    def _repeated(self, permitted: dict[str, Permitted]) -> Iterator[Fault]:
        done = Counter((effect["key"], effect["amount"]) for effect in self._effects)
        runs = {key: started.run_id for started in self._journal.started.values() for key in started.keys}
        for (key, amount), times in done.items():
            allowed = permitted[key].times[amount] if key in permitted else 0
            if times > allowed:
                what = f"{key} was done {times} times with {amount}, and people said so {allowed} times"
                yield self._fault(what, runs.get(key, "unknown"), key)

    def _fault(self, what: str, run_id: str, key: str = "") -> Fault:
        """With what the person's side, the file of effects and the audit say of it."""
        words = [str(w) for w in self._journal.words.values() if w.run_id == run_id and key in ("", w.key)]
        effects = [f"effect {e}" for e in self._effects if key and e["key"] == key]
        audit = [f"{r['seq']} {r['at']} {r['event']} {r['detail']}" for r in self._audit if r["run_id"] == run_id]
        row = self._runs.get(run_id)
        run = [f"run {dict(row)}"] if row is not None else []
        return Fault(what, run_id, (*run, *words, *effects, *audit))
