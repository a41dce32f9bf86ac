"""The nouns: runs, interrupts, requests, decisions and effects, as plain values.

It knows nothing of LangGraph, MCP or SQL. Times are UTC and ISO 8601 text where they leave the process.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, NewType, TypeAlias

import rfc8785
from pydantic_core import from_json, to_jsonable_python
from pydantic_core import to_json as write_json

RunId = NewType("RunId", str)
ThreadId = NewType("ThreadId", str)
InterruptId = NewType("InterruptId", str)

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]


class Missing(Enum):
    """Stands for a value that was not given, where `None` is a value like any other."""

    MISSING = "missing"


MISSING = Missing.MISSING


class RunStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    SUCCESS = "success"
    ERROR = "error"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        return self in (RunStatus.SUCCESS, RunStatus.ERROR, RunStatus.CANCELLED)


class InterruptStatus(StrEnum):
    PENDING = "pending"
    DECIDED = "decided"
    APPLIED = "applied"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    UNKNOWN_OUTCOME = "unknown_outcome"

    @property
    def open(self) -> bool:
        """Whether a person is still asked."""
        return self in (InterruptStatus.PENDING, InterruptStatus.UNKNOWN_OUTCOME)


class EffectStatus(StrEnum):
    STARTED = "started"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class DecisionType(StrEnum):
    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    RESPOND = "respond"


IN_DOUBT = (DecisionType.ACCEPT, DecisionType.RESPOND, DecisionType.REJECT)
"""What can be decided about an action whose outcome is unknown: run it again, take it as done, drop it."""


class Dialect(StrEnum):
    MIDDLEWARE = "middleware"
    AGENT_INBOX = "agent_inbox"
    TOOL_CALL = "tool_call"
    ELICITATION = "elicitation"
    BREAKPOINT = "breakpoint"
    FREEFORM = "freeform"


class Channel(StrEnum):
    CLIENT = "client"
    ELICITATION = "elicitation"
    TERMINAL = "terminal"


class Approver(StrEnum):
    AUTO = "auto"
    HUMAN = "human"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call, as identified for good: the task that makes it, and its place in the message that asks for it.

    `ns` is LangGraph's checkpoint namespace of the task, whose task id is made from the checkpoint: another branch,
    run or thread has another. `position` is the index in the message's tool calls, because ids repeat.
    """

    ns: str
    message_id: str
    position: int
    call_id: str
    name: str
    args: JsonObject
    args_schema: JsonObject | None = None
    function: bool = False
    """Whether it is a call of a `sensitive` function: by nobody's message, and its position is that of its answer."""

    @property
    def key(self) -> str:
        """Unique within a thread."""
        return f"{self.ns}#{self.message_id}#{self.position}#{self.call_id}"


