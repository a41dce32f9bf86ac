"""What an edit changes, line by line, as a person sees it before it is sent."""

import difflib

from interrupt_mcp.model import JsonObject
from interrupt_mcp.text.visible import visible_json

_CONTEXT = 100
_MOST = 2_000
"""Lines that are compared; of longer ones all are shown, the old before the new."""


def changes(before: JsonObject, after: JsonObject) -> list[str]:
    """Return visible lines that begin with `-`, `+` or a space; none where nothing was changed."""
    old, new = visible_json(before), visible_json(after)
    if old == new:
        return []
    if max(len(old), len(new)) > _MOST:
        return [*(f"-{line}" for line in old), *(f"+{line}" for line in new)]
    return list(difflib.unified_diff(old, new, "asked", "edited", lineterm="", n=_CONTEXT))
