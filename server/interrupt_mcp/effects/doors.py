"""Where the gate is set: next to the tool, under all wrappers and middleware of an agent.

LangGraph and LangChain have no public doors there. `ToolNode._execute_tool_async` and `_execute_tool_sync` are the
last steps of a tool node before the tool, for agents inside tools and subgraphs as well; `BaseTool.run` and `arun` come
after them, and are where the calls arrive that no tool node makes. They are replaced once in a process by functions
that do nothing unless a drive of ours is going on. The user's graphs and tools are not touched.
"""

from dataclasses import dataclass
from functools import wraps
from typing import Any

from langchain_core.runnables.config import ensure_config
from langchain_core.tools import BaseTool
from langgraph._internal._constants import CONFIG_KEY_SCRATCHPAD
from langgraph.prebuilt import ToolNode

from interrupt_mcp.effects import os_threads
from interrupt_mcp.effects.active_gate import active_gate
from interrupt_mcp.effects.call_by_code import CallByCode
from interrupt_mcp.effects.call_by_tool_node import CallByToolNode
from interrupt_mcp.effects.call_within import call_within, call_within_async
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.outside_drive import config_outside_drive, refuse_unasked
from interrupt_mcp.effects.replaced import is_replaced, replace_method
from interrupt_mcp.effects.resume_slots import ResumeSlots, with_own_slots


def install() -> None:
    """Set the gate into tool nodes and tools. Calling it again changes nothing."""
    if is_replaced(BaseTool.run):
        return
    _into_tool_nodes()
    _into_tools()
    os_threads.install()


def _into_tool_nodes() -> None:
    run_async, run_sync = ToolNode._execute_tool_async, ToolNode._execute_tool_sync

    @wraps(run_async)
    async def gated_async(self: ToolNode, request: Any, input_type: Any, config: Any) -> Any:
        gate = active_gate(config)
        if gate is None or not _in_a_task(config):
            return await run_async(self, request, input_type, config)
        return await gate.call(
            CallByToolNode(self, request, with_own_slots(config), input_type),
            lambda made: run_async(self, made, input_type, made.runtime.config),
        )

    @wraps(run_sync)
    def gated_sync(self: ToolNode, request: Any, input_type: Any, config: Any) -> Any:
        gate = active_gate(config)
        if gate is None or not _in_a_task(config):
            return run_sync(self, request, input_type, config)
        return gate.call_sync(
            CallByToolNode(self, request, with_own_slots(config), input_type),
            lambda made: run_sync(self, made, input_type, made.runtime.config),
        )

    replace_method(ToolNode, "_execute_tool_async", gated_async)
    replace_method(ToolNode, "_execute_tool_sync", gated_sync)


def _into_tools() -> None:
    run_async, run_sync = BaseTool.arun, BaseTool.run

    @wraps(run_async)
    async def gated_async(self: BaseTool, tool_input: Any, *given: Any, **named: Any) -> Any:
        async def run(made: CallByCode) -> Any:
            return await run_async(self, made.given, *given, **{**named, "config": made.config})

        match _way(self, tool_input, named):
            case _PastGate(config):
                return await run_async(self, tool_input, *given, **_with_config(config, named))
            case _ThroughGate(gate, call):
                return await gate.call(call, run)
            case _Within(gate, call):
                return await call_within_async(gate, call, run)

    @wraps(run_sync)
    def gated_sync(self: BaseTool, tool_input: Any, *given: Any, **named: Any) -> Any:
        def run(made: CallByCode) -> Any:
            return run_sync(self, made.given, *given, **{**named, "config": made.config})

        match _way(self, tool_input, named):
            case _PastGate(config):
                return run_sync(self, tool_input, *given, **_with_config(config, named))
            case _ThroughGate(gate, call):
                return gate.call_sync(call, run)
            case _Within(gate, call):
                return call_within(gate, call, run)

    replace_method(BaseTool, "arun", gated_async)
    replace_method(BaseTool, "run", gated_sync)


@dataclass(frozen=True, slots=True)
class _PastGate:
    """The tool is called without the gate: no drive goes on here, or the call passed it already."""

    config: Any
    """The configuration to call it with; `None` for its own."""


@dataclass(frozen=True, slots=True)
class _ThroughGate:
    """The call passes the gate."""

    gate: Gate
    call: CallByCode


@dataclass(frozen=True, slots=True)
class _Within:
    """Code of a call that passed the gate makes the call."""

    gate: Gate
    call: CallByCode


def _way(tool: BaseTool, tool_input: Any, named: dict[str, Any]) -> _PastGate | _ThroughGate | _Within:
    """Decide how a tool is called that its `run` or `arun` is asked to call.

    Raises:
        NotGated: a person must be asked about the call, and nobody can be.
    """
    gate = active_gate(named.get("config"))
    if gate is None:
        return _PastGate(config_outside_drive(tool, tool_input, named))
    config = ensure_config(named.get("config"))
    if not _in_a_task(config):
        refuse_unasked(gate, tool, tool_input, named)
        return _PastGate(None)
    config = with_own_slots(config)
    call = CallByCode(tool, tool_input, named.get("tool_call_id"), config)
    within = ResumeSlots.within(config)
    if within is None:
        return _ThroughGate(gate, call)
    return _PastGate(config) if within.arrives_at(tool) else _Within(gate, call)


def _with_config(config: Any, named: dict[str, Any]) -> dict[str, Any]:
    return named if config is None else {**named, "config": config}


def _in_a_task(config: Any) -> bool:
    """Whether the code runs in a task of LangGraph's, in which it can ask and be found again."""
    return CONFIG_KEY_SCRATCHPAD in (config.get("configurable") or {})
