"""When the gate itself asks about a tool call, and how.

It does not know why a call must be asked about: whoever makes the gate says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import set_config_context
from langgraph.types import interrupt

from interrupt_mcp.dialects.asked_together import REQUESTS
from interrupt_mcp.effects.defaults import functions_of
from interrupt_mcp.effects.incoming_call import IncomingCall
from interrupt_mcp.effects.marks import DEFAULT_ALLOW, asks_first, how_it_asks
from interrupt_mcp.model import Call, JsonObject, to_json


@dataclass(frozen=True, slots=True)
class Asking:
    """How the gate asks about a call, before the tool gets it."""

    why: str
    """What the person is told."""
    allow: tuple[str, ...] = DEFAULT_ALLOW
    """The decisions that the person may give."""

    def payload(self, action: str, args: JsonObject) -> JsonObject:
        """Return the payload of the question, as `sensitive` makes it too."""
        payload: JsonObject = {"action": action, "args": args, "description": self.why}
        return payload if self.allow == DEFAULT_ALLOW else {**payload, "allowed": list(self.allow)}


CallAndAsking: TypeAlias = tuple[Call, Asking]
"""A call, and how the gate asks about it."""


def payload_together(calls: Iterable[CallAndAsking]) -> JsonObject:
    """Return the payload of the one question about these calls of a tool node, in their order in the message."""
    ordered = sorted(calls, key=lambda each: each[0].position)
    return {REQUESTS: [asking.payload(call.name, call.complete) for call, asking in ordered]}


def ask(payload: JsonObject, config: RunnableConfig) -> Any:
    """Ask, and return the answer.

    Raises:
        GraphInterrupt: there is no answer yet.
    """
    with set_config_context(config) as context:
        return context.run(interrupt, payload)


def given_instead(answer: Any, incoming: IncomingCall) -> tuple[Any] | None:
    """Return a result where the person gave one instead of the call; `None` where it is to be made."""
    match answer:
        case {"type": "accept" | "edit"}:
            return None
        case {"type": "respond", "value": value}:
            return (incoming.value_result(to_json(value)),)
    # An answer in words of its own, to a question that code asked in this one's place.
    return (incoming.value_result(to_json(answer)),)


MustAsk: TypeAlias = Callable[[Call], Asking | None]
"""Tells how the gate must ask about a call; `None` where it need not."""


def never(_call: Call) -> None:
    """Ask about no call."""


def as_sensitive(tool: Any) -> Asking:
    """Return how the gate asks about a call of a tool in the place of `sensitive`, which would ask first."""
    why, allow = how_it_asks(functions_of(tool)[0])
    return Asking(why, allow)


def asks_itself(tool: Any) -> bool:
    """Whether `sensitive` asks before anything of the tool runs, however it is called."""
    functions = functions_of(tool)
    return bool(functions) and all(asks_first(each) for each in functions)
