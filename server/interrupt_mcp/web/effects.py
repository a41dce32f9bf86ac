"""What agents did, as a page shows it: each action with its arguments, what it gave, and whether that is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interrupt_mcp.forms.arguments import Argument, arguments
from interrupt_mcp.model import Json, JsonObject
from interrupt_mcp.text.visible import visible_json, visible_lines


@dataclass(frozen=True, slots=True)
class EffectShown:
    """One action that was done, or begun."""

    action: str
    arguments: Sequence[Argument]
    result: Sequence[str]
    """What it gave, visible and line by line; none where it gave nothing."""
    at: datetime
    """When it ended; where nobody knows how, when it began."""
    done: bool
    """Whether it is known to be done."""
    error: str
    """What it raised; empty where it raised nothing."""
    interrupt_id: str
    """Under whose decision."""


def effects_shown(told: Iterable[Json]) -> list[EffectShown]:
    """Return effects, as use cases tell them, as a page shows them."""
    return [_shown(each) for each in told if isinstance(each, Mapping)]


def _shown(told: Mapping[str, Any]) -> EffectShown:
    args: JsonObject = told["args"] if isinstance(told["args"], dict) else {}
    result = told["result"]
    return EffectShown(
        action=str(told["action"]),
        arguments=arguments(args),
        result=[] if result is None else visible_lines(result) if isinstance(result, str) else visible_json(result),
        at=datetime.fromisoformat(told["at"]),
        done=told["outcome"] == "done",
        error=str(told.get("error", "")),
        interrupt_id=str(told["interrupt_id"]),
    )
