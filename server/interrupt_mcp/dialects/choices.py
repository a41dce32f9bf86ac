"""What a payload offers to choose from: a list of plain values. It knows no form, and takes no list for an order.

A list that says how the request may be decided, as `["accept", "reject"]` does, offers nothing.
"""

from interrupt_mcp.dialects.payload import same
from interrupt_mcp.model import Call, Dialect, Json, JsonObject, Question

_TELLING = frozenset(
    ("alternatives", "candidates", "choices", "options", "possibilities", "slots", "suggestions", "variants")
)
"""Names under which payloads in the wild offer something."""
_WORDS = frozenset(("accept", "edit", "ignore", "reject", "respond", "response"))
"""What tools that ask about their call write where they say which decisions they know."""


def offers_choices(value: JsonObject, call: Call) -> bool:
    """Whether a tool offers something other than its own call, or what may be said of that, under a telling name."""
    return any(
        isinstance(entries, list) and entries and not (_says_how(entries) or _is_of_call(name, entries, call))
        for name, entries in value.items()
        if name.lower() in _TELLING
    )


def _says_how(entries: list[Json]) -> bool:
    return all(isinstance(entry, str) and entry.lower() in _WORDS for entry in entries)


def _is_of_call(name: str, entries: list[Json], call: Call) -> bool:
    """Whether the list is an argument of the call, or says nothing but its arguments."""
    if name in call.complete and same(entries, call.complete[name]):
        return True
    return all(same(entry, call.args) or same(entry, call.complete) for entry in entries)


def choices_in(question: Question) -> tuple[Json, ...]:
    """Return what a question offers to choose from, as it stands in its payload; nothing where it has a schema.

    That is the list of plain values under a telling name; of what a tool asks, also the only such list beside the
    arguments of its call.
    """
    value = question.value
    if question.dialect is not Dialect.FREEFORM or question.response_schema is not None or not isinstance(value, dict):
        return ()
    lists = {name: plain for name, entries in value.items() if (plain := _plain(entries))}
    told = [plain for name, plain in lists.items() if name.lower() in _TELLING]
    if told or question.inside is None:
        return told[0] if told else ()
    beside = [plain for name, plain in lists.items() if name not in question.inside.complete]
    return beside[0] if len(beside) == 1 else ()


def _plain(entries: Json) -> tuple[Json, ...]:
    """Return the entries of a list of plain values; nothing where it is anything else."""
    if not isinstance(entries, list) or any(isinstance(entry, dict | list) for entry in entries):
        return ()
    return tuple(entries)