@dataclass(frozen=True, slots=True)
class Effect:
    """The record of one tool call that a person decided on, or whose result must not be made twice.

    `slots` are the places of its answers in the task's list of resume values, and `subgraphs` the numbers of the
    graphs it ran: on re-entry it gets the same ones, whatever order the calls of its task come in.
    """

    call: Call
    status: EffectStatus
    slots: tuple[int, ...] = ()
    subgraphs: tuple[int, ...] = ()
    langgraph_id: str = ""
    """LangGraph's id of the interrupt it last paused at, or was decided under."""
    interrupt_id: str = ""
    index: int = 0
    args: JsonObject | None = None
    """The arguments it was called with, edited ones included."""
    result: tuple[str, bytes] | None = None
    """As LangGraph's serializer writes it: type and bytes."""
    error: str = ""
    attempt: int = 0
    gated: bool = False
    """Whether the gate itself asks about the call, before the tool; fixed when it first sees the call."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One interrupt as LangGraph raised it, with the tool calls it is about where they are known.

    `call` is the tool call inside which `interrupt()` was called. `calls` are the tool calls of the last AI message,
    in order, for a middleware that asks about them before they are made.
    """

    langgraph_id: str
    value: Json
    response_schema: JsonObject | None = None
    call: Call | None = None
    calls: tuple[Call, ...] = ()
    breakpoint_nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What policy says of a request, fixed when it is asked; `None` is what holds without it."""

    approver: Approver | None = None
    channels: tuple[Channel, ...] | None = None
    high_risk: bool = False
    """`accept` and `edit` need the digest of what was shown."""


@dataclass(frozen=True, slots=True)
class Request:
    """One action inside an interrupt that needs a decision."""

    index: int
    action: str
    args: JsonObject
    allowed: tuple[DecisionType, ...]
    args_schema: JsonObject | None = None
    call: Call | None = None
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked: an interrupt's content, without its identity and status."""

    dialect: Dialect
    description: str
    requests: tuple[Request, ...]
    value: Json
    response_schema: JsonObject | None = None

    def request(self, index: int) -> Request | None:
        return next((request for request in self.requests if request.index == index), None)


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's typed answer to one request. `MISSING` fields were not given."""

    type: DecisionType
    index: int = 0
    args: JsonObject | None = None
    message: str | None = None
    value: Json | Missing = MISSING
    digest: str | None = None

    def same_as(self, other: "Decision") -> bool:
        """Whether the two say the same; a digest is a condition, not part of what is said."""
        return replace(self, digest=None) == replace(other, digest=None)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who decided, by which channel, and when."""

    channel: Channel
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Interrupt:
    """One pause that asks a person."""

    interrupt_id: InterruptId
    code: str
    run_id: RunId
    thread_id: ThreadId
    agent: str
    status: InterruptStatus
    question: Question
    digest: str
    created_at: datetime
    langgraph_id: str = ""
    round: int = 0
    """How often it was asked again because an outcome was unknown."""
    in_doubt: tuple[int, ...] = ()
    """Indices of the requests whose outcome is unknown, or was when this round was asked."""
    delivered: bool = False
    """Whether the answer was on its way to the graph."""
    decisions: Mapping[tuple[int, int], tuple[Decision, Proof]] = field(default_factory=dict)
    """All decisions so far, by round and index of the request."""

    @property
    def wanted(self) -> tuple[Request, ...]:
        """The requests of the current round; of an action that may have been done, with the arguments it was given."""
        if self.round:
            return tuple(self._doubted(r) for r in self.question.requests if r.index in self.in_doubt)
        return self.question.requests

    def _doubted(self, request: Request) -> Request:
        first = self.answers.get(request.index)
        args = first.args if first and first.args is not None else request.args
        return replace(request, args=args, allowed=IN_DOUBT)

    def decided(self, index: int) -> tuple[Decision, Proof] | None:
        """The current round's decision on a request."""
        return self.decisions.get((self.round, index))

    @property
    def answers(self) -> Mapping[int, Decision]:
        """The first round's decisions: what the graph is told."""
        return {index: decision for (round_, index), (decision, _) in self.decisions.items() if round_ == 0}

    @property
    def undecided(self) -> tuple[Request, ...]:
        return tuple(r for r in self.wanted if self.decided(r.index) is None) if self.status.open else ()


@dataclass(frozen=True, slots=True)
class RunError:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """One request's life on a thread, from start to its final status, across all its pauses."""

    run_id: RunId
    thread_id: ThreadId
    agent: str
    status: RunStatus
    created_at: datetime
    updated_at: datetime
    answer: str | None = None
    output: Json | Missing = MISSING
    error: RunError | None = None
    interrupts: tuple[Interrupt, ...] = ()
    """Those that still want a decision, oldest first."""


_WRITTEN: Any = {"fallback": repr, "inf_nan_mode": "strings", "bytes_mode": "base64", "serialize_unknown": True}


def to_json(value: object) -> Json:
    """The value as JSON; what JSON cannot hold becomes its text."""
    try:
        found: Json = from_json(write_json(value, **_WRITTEN))
    except ValueError:
        found = _sound(_plain(value))
    return found


def _plain(value: object) -> Any:
    try:
        return to_jsonable_python(value, **_WRITTEN)
    except ValueError:
        return repr(value)


def _sound(value: Any) -> Json:
    """Without halves of surrogate pairs and without numbers that are not finite, neither of which JSON has."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {str(_sound(key)): _sound(item) for key, item in value.items()}
    checked: Json = value
    return checked


def digest_of(value: Json) -> str:
    """SHA-256, in hex, of the value's canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(_canonical(value))).hexdigest()


def _canonical(value: Json) -> Json:
    """RFC 8785 has only IEEE doubles and valid Unicode: other integers and lone surrogates go in as marked text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else f"integer:{value}"
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {str(_canonical(key)): _canonical(item) for key, item in value.items()}
    return value


def request_body(request: Request) -> JsonObject:
    """A request as every client sees it, and as the digest covers it."""
    body: JsonObject = {"index": request.index, "action": request.action, "args": request.args}
    if request.args_schema is not None:
        body["args_schema"] = request.args_schema
    body["allowed"] = [str(word) for word in request.allowed]
    return body


def interrupt_digest(agent: str, thread_id: str, interrupt_id: str, requests: Iterable[Request], value: Json) -> str:
    """What a person was shown, complete: agent, thread, interrupt, requests with all their arguments, value."""
    return digest_of(
        {
            "agent": agent,
            "thread_id": thread_id,
            "interrupt_id": interrupt_id,
            "requests": [request_body(request) for request in requests],
            "value": value,
        }
    )
