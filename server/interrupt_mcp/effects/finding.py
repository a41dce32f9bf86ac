"""Which gate watches over the code that runs: that of the drive whose work it is.

A drive puts its gate into LangGraph's configuration, which goes to subgraphs and to agents inside tools, and may be
handed on by hand; and into the context, which goes where no configuration does. What outlives its drive, like a task
or a saved configuration, finds a gate that is over; a thread that was begun without the context, only a mark of it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from langchain_core.runnables.config import var_child_runnable_config

if TYPE_CHECKING:
    from interrupt_mcp.effects.gate import Gate

GATE = "__interrupt_mcp_gate"
"""Key in the configuration. LangGraph keeps what begins so out of a checkpoint's metadata."""
_gate: ContextVar["Gate | None"] = ContextVar("interrupt_mcp_gate", default=None)
_going_on: set["Gate"] = set()
_begun_in: ContextVar["Gate | None"] = ContextVar("interrupt_mcp_begun_in", default=None)


@contextmanager
def active(gate: "Gate") -> Iterator[Mapping[str, Any]]:
    """As long as this is entered, the gate is found; what it gives belongs into the drive's `configurable`."""
    token = _gate.set(gate)
    _going_on.add(gate)
    try:
        yield {GATE: gate}
    finally:
        _gate.reset(token)
        _going_on.discard(gate)
        gate.is_over = True


def gate_of(config: Any = None) -> "Gate | None":
    """The gate of the drive that the code belongs to, while that is going on."""
    gate = _named(config)
    return gate if gate is not None and not gate.is_over else None


def lost_gate(config: Any = None) -> "Gate | None":
    """The gate of the drive that the code came from and belongs to no longer; none where it came from none."""
    gate = _named(config)
    return _begun_in.get() if gate is None else gate if gate.is_over else None


@contextmanager
def begun_in(gate: "Gate") -> Iterator[None]:
    """Mark what runs here as begun in a drive, whose context it does not have."""
    token = _begun_in.set(gate)
    try:
        yield
    finally:
        _begun_in.reset(token)


def beginner() -> "Gate | None":
    """The gate of the drive that begins a thread here."""
    return _named(None) or _begun_in.get()


def going_on() -> tuple["Gate", ...]:
    """The gates of all drives of the process: what was begun outside of every drive may work for any of them."""
    return tuple(_going_on)


def _named(config: Any) -> "Gate | None":
    configurable = (config or var_child_runnable_config.get() or {}).get("configurable") or {}
    gate: Gate | None = configurable.get(GATE) or _gate.get()
    return gate
