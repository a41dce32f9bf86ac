"""Runs, interrupts, requests and decisions as a script sees them, made of a server's JSON.

What a newer server says besides is left out, and its words are kept as they are: statuses, types and codes are texts.
Nothing here knows a protocol.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from interrupt_mcp.client.errors import RunsError

Body: TypeAlias = Mapping[str, Any]
"""A JSON object of the server's."""
_IN_FLIGHT = ("pending", "running")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a request, with who, through what, and when."""

    type: str
    """`accept`, `edit`, `reject` or `respond`."""
    channel: str
    who: str
    at: datetime
    args: Body | None = None
    message: str | None = None
    value: Any = None

    @classmethod
    def of(cls, body: Body) -> "Decision":
        """Read what the server says."""
        optional = (body.get("args"), body.get("message"), body.get("value"))
        return cls(body["type"], body["channel"], body["who"], _time(body["at"]), *optional)


@dataclass(frozen=True, slots=True)
class Request:
    """One action that needs a decision."""

    run_id: str
    interrupt_id: str
    """Of the interrupt that it is in."""
    digest: str
    """Of all that the interrupt shows: a decision is taken only while it still shows that."""
    index: int
    """Its place among the interrupt's requests."""
    action: str
    """What would be done: mostly the name of a tool."""
    args: Body
    """The arguments of the action, complete."""
    allowed: tuple[str, ...]
    """The types of decision that it takes."""
    args_schema: Body | None = None
    """The JSON Schema of the arguments, where it is known."""
    round: int = 0
    """How often it was asked anew, because nobody knew what had become of it."""
    risk: str = "normal"
    preview: Body | None = None
    """What would change, as the operator's preview says."""
    decision: Decision | None = None
    """The decision that it has, while others of the interrupt are open."""

    @classmethod
    def of(cls, body: Body, interrupt: Body) -> "Request":
        """Read what the server says of a request of the interrupt."""
        decision = body.get("decision")
        return cls(
            interrupt["run_id"],
            interrupt["interrupt_id"],
            interrupt["digest"],
            body["index"],
            body["action"],
            body["args"],
            tuple(body["allowed"]),
            body.get("args_schema"),
            body.get("round", 0),
            body.get("risk", "normal"),
            body.get("preview"),
            None if decision is None else Decision.of(decision),
        )


@dataclass(frozen=True, slots=True)
class AskedInside:
    """The call of a tool out of whose code a question came that says something else."""

    action: str
    args: Body


@dataclass(frozen=True, slots=True)
class Interrupt:
    """One pause that asks a person."""

    interrupt_id: str
    code: str
    """A short name like `A7`, the same in chat, form, terminal and page."""
    run_id: str
    thread_id: str
    agent: str
    status: str
    """`pending`, or `unknown_outcome` where nobody knows whether what was decided was done."""
    dialect: str
    """The shape in which the graph asks."""
    description: str
    requests: tuple[Request, ...]
    value: Any
    """What the graph passed to `interrupt()`."""
    digest: str
    created_at: datetime
    where_to_decide: str
    response_schema: Body | None = None
    asked_inside: AskedInside | None = None
    round: int = 0
    risk: str = "normal"
    expires_at: datetime | None = None

    @property
    def open(self) -> tuple[Request, ...]:
        """The requests that have no decision yet."""
        return tuple(request for request in self.requests if request.decision is None)

    @classmethod
    def of(cls, body: Body) -> "Interrupt":
        """Read what the server says."""
        inside, expires = body.get("asked_inside"), body.get("expires_at")
        return cls(
            body["interrupt_id"],
            body["code"],
            body["run_id"],
            body["thread_id"],
            body["agent"],
            body["status"],
            body["dialect"],
            body["description"],
            tuple(Request.of(one, body) for one in body["requests"]),
            body.get("value"),
            body["digest"],
            _time(body["created_at"]),
            body["where_to_decide"],
            body.get("response_schema"),
            None if inside is None else AskedInside(inside["action"], inside["args"]),
            body.get("round", 0),
            body.get("risk", "normal"),
            None if expires is None else _time(expires),
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run ended in error, or what it raised before it asked again."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Run:
    """One request's life on a thread, from start to its final status, across all its pauses."""

    run_id: str
    thread_id: str
    agent: str
    status: str
    """`pending`, `running`, `interrupted`, `success`, `error` or `cancelled`."""
    created_at: datetime
    updated_at: datetime
    next_step: str
    """One sentence that says what to do now."""
    answer: str | None = None
    """The text of the last AI message, where the state has messages."""
    output: Any = None
    """The graph's output without its messages, once it has some."""
    error: Failure | None = None
    interrupts: tuple[Interrupt, ...] = ()
    """Those that still want a decision, oldest first. A list of runs leaves them out."""
    note: str = ""
    """What is to be known of its agent: of one at an Agent Server, that no gate is there."""

    @property
    def in_flight(self) -> bool:
        """Whether it goes on by itself, and neither paused nor ended."""
        return self.status in _IN_FLIGHT

    @property
    def interrupted(self) -> bool:
        """Whether it waits for a decision."""
        return self.status == "interrupted"

    @property
    def requests(self) -> tuple[Request, ...]:
        """All that it asks and nobody decided yet, oldest first."""
        return tuple(request for interrupt in self.interrupts for request in interrupt.open)

    @property
    def asked(self) -> Request:
        """The one thing that it asks.

        Raises:
            RunsError: it asks nothing, or several things, which `requests` has.
        """
        found = self.requests
        if len(found) == 1:
            return found[0]
        said = ", ".join(request.action for request in found)
        what = f"asks {len(found)} things ({said}); choose one of its `requests`" if found else self._asks_nothing()
        raise RunsError("invalid_decision", f"Run {self.run_id} of agent {self.agent} {what}.")

    def _asks_nothing(self) -> str:
        answered = f" and answered {self.answer!r}" if self.answer is not None else ""
        failed = f" with {self.error.code}: {self.error.message}" if self.error is not None else ""
        return f"asks nothing: its status is {self.status}{failed}{answered}"

    @classmethod
    def of(cls, body: Body) -> "Run":
        """Read what the server says."""
        error = body.get("error")
        return cls(
            body["run_id"],
            body["thread_id"],
            body["agent"],
            body["status"],
            _time(body["created_at"]),
            _time(body["updated_at"]),
            body["next_step"],
            body.get("answer"),
            body.get("output"),
            None if error is None else Failure(error["code"], error["message"]),
            tuple(Interrupt.of(one) for one in body.get("interrupts", ())),
            body.get("note", ""),
        )


def decision_body(request: Request, type_: str, more: Body) -> dict[str, Any]:
    """Return a decision as the server takes it, on exactly what was shown."""
    where = {"interrupt_id": request.interrupt_id, "index": request.index, "digest": request.digest}
    return {"type": type_, **where, **more}


def edited(request: Request, changes: Body) -> dict[str, Any]:
    """Return all arguments of the request, with these changes.

    Raises:
        RunsError: one of them is no argument of the action.
    """
    properties: Sequence[str] = list((request.args_schema or {}).get("properties", {}))
    known = {*request.args, *properties}
    if unknown := sorted(set(changes) - known):
        names = ", ".join(sorted(known)) or "none"
        text = f"{request.action} has no argument {unknown[0]!r}; there are {names}. Nothing was decided."
        raise RunsError("invalid_decision", text)
    return {**request.args, **changes}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
