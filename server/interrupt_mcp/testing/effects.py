"""Effects: what the agents under test did, in order, and whether a person had been asked. It knows no pytest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interrupt_mcp.model import Performed, RunId


@dataclass(frozen=True, slots=True)
class Effect:
    """One call of a tool, or of a `sensitive` function, that ran to its end."""

    run_id: str
    action: str
    """The name of the tool or function."""
    args: Mapping[str, Any]
    """What it was called with, defaults and edits included."""
    result: Any
    """What it gave: the text, where it is a message for the model."""
    error: str
    """What it raised or told the model as an error; empty where it did neither."""
    asked: bool
    """Whether a decision had let it run."""


def effect_of(run_id: RunId, what: Performed) -> Effect:
    """Return what was performed as the effect that a test looks at."""
    result, error = what.result, ""
    # A tool node gives a message, where what raised is one of an error.
    if type(result).__name__ == "ToolMessage":
        failed = getattr(result, "status", "") == "error"
        result = getattr(result, "content", None)
        error, result = (str(result), None) if failed else ("", result)
    if what.error is not None:
        error = f"{type(what.error).__name__}: {what.error}"
    return Effect(run_id, what.call.name, what.args, result, error, what.decided)
