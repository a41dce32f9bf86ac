"""What agents did, as a page shows it: each action with its arguments, what it gave, and whether that is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interrupt_mcp.errors import UnknownInterrupt
from interrupt_mcp.forms.arguments import Argument, arguments, lines_of
from interrupt_mcp.model import Json, JsonObject
from interrupt_mcp.web.visit import Visit


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
    code: str
    """That interrupt's code; empty where it is gone."""


async def effects_shown(visit: Visit, told: Iterable[Json]) -> list[EffectShown]:
    """Return effects, as use cases tell them, as a page shows them."""
    bodies = [each for each in told if isinstance(each, Mapping)]
    codes = {id_: await _code(visit, id_) for id_ in dict.fromkeys(str(each["interrupt_id"]) for each in bodies)}
    return [_shown(each, codes[str(each["interrupt_id"])]) for each in bodies]


async def _code(visit: Visit, interrupt_id: str) -> str:
    try:
        return (await visit.runs.interrupt(interrupt_id)).code
    except UnknownInterrupt:
        return ""


def _shown(told: Mapping[str, Any], code: str) -> EffectShown:
    args: JsonObject = told["args"] if isinstance(told["args"], dict) else {}
    result = told["result"]
    return EffectShown(
        action=str(told["action"]),
        arguments=arguments(args),
        result=[] if result is None else lines_of(result),
        at=datetime.fromisoformat(told["at"]),
        done=told["outcome"] == "done",
        error=str(told.get("error", "")),
        interrupt_id=str(told["interrupt_id"]),
        code=code,
    )
