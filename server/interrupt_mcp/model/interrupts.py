"""What a person is asked and what they answer: interrupts, their requests, decisions, and the digest of it all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from interrupt_mcp.access import Principal
from interrupt_mcp.model.previews import Preview
from interrupt_mcp.model.thread_ids import name_of
from interrupt_mcp.model.tool_calls import Call
from interrupt_mcp.model.values import MISSING, Json, JsonObject, Missing, digest_of
from interrupt_mcp.words import (
    IN_DOUBT,
    Approver,
    Channel,
    DecisionType,
    Dialect,
    InterruptId,
    InterruptStatus,
    RunId,
    ThreadId,
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One interrupt as LangGraph raised it, with the tool calls it is about where they are known."""

    langgraph_id: str
    """LangGraph's id of it."""
    value: Json
    """What the graph passed to `interrupt()`."""
    response_schema: JsonObject | None = None
    """The JSON Schema that the graph gave for the answer."""
    call: Call | None = None
    """The tool call inside which `interrupt()` was called."""
    calls: tuple[Call, ...] = ()
    """The tool calls of the last AI message, in order, for a middleware that asks about them before they are made.

    At a breakpoint, those that are made next."""
    breakpoint_nodes: tuple[str, ...] = ()
    """The nodes that run next where a breakpoint stopped the graph; none where the graph itself asks."""
    code_nodes: tuple[str, ...] = ()
    """Those of them that make calls by code of their own, which may do more."""
    stopped_itself: bool = False
    """Whether those nodes stopped the graph themselves, by an exception that takes no answer."""
    by_function: bool = False
    """Whether a `sensitive` function inside the call asks, which is not the call itself."""
    ours: bool = False
    """Whether the gate or `sensitive` asks: what the answer leads to is then known for certain."""
    by_gate: bool = False
    """Whether the gate asks, so that the words are ours."""
    ns: str = ""
    """LangGraph's namespace of the graph that asks, where it is not the thread's own."""
    node: str = ""
    """The node that asks, where it is known."""
    together: tuple[Call, ...] = ()
    """The tool calls that the gate asks about in this one question, in order; none where it asks about one at most."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What policy says of a request, kept when it is asked and never weaker later."""

    approver: Approver | None = None
    """Who may accept or edit it; `None` is whoever does on its thread."""
    channels: tuple[Channel, ...] | None = None
    """Those through which it may be decided; `None` is all."""
    high_risk: bool = False
    """Whether all that may lead to the action needs the digest of what was shown."""
    deciders: tuple[str, ...] | None = None
    """The principals and groups that decide it, and nobody else; `None` is the owner of its run."""
    require_other_person: bool = False
    """Whether the owner of its run may only reject it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One action inside an interrupt that needs a decision."""

    index: int
    """Its place among the interrupt's requests."""
    action: str
    """What would be done: mostly the name of a tool."""
    args: JsonObject
    """The arguments of the action, complete."""
    allowed: tuple[DecisionType, ...]
    args_schema: JsonObject | None = None
    """The JSON Schema of the arguments, where it is known."""
    call: Call | None = None
    """The tool call that would be made, where it is known."""
    terms: Terms = Terms()
    round: int = 0
    """How often it was asked before: what was said of one unknown outcome is not an answer to the next."""
    preview: Preview | None = None
    """What would change, as the operator's preview said when it was asked. No digest covers it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked: an interrupt's content, without its identity and status."""

    dialect: Dialect
    """The shape in which the graph asks."""
    description: str
    """What it says: mostly in the agent's own words, where it has some."""
    requests: tuple[Request, ...]
    value: Json
    """What the graph passed to `interrupt()`; at a breakpoint, the state that goes to what runs next."""
    response_schema: JsonObject | None = None
    """The JSON Schema that the graph gave for the answer."""
    inside: Call | None = None
    """The tool call whose code asks, and goes on with the answer, whatever the question says."""
    ours: bool = False
    """Whether the gate or `sensitive` asks, and not code that may do with the answer what it likes."""
    by_gate: bool = False
    """Whether the gate asks, so that the description is in our words, and not in the agent's."""

    @property
    def deciders(self) -> tuple[str, ...]:
        """The principals and groups that decide some of it, each once; none where its owner decides all."""
        return tuple(dict.fromkeys(name for each in self.requests for name in each.terms.deciders or ()))

    def request(self, index: int) -> Request | None:
        """Return the request with that index."""
        return next((request for request in self.requests if request.index == index), None)


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's typed answer to one request. What is `None`, or `MISSING`, was not given."""

    type: DecisionType
    index: int = 0
    """Of the request in its interrupt."""
    args: JsonObject | None = None
    """For `edit`: all arguments, also those that stay as they are."""
    message: str | None = None
    """A person's words. The agent gets them with `reject` and `respond`."""
    value: Json | Missing = MISSING
    """For `respond`: the answer; `None` is one like any other."""
    digest: str | None = None
    """That of the interrupt as it was shown to whoever decided."""

    def same_as(self, other: "Decision") -> bool:
        """Whether the two say the same; a digest is a condition, not part of what is said."""
        return replace(self, digest=None) == replace(other, digest=None)

    def body(self) -> JsonObject:
        """Return what was given with the decision, beside its type; a field that was not given is not there."""
        body: JsonObject = {}
        if self.args is not None:
            body["args"] = self.args
        if self.message is not None:
            body["message"] = self.message
        if self.value is not MISSING:
            body["value"] = self.value
        return body


