"""The words that people and scripts rely on: statuses, decisions, dialects, channels, approvers, scopes, risks.

Each is said here once. `model` makes its nouns of them, and policy is written in them, in `config`. They know neither.
"""

from enum import StrEnum
from typing import NewType

RunId = NewType("RunId", str)
ThreadId = NewType("ThreadId", str)
InterruptId = NewType("InterruptId", str)


class RunStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    SUCCESS = "success"
    ERROR = "error"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether the run has ended, in whatever way."""
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
    """What a person may answer to a request."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    RESPOND = "respond"


IN_DOUBT = (DecisionType.ACCEPT, DecisionType.RESPOND, DecisionType.REJECT)
"""What can be decided about an action whose outcome is unknown: run it again, take it as done, drop it."""


class Dialect(StrEnum):
    """A shape in which graphs ask."""

    MIDDLEWARE = "middleware"
    AGENT_INBOX = "agent_inbox"
    TOOL_CALL = "tool_call"
    ELICITATION = "elicitation"
    BREAKPOINT = "breakpoint"
    FREEFORM = "freeform"

    @property
    def asks_whether(self) -> bool:
        """Whether it asks whether to do something. In the others the answer itself is wanted, whatever it may be."""
        return self in (Dialect.MIDDLEWARE, Dialect.AGENT_INBOX, Dialect.TOOL_CALL)


class Channel(StrEnum):
    """A way in which a decision arrives. A new one is named here, with whether a person is at its other end."""

    CLIENT = "client"
    ELICITATION = "elicitation"
    INBOX = "inbox"
    TERMINAL = "terminal"

    @property
    def reaches_person(self) -> bool:
        """Whether a person is at its other end; at the end of any other may be a model."""
        return self is not Channel.CLIENT

    @classmethod
    def people(cls) -> tuple["Channel", ...]:
        """Return those that reach a person."""
        return tuple(channel for channel in cls if channel.reaches_person)


class Approver(StrEnum):
    """Who may accept or edit: a person, the client, or whichever of the two the client that begins can ask for."""

    AUTO = "auto"
    HUMAN = "human"
    CLIENT = "client"


class Scope(StrEnum):
    """What somebody may do who proved who they are."""

    RUN = "run"
    """Start runs; cancel, try again, rewind and fork one's own."""
    READ = "read"
    """Look at one's own, and at what one is to decide; with `admin`, at all."""
    DECIDE = "decide"
    """Decide, where policy does not name others, as a person; through a client only where policy lets a client."""
    ADMIN = "admin"
    """With `read`, look at what is everybody's."""


class AuthMode(StrEnum):
    """How whoever calls over HTTP proves who they are."""

    NONE = "none"
    TOKEN = "token"
    OAUTH = "oauth"


class InboxMode(StrEnum):
    """Whether there are pages for people; `auto` opens the browser as well, where a person sits at a desktop."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Risk(StrEnum):
    """How much there is to lose: at a high risk, what may lead to the action needs the digest of what was shown."""

    NORMAL = "normal"
    HIGH = "high"
