"""What must be true, by the rules and nothing else: what waits, what is decided, which effects may be there.

It knows of runs what clients are told of them, and of effects how often somebody said that they may happen.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

FINISHED = ("success", "cancelled")
DOES = ("accept", "edit")


@dataclass(frozen=True)
class Word:
    """A person's decision on one request."""

    type: str
    fields: tuple[tuple[str, Any], ...] = ()

    def sent(self) -> dict[str, Any]:
        return {"type": self.type, **dict(self.fields)}


@dataclass
class Request:
    """One action that a run asked about, for the whole of its life."""

    what: str
    interrupt_id: str
    code: str
    index: int
    allowed: Sequence[str]
    freeform: bool
    round: int = 0
    """How often nobody knew whether it was done."""
    word: Word | None = None
    """The decision that was acknowledged in this round."""
    unheard: Word | None = None
    """One that was sent in this round, and nobody knows whether it was kept."""
    said: list[Word] = field(default_factory=list)
    """All that were kept, of all rounds."""
    line: str = ""
    """What it does, if it is done."""
    deaths: int = 0
    """Of how many processes, since it was decided."""

    def keep(self, word: Word) -> None:
        self.word, self.unheard, self.deaths = word, None, 0
        self.said.append(word)
        if not self.round:
            self.line = self._line(word)

    def see_record(self, kept: Sequence[str]) -> None:
        """Take in which decisions are on record: all that were acknowledged, and perhaps the one that was unheard."""
        if self.unheard is not None and len(kept) > len(self.said):
            self.keep(self.unheard)
            self.deaths = 1
        self.unheard = None
        assert [word.type for word in self.said] == list(kept), (self, kept)

    def _line(self, word: Word) -> str:
        if self.freeform:
            return f"{self.what} {dict(word.fields)['value']}"
        return str(dict(word.fields)["args"]["what"]) if word.type == "edit" else self.what

    @property
    def may_be_done(self) -> int:
        """How often somebody let it be done."""
        if not self.said:
            return 0
        first, *later = self.said
        if not (self.freeform or first.type in DOES):
            return 0
        return 1 + sum(word.type == "accept" for word in later)

    @property
    def must_be_done(self) -> bool:
        """Whether it was done at least once, in a run that came to its end."""
        return self.may_be_done > 0 and (not self.round or self.said[-1].type == "accept")


def word(request: Request, kind: str) -> Word:
    """A decision of that kind, or of one that the request allows."""
    kind = kind if kind in request.allowed else request.allowed[0]
    match kind:
        case "edit":
            return Word("edit", (("args", {"what": f"{request.what}, edited"}),))
        case "respond" if request.freeform and request.round:
            return Word("respond", (("value", {"messages": [{"type": "ai", "content": "it is done"}]}),))
        case "respond":
            return Word("respond", (("value", "yes" if request.freeform else {"type": "no"}),))
        case "reject":
            return Word("reject", (("message", "no"),))
    return Word(kind)


def another(request: Request) -> Word:
    """A decision that is not the one that was made."""
    return Word("reject", (("message", "something else"),)) if request.word != Word("reject") else Word("accept")