@dataclass(frozen=True, slots=True)
class Proof:
    """Who decided, by which channel, and when."""

    channel: Channel
    who: str
    """A principal, or a client by its own name, as it is kept in the record."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Interrupt:
    """One pause that asks a person."""

    interrupt_id: InterruptId
    """Opaque, and unique in the store."""
    code: str
    """A short name like `A7`, the same in chat, form and terminal."""
    run_id: RunId
    thread_id: ThreadId
    agent: str
    principal: Principal
    """Whose it is."""
    status: InterruptStatus
    question: Question
    digest: str
    """The `interrupt_digest` of what was asked."""
    created_at: datetime
    langgraph_id: str = ""
    """LangGraph's id of the interrupt that it was made of."""
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
        # What would have changed may have changed by now.
        return replace(request, args=args, allowed=IN_DOUBT, round=self.round, preview=None)

    def round_of(self, index: int) -> int:
        """Return the round in which a request was asked last: what is not in doubt was settled in an earlier one."""
        if not self.round or index in self.in_doubt:
            return self.round
        return max((round_ for round_, each in self.decisions if each == index), default=self.round)

    def decided(self, index: int) -> tuple[Decision, Proof] | None:
        """Return the decision on a request, of the round in which it was asked last."""
        return self.decisions.get((self.round_of(index), index))

    @property
    def answers(self) -> Mapping[int, Decision]:
        """The first round's decisions: what the graph is told."""
        return {index: decision for (round_, index), (decision, _) in self.decisions.items() if round_ == 0}

    @property
    def undecided(self) -> tuple[Request, ...]:
        """The requests that still want a decision."""
        return tuple(r for r in self.wanted if self.decided(r.index) is None) if self.status.open else ()


def request_body(request: Request) -> JsonObject:
    """Return a request as every client sees it, and as the digest covers it."""
    body: JsonObject = {"index": request.index, "action": request.action, "args": request.args}
    if request.args_schema is not None:
        body["args_schema"] = request.args_schema
    body["allowed"] = [str(word) for word in request.allowed]
    if request.round:
        body["round"] = request.round
    return body


def interrupt_digest(agent: str, thread_id: str, interrupt_id: str, requests: Iterable[Request], value: Json) -> str:
    """Return the digest of what a person is shown, complete: who asks, requests with all their arguments, value."""
    return digest_of(
        {
            "agent": agent,
            "thread_id": name_of(thread_id),
            "interrupt_id": interrupt_id,
            "requests": [request_body(request) for request in requests],
            "value": value,
        }
    )
