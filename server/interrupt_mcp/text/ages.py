"""How long ago something was, as a person says it."""

from datetime import UTC, datetime

_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def age(at: datetime) -> str:
    """Return how long ago it was, in the largest unit that fits."""
    seconds = max(0, int((datetime.now(UTC) - at).total_seconds()))
    for size, unit in _UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
