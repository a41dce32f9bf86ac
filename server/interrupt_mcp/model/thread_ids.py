"""Ids of threads: a caller may choose one, and two callers the same. It stands for a thread of each of them.

The id that all is kept under begins with whose it is then. Whoever is shown one sees the name that was chosen.
"""

import hashlib
import re

from interrupt_mcp.access import Principal
from interrupt_mcp.words import ThreadId

_BEGINNING = re.compile(r"t[0-9a-f]{16}~", re.ASCII)
LENGTH = 18
"""Characters before the name that was chosen."""


def qualified(project: str, principal: Principal, name: str) -> ThreadId:
    """Return the id under which this principal's thread of that name is kept, where the name itself is not."""
    whose = hashlib.sha256(f"{project}\n{principal}".encode()).hexdigest()
    return ThreadId(f"t{whose[:16]}~{name}")


def is_qualified(thread_id: str) -> bool:
    """Whether an id says whose it is."""
    return _BEGINNING.match(thread_id) is not None


def name_of(thread_id: str) -> str:
    """Return the id as it is shown, and as it was chosen."""
    return thread_id[LENGTH:] if is_qualified(thread_id) else thread_id
