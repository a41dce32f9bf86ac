"""What the gate asks about several calls of one tool node at once: a request for each, as it asks about one.

Whether the gate asks is told by its records, and never by a payload, which anybody may pass to `interrupt()`.
"""

from interrupt_mcp.model import Json, JsonObject, Question

REQUESTS = "requests"
"""In the payload: what is asked about each call, in the order of the calls."""
DECISIONS = "decisions"
"""In the answer: what was decided about each call, by the position of the call in its message."""


def entries_of(question: Question) -> list[Json] | None:
    """Return what is asked about each call; none where the gate does not ask about several."""
    value = question.value
    if not question.ours or not isinstance(value, dict) or value.keys() != {REQUESTS}:
        return None
    entries = value[REQUESTS]
    return entries if isinstance(entries, list) else None


def answer_about(position: int, answer: object) -> JsonObject | None:
    """Return what was decided about the call at that position; none where nothing was."""
    decisions = answer.get(DECISIONS) if isinstance(answer, dict) else None
    found = decisions.get(str(position)) if isinstance(decisions, dict) else None
    return found if isinstance(found, dict) else None
