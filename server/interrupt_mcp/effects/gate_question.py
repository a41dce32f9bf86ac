"""When the gate itself asks about a tool call, and how.

It does not know why a call must be asked about: whoever makes the gate says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import set_config_context
from langgraph.types import interrupt

from interrupt_mcp.effects.defaults import functions_of
from interrupt_mcp.effects.gated_call import Step
from interrupt_mcp.effects.marks import DEFAULT_ALLOW, asks_first
from interrupt_mcp.model import Call, JsonObject, to_json


@dataclass(frozen=True, slots=True)
class Asking:
    """The gate asks about a call before the tool gets it. `why` is said to the person."""

    why: str
    allow: tuple[str, ...] = DEFAULT_ALLOW

    def payload(self, action: str, args: JsonObject) -> dict[str, Any]:
        """As `sensitive` asks too."""
        payload: dict[str, Any] = {"action": action, "args": args, "description": self.why}
        return payload if self.allow == DEFAULT_ALLOW else {**payload, "allowed": list(self.allow)}

    def answered(self, call: Call, step: Step, args: JsonObject, config: RunnableConfig) -> tuple[Any] | None:
        """Ask, or take the answer; a result where the person gave one instead of the call.

        Raises:
            GraphInterrupt: there is no answer yet.
        """
        with set_config_context(config) as context:
            answer = context.run(interrupt, self.payload(call.name, args))
        match answer:
            case {"type": "accept" | "edit"}:
                return None
            case {"type": "respond", "value": value}:
                return (step.gives(to_json(value)),)
        # An answer in words of its own, to a question that code asked in this one's place.
        return (step.gives(to_json(answer)),)


MustAsk: TypeAlias = Callable[[Call], Asking | None]


def never(_call: Call) -> None:
    """No call must be asked about by the gate."""


def asks_itself(tool: Any) -> bool:
    """Whether `sensitive` asks before anything of the tool runs, however it is called."""
    functions = functions_of(tool)
    return bool(functions) and all(asks_first(each) for each in functions)
