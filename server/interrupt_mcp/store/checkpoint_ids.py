"""Ids of checkpoints, whose order is that of the checkpoints: LangGraph makes them from the clock.

Within one process LangGraph makes ids that grow, even where its clock is set back. It knows nothing of the ids that
other processes made before.
"""

import uuid

from langgraph.checkpoint.base import id as ids


def make_greater_than(checkpoint_id: str) -> None:
    """Have the ids that LangGraph makes in this process from now on be greater than this one."""
    try:
        number = uuid.UUID(checkpoint_id).int
    except ValueError:
        return
    # Of an UUID of version 6: 48 bits of the time, then the version, then the time's last 12 bits.
    time = (number >> 80) << 12 | (number >> 64) & 0xFFF
    ids._last_v6_timestamp = max(time, ids._last_v6_timestamp or 0)  # type: ignore[assignment]  # it has no type