@dataclass
class Run:
    number: int
    agent: str
    thread: str
    plan: str
    run_id: str = ""
    status: str = "pending"
    asked: dict[tuple[str, int], Request] = field(default_factory=dict)
    to_be_cancelled: bool = False
    """Whether somebody wanted it to be, heard or unheard."""

    @property
    def key(self) -> str:
        return f"start-{self.number}"

    @property
    def message(self) -> str:
        return f"{self.number} {self.plan}"

    def open(self) -> list[Request]:
        return [request for request in self.asked.values() if request.word is None]

    def see(self, body: dict[str, Any]) -> None:
        """Take in what a client is told of the run, none of whose processes is busy with it any more."""
        shown = {
            (interrupt["interrupt_id"], request["index"]): (interrupt, request)
            for interrupt in body["interrupts"]
            for request in interrupt["requests"]
        }
        for key, (interrupt, request) in shown.items():
            self._see_request(key, interrupt, request)
        self._see_status(body["status"], body)
        for key, known in self.asked.items():
            if self.status == "interrupted" and known.word is None:
                assert key in shown, f"nobody decided on {known.what}, and it is no longer asked: {body}"

    def _see_status(self, status: str, body: dict[str, Any]) -> None:
        if self.status in FINISHED:
            assert status == self.status, body
        assert status in (*FINISHED, "interrupted"), body
        assert (status == "interrupted") == bool(body["interrupts"]), body
        if status == "cancelled":
            assert self.to_be_cancelled or self._dropped(), body
        self.status = status

    def _see_request(self, key: tuple[str, int], interrupt: dict[str, Any], request: dict[str, Any]) -> None:
        what = interrupt["value"]["what"] if self.agent == "node" else request["args"]["what"]
        known = self.asked.get(key)
        if known is None:
            assert interrupt["status"] == "pending", interrupt
            assert what in self._planned(), (what, self)
            assert what not in [each.what for each in self.asked.values()], f"{what} is asked about twice"
            freeform = interrupt["dialect"] == "freeform"
            names = (interrupt["interrupt_id"], interrupt["code"], request["index"])
            self.asked[key] = Request(what, *names, tuple(request["allowed"]), freeform)
            return
        if (told := request.get("decision")) is not None:
            assert known.word is not None, (told, known)
            assert told["type"] == known.word.type, (told, known)
            return
        if known.word is None:
            assert interrupt["status"] == ("unknown_outcome" if known.round else "pending"), (interrupt, known)
            return
        self._doubt(known, interrupt, request)

    def _doubt(self, known: Request, interrupt: dict[str, Any], request: dict[str, Any]) -> None:
        """What was decided is asked about again: only after a death, only in these words, only if it may be done."""
        assert interrupt["status"] == "unknown_outcome", f"{known} is asked again as if nobody had decided: {interrupt}"
        assert known.deaths, f"nobody died, and nobody knows about {known}"
        # A tool that asks by itself runs on with what it is answered, whatever that is.
        answered = self.agent in ("each", "hand") and known.said[0].type == "respond"
        assert known.may_be_done or answered, f"nobody let {known} be done"
        known.round += 1
        known.word, known.deaths = None, 0
        known.allowed = tuple(request["allowed"])

    def _planned(self) -> list[str]:
        return [f"{self.number}.{letter}" for letter in self.plan if letter != "|"]

    def _dropped(self) -> bool:
        return any(each.freeform and each.said and each.said[-1].type == "reject" for each in self.asked.values())


@dataclass
class Expected:
    """The whole project."""

    runs: list[Run] = field(default_factory=list)

    def requests(self) -> Iterator[tuple[Run, Request]]:
        for run in self.runs:
            for request in run.asked.values():
                yield run, request

    def open(self) -> list[tuple[Run, Request]]:
        return [(run, each) for run, each in self.requests() if run.status == "interrupted" and each.word is None]

    def decided(self) -> list[tuple[Run, Request]]:
        return [(run, each) for run, each in self.requests() if each.word is not None]

    def free_threads(self) -> list[Run]:
        """The last run of each thread on which another one can start."""
        last = {run.thread: run for run in self.runs}
        return [run for run in last.values() if run.status in FINISHED]

    def check_effects(self, lines: Sequence[str]) -> None:
        done = Counter(lines)
        allowed = Counter({each.line: each.may_be_done for _, each in self.requests() if each.line})
        for line, times in done.items():
            assert times <= allowed[line], f"{line} was done {times} times, and may be {allowed[line]} times"
        for run, each in self.requests():
            if run.status == "success":
                assert each.said, f"{run} came to its end, and nobody decided on {each}"
                if each.must_be_done:
                    assert done[each.line], f"{each} was let be done, and is not"
