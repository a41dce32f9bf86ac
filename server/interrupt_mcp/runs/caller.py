"""Who calls, and what they ask for, checked before anything is done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interrupt_mcp.config.offers import Offer
from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.model import NO_BREAKPOINTS, Breakpoints, Channel, GraphInput, Json, JsonObject, Message, Principal

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent

Progress = Callable[[str], Awaitable[None]]
"""Told, while a call goes on, what is done now."""


async def silently(_doing: str) -> None:
    """Tell nobody: the progress of a call whose caller does not want to know."""


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A start as a caller asks for it."""

    agent: str
    """The agent's name."""
    message: str = ""
    """What is said to an agent that converses. Just one of this and `input` is given."""
    input: Json = None
    """The graph's own input, of any kind."""
    context: JsonObject | None = None
    """The graph's context."""
    thread_id: str = ""
    """The thread that it goes on; where it is empty, a new one is made."""
    idempotency_key: str = ""
    """The same key with the same arguments starts once; empty where it is to start in any case."""
    reject_pending: bool = False
    """Whether all that waits on the thread is rejected first; else the start is refused."""
    breakpoints: Breakpoints = NO_BREAKPOINTS
    """Where the run stops besides."""

    def body(self) -> JsonObject:
        """Return what the graph is given, and where it is to stop, as an idempotency key stands for it."""
        given: JsonObject = {"input": self.input} if self.input is not None else {"message": self.message}
        if self.breakpoints == NO_BREAKPOINTS:
            return given
        before: list[Json] = [*self.breakpoints.before]
        after: list[Json] = [*self.breakpoints.after]
        return {**given, "interrupt_before": before, "interrupt_after": after}

    @property
    def is_message_alone(self) -> bool:
        """Whether it is a message, with neither context nor breakpoints."""
        return self.input is None and not self.context and self.breakpoints == NO_BREAKPOINTS

    def begins(self) -> Message | GraphInput:
        """Return what the run begins with."""
        return Message(self.message) if self.input is None else GraphInput(self.input)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls."""

    channel: Channel
    """Through which their decisions arrive."""
    principal: Principal
    client: str = ""
    """The client that calls for them, by its own name; empty where there is none."""
    shows_forms: bool = False
    """Whether it is a client that is asked by forms, which a person fills in."""

    @property
    def who(self) -> str:
        """Return what is kept of them in the record."""
        return f"{self.principal} with {self.client}" if self.client else str(self.principal)


def context_of(offer: Offer, request: StartRequest) -> JsonObject | None:
    """Return the context of the run: what the caller gives, and what its agent is offered with in every run.

    Raises:
        InvalidInput: the caller gives another value for what the agent has in every run.
    """
    given, own = request.context or {}, dict(offer.context or {})
    for name, value in own.items():
        if name in given and given[name] != value:
            raise InvalidInput(f"context.{name} is set for agent {request.agent!r}, and cannot be given another value")
    return {**given, **own} or request.context


def check_input(agent: "Agent", request: StartRequest) -> None:
    """Refuse what the agent cannot start with.

    Raises:
        InvalidInput: its input does not fit, or it takes no message.
    """
    from interrupt_mcp.agents import validate_input

    if request.input is not None:
        validate_input(agent, request.input)
    elif not agent.has_messages:
        raise InvalidInput(f"Agent {agent.name!r} takes no message; give it input, as list_agents shows")
