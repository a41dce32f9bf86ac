"""What the gate next to a tool must do with a call that was decided."""

from dataclasses import dataclass
from typing import TypeAlias

from interrupt_mcp.model import Decision, Json, JsonObject, Request


@dataclass(frozen=True, slots=True)
class MakeCall:
    """Call the tool.

    It may run only as far as its own `interrupt()`, whose answer then says what the person decided.
    """

    args: JsonObject | None
    """Exactly the arguments to call it with; `None` where the tool itself makes them from the answer."""


@dataclass(frozen=True, slots=True)
class DropCall:
    """Do not call the tool."""

    message: str
    """What the model gets as an error."""


@dataclass(frozen=True, slots=True)
class AnswerCall:
    """Do not call the tool: the person gave its result."""

    value: Json
    """What the model gets as the result."""


Instruction: TypeAlias = MakeCall | DropCall | AnswerCall


def as_called(request: Request) -> MakeCall:
    """Let the call go on as the agent made it."""
    return MakeCall(request.call.complete if request.call else None)


def dropped(decision: Decision) -> DropCall:
    """Drop the call, with the person's own words where there are some."""
    if decision.message and decision.message.strip():
        return DropCall(decision.message)
    return DropCall("a person rejected it, without giving a reason. Do not call it again unless they ask for it.")
