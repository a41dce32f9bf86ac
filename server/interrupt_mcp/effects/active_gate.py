"""The active gate: that of the drive to which the code that runs belongs.

A drive puts its gate into LangGraph's configuration, which goes to subgraphs and to agents inside tools, and which code
may pass on itself; and into the context, which goes where no configuration does. Code that outlives its drive, like a
task or a saved configuration, has a gate that is over; a thread that was started without the context has only a mark.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context, ContextVar
from typing import TYPE_CHECKING, Any

from langchain_core.runnables.config import var_child_runnable_config

if TYPE_CHECKING:
    from interrupt_mcp.effects.gate import Gate

GATE = "__interrupt_mcp_gate"
"""Key in the configuration. LangGraph keeps what begins so out of a checkpoint's metadata."""
_gate: ContextVar["Gate | None"] = ContextVar("interrupt_mcp_gate", default=None)
_active: set["Gate"] = set()
_started_in: ContextVar["Gate | None"] = ContextVar("interrupt_mcp_started_in", default=None)


@contextmanager
def active(gate: "Gate") -> Iterator[Mapping[str, Any]]:
    """Make the gate the active one within this context, and give what belongs into the drive's `configurable`."""
    token = _gate.set(gate)
    _active.add(gate)
    try:
        yield {GATE: gate}
    finally:
        _gate.reset(token)
        _active.discard(gate)
        gate.is_over = True


def active_gate(config: Any = None) -> "Gate | None":
    """Return the gate of the drive that the code belongs to, as long as that drive runs."""
    gate = _gate_in(config)
    return gate if gate is not None and not gate.is_over else None


def origin_gate(config: Any = None) -> "Gate | None":
    """Return the gate of the drive that code without an active gate came from, if it came from one."""
    gate = _gate_in(config)
    return _started_in.get() if gate is None else gate if gate.is_over else None


@contextmanager
def started_in(gate: "Gate") -> Iterator[None]:
    """Mark what runs within this context as started in a drive, whose own context it does not have."""
    token = _started_in.set(gate)
    try:
        yield
    finally:
        _started_in.reset(token)


def starting_gate() -> "Gate | None":
    """Return the gate of the drive that starts a thread here, if one does."""
    return _gate_in(None) or _started_in.get()


def is_in_drive(context: Context | None) -> bool:
    """Whether code with this context belongs to a drive, going on or over; with the running code's own for `None`."""
    return (_gate.get() if context is None else context.get(_gate)) is not None


def active_gates() -> tuple["Gate", ...]:
    """Return the gates of all drives of the process: code from outside of every drive may work for any of them."""
    return tuple(_active)


def _gate_in(config: Any) -> "Gate | None":
    configurable = (config or var_child_runnable_config.get() or {}).get("configurable") or {}
    gate: Gate | None = configurable.get(GATE) or _gate.get()
    return gate
