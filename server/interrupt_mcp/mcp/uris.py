"""How resources are named."""

from urllib.parse import quote, unquote

PENDING = "interrupts://pending"
RUN, THREAD = "run://", "thread://"
_LONGEST_ID = 200
_LONGEST = 2_500
"""Of an id, each of whose characters may be four bytes, written with three characters each."""


def run_uri(run_id: str) -> str:
    """Return the name of a run's resource."""
    return RUN + quote(run_id, safe="")


def thread_uri(thread_id: str) -> str:
    """Return the name of a thread's resource."""
    return THREAD + quote(thread_id, safe="")


def is_ours(uri: str) -> bool:
    """Whether it names something that may be there, in a length that ids have."""
    if len(uri) > _LONGEST:
        return False
    named = next((uri.removeprefix(kind) for kind in (RUN, THREAD) if uri.startswith(kind)), "")
    return uri == PENDING or 0 < len(unquote(named)) <= _LONGEST_ID
