"""Idempotency keys: the same for each attempt at one call, so that a service can tell a repeat from another call.

It knows neither gate nor graph: whoever makes a call says which one it is.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_KEYS = uuid.UUID("6f2b1f0e-5d0e-4c53-9f6b-3a0c9c2f7b11")
_made: ContextVar[str | None] = ContextVar("interrupt_mcp_call", default=None)


def idempotency_key(purpose: str = "") -> str:
    """Return a key to hand on to a service, from within a tool call or a `sensitive` function that the server runs.

    However often one call is made, after a crash, an error or another question of the same tool, its key is the same;
    another call, run, thread or branch has another one. A call that does several things names each with a `purpose`.

    Raises:
        LookupError: the code does not run in the server, which alone knows what is the same call.
    """
    made = _made.get()
    if made is None:
        raise LookupError(
            "idempotency_key() is known only within a tool call or sensitive function that interrupt-mcp runs."
        )
    return str(uuid.uuid5(_KEYS, f"{made}\n{purpose}"))


@contextmanager
def making(thread_id: str, call_key: str) -> Iterator[None]:
    """Make the call within this context."""
    token = _made.set(f"{thread_id}\n{call_key}")
    try:
        yield
    finally:
        _made.reset(token)
