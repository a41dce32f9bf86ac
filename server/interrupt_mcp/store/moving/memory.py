"""Agents' memory: an item as LangGraph's store on SQLite has it, in the form of its store on PostgreSQL."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from interrupt_mcp.store.postgres.channel_values import json_of

COLUMNS = ("prefix", "key", "value", "created_at", "updated_at", "expires_at", "ttl_minutes")


def there(row: Mapping[str, Any]) -> Sequence[Any]:
    """Return the item's row there. Its times are in UTC, and in whole minutes how long it is kept after each use."""
    minutes = row["ttl_minutes"]
    ttl = None if minutes is None else max(1, math.ceil(minutes))
    times = (row["created_at"], row["updated_at"], row["expires_at"])
    return (row["prefix"], row["key"], json_of(json.loads(row["value"])), *times, ttl)
