"""Which tool calls a payload is about, found by what it says of them."""

from collections.abc import Iterable

from interrupt_mcp.dialects.payload import same
from interrupt_mcp.model import Ask, Call, JsonObject


def known(ask: Ask) -> tuple[Call, ...]:
    """Return all calls the interrupt may be about, the one it was raised in first."""
    if ask.call is None:
        return ask.calls
    return (ask.call, *(call for call in ask.calls if call.key != ask.call.key))


def match(calls: Iterable[Call], actions: Iterable[tuple[str, JsonObject]]) -> tuple[Call | None, ...]:
    """Return for each action the first call of its name and arguments that no action before it has claimed."""
    free = list(calls)
    claimed: list[Call | None] = []
    for name, args in actions:
        found = next((call for call in free if call.name == name and same(args, call.args)), None)
        if found is not None:
            free.remove(found)
        claimed.append(found)
    return tuple(claimed)


def schema_of(calls: Iterable[Call], name: str) -> JsonObject | None:
    """Return the argument schema of the tool with this name, from whichever call shows it."""
    return next((call.args_schema for call in calls if call.name == name and call.args_schema is not None), None)
