"""Who calls, and what they ask for, checked before anything is done."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interrupt_mcp.errors import InvalidInput
from interrupt_mcp.model import Channel, JsonObject
from interrupt_mcp.store.records import GraphInput, Message

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent

Progress = Callable[[str], Awaitable[None]]


async def silently(_doing: str) -> None:
    """The progress of a call whose caller does not want to know."""


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A start as a caller asks for it."""

    agent: str
    message: str = ""
    input: JsonObject | None = None
    context: JsonObject | None = None
    thread_id: str = ""
    idempotency_key: str = ""
    reject_pending: bool = False

    def body(self) -> JsonObject:
        """What an idempotency key stands for, besides the rest."""
        return {"input": self.input} if self.input is not None else {"message": self.message}

    def begins(self) -> Message | GraphInput:
        """What the run begins with."""
        return Message(self.message) if self.input is None else GraphInput(self.input)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who calls: through which channel, and under which name it is kept in the record."""

    channel: Channel
    who: str
    asks: bool = False
    """Whether it is a client that is asked by forms, which a person fills in."""


def check_input(agent: "Agent", request: StartRequest) -> None:
    """
    Raises:
        InvalidInput: the agent cannot start with it.
    """
    from interrupt_mcp.agents import validate_context, validate_input

    validate_context(agent, request.context)
    if request.input is not None:
        validate_input(agent, request.input)
    elif not agent.has_messages:
        raise InvalidInput(f"Agent {agent.name!r} takes no message; give it input, as list_agents shows")


def position(cursor: str) -> int | None:
    """The place in a list that a cursor means.

    Raises:
        InvalidInput: no list gave it.
    """
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInput(f"cursor {cursor[:40]!r} is none that a list gave")
    return int(cursor)
