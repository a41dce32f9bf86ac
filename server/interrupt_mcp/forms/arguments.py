"""Arguments one by one, each exactly as it is, for a screen that has room for it.

A text is shown as the lines that it has, since a person reads a letter as a letter; all else as JSON. Which of the two
it is, is said beside it.
"""

from dataclasses import dataclass

from interrupt_mcp.model import Json, JsonObject
from interrupt_mcp.text.visible import visible, visible_json, visible_lines

_KINDS = {str: "text", bool: "yes or no", int: "number", float: "number", list: "list", dict: "object"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as it is shown."""

    name: str
    """Visible."""
    kind: str
    lines: tuple[str, ...]
    """Visible, whole, as long as they are; none for an empty text."""


def arguments(args: JsonObject) -> list[Argument]:
    """Return the arguments as they are shown, in their order."""
    return [
        Argument(visible(name), _KINDS.get(type(value), "nothing"), tuple(lines_of(value)))
        for name, value in args.items()
    ]


def lines_of(value: Json) -> list[str]:
    """Return a value line by line, visible and whole; none for an empty text."""
    return visible_lines(value) if isinstance(value, str) else visible_json(value)
