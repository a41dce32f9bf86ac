"""Values of a checkpoint's channels: which stand in its JSON, as LangGraph has it, and which are blobs of their own.

A value that JSON as PostgreSQL keeps it would change, or refuse, is a blob; LangGraph's reads take a channel's blob
before what stands in the JSON. It knows no table.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from langgraph.checkpoint.base import Checkpoint
from langgraph.checkpoint.serde.types import _DeltaSnapshot

_LONGEST = 256
"""Characters of a text that stands in the JSON: each checkpoint has its own, and a blob is shared until it changes."""
_LARGEST = 2**63


def parted(checkpoint: Checkpoint) -> tuple[str, Mapping[str, Any]]:
    """Return the checkpoint as JSON, and the values that are blobs."""
    values = checkpoint["channel_values"]
    blobs = {channel: value for channel, value in values.items() if not _stands_in_json(value)}
    # LangGraph's mark of a channel that is kept as its changes, where one of these is the whole.
    inline = {name: value for name, value in values.items() if name not in blobs} | {
        name: True for name, value in blobs.items() if isinstance(value, _DeltaSnapshot)
    }
    return json_of({**checkpoint, "channel_values": inline}), blobs


def json_of(value: Any) -> str:
    """Return the value as JSON that PostgreSQL takes: without the character 0, halves of characters, and no numbers."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def plain(value: Any) -> Any:
    """Return the value as JSON of PostgreSQL's can hold it, as far as it is JSON."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _stands_in_json(value: Any) -> bool:
    kind: type = type(value)
    if kind is str:
        return len(value) <= _LONGEST and _text(value) == value
    if kind is float:
        # PostgreSQL writes a number without an exponent, which would come back as a whole one, and knows no -0.0.
        return math.isfinite(value) and "e" not in repr(value) and (value != 0 or math.copysign(1, value) > 0)
    if kind is int:
        return bool(abs(value) < _LARGEST)
    return value is None or kind is bool


def _text(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
