"""Where the gate is set: the innermost step of every ToolNode, under all wrappers and middleware of an agent.

LangGraph has no public door there. `ToolNode._execute_tool_async` and `_execute_tool_sync` are the last steps before
the tool, for agents inside tools and subgraphs as well, so they are replaced once in a process by functions that do
nothing unless a drive of ours has set its gate in the context. The user's graphs are not touched.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from langgraph.prebuilt import ToolNode

from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.step import ToolStep

_active: ContextVar[Gate | None] = ContextVar("interrupt_mcp_gate", default=None)
_MARK = "_interrupt_mcp_original"


@contextmanager
def active(gate: Gate) -> Iterator[None]:
    """Within this context, and all tasks and threads started from it, tool calls go through the gate."""
    token = _active.set(gate)
    try:
        yield
    finally:
        _active.reset(token)


def current() -> Gate | None:
    """The gate of the drive that runs this code, if it is one of ours."""
    return _active.get()


def install() -> None:
    """Set the gate into LangGraph's ToolNode. Calling it again changes nothing."""
    if hasattr(ToolNode._execute_tool_async, _MARK):
        return
    run_async, run_sync = ToolNode._execute_tool_async, ToolNode._execute_tool_sync

    @wraps(run_async)
    async def gated_async(self: ToolNode, request: Any, input_type: Any, config: Any) -> Any:
        gate = _active.get()
        if gate is None:
            return await run_async(self, request, input_type, config)
        step = ToolStep(self, request, input_type, config)
        return await gate.call(step, lambda req, conf: run_async(self, req, input_type, conf))

    @wraps(run_sync)
    def gated_sync(self: ToolNode, request: Any, input_type: Any, config: Any) -> Any:
        gate = _active.get()
        if gate is None:
            return run_sync(self, request, input_type, config)
        step = ToolStep(self, request, input_type, config)
        return gate.call_sync(step, lambda req, conf: run_sync(self, req, input_type, conf))

    setattr(gated_async, _MARK, run_async)
    setattr(gated_sync, _MARK, run_sync)
    ToolNode._execute_tool_async = gated_async  # type: ignore[method-assign]
    ToolNode._execute_tool_sync = gated_sync  # type: ignore[method-assign]
