"""Where the gate is set: next to the tool, under all wrappers and middleware of an agent.

LangGraph and LangChain have no public doors there. `ToolNode._execute_tool_async` and `_execute_tool_sync` are the
last steps of a tool node before the tool, for agents inside tools and subgraphs as well; `BaseTool.run` and `arun` come
after them, and are where the calls arrive that no tool node makes. They are replaced once in a process by functions
that do nothing unless a drive of ours is going on. The user's graphs and tools are not touched.
"""

from functools import wraps
from typing import Any

from langchain_core.runnables.config import ensure_config
from langchain_core.tools import BaseTool
from langgraph._internal._constants import CONFIG_KEY_SCRATCHPAD
from langgraph.prebuilt import ToolNode

from interrupt_mcp.effects import threads
from interrupt_mcp.effects.call_by_code import DirectCall
from interrupt_mcp.effects.call_by_tool_node import HandedCall
from interrupt_mcp.effects.call_within import ask_about, ask_about_async
from interrupt_mcp.effects.finding import gate_of
from interrupt_mcp.effects.lost import lost_config, refuse_unasked
from interrupt_mcp.effects.resume_slots import TaskSlots, inside

_MARK = "_interrupt_mcp_original"


def install() -> None:
    """Set the gate into tool nodes and tools. Calling it again changes nothing."""
    if hasattr(BaseTool.run, _MARK):
        return
    _into_tool_nodes()
    _into_tools()
    threads.install()


def _into_tool_nodes() -> None:
    run_async, run_sync = ToolNode._execute_tool_async, ToolNode._execute_tool_sync

    @wraps(run_async)
    async def gated_async(self: ToolNode, request: Any, input_type: Any, config: Any) -> Any:
        gate = gate_of(config)
        if gate is None or not _in_a_task(config):
            return await run_async(self, request, input_type, config)
        return await gate.call(
            HandedCall(self, request, inside(config)),
            lambda made: run_async(self, made, input_type, made.runtime.config),
        )

    @wraps(run_sync)
    def gated_sync(self: ToolNode, request: Any, input_type: Any, config: Any) -> Any:
        gate = gate_of(config)
        if gate is None or not _in_a_task(config):
            return run_sync(self, request, input_type, config)
        return gate.call_sync(
            HandedCall(self, request, inside(config)),
            lambda made: run_sync(self, made, input_type, made.runtime.config),
        )

    setattr(gated_async, _MARK, run_async)
    setattr(gated_sync, _MARK, run_sync)
    ToolNode._execute_tool_async = gated_async  # type: ignore[method-assign]
    ToolNode._execute_tool_sync = gated_sync  # type: ignore[method-assign]


def _into_tools() -> None:
    run_async, run_sync = BaseTool.arun, BaseTool.run

    @wraps(run_async)
    async def gated_async(self: BaseTool, tool_input: Any, *given: Any, **named: Any) -> Any:
        gate = gate_of(named.get("config"))
        if gate is None:
            lost = lost_config(self, tool_input, named)
            return await run_async(self, tool_input, *given, **(named if lost is None else {**named, "config": lost}))
        config = ensure_config(named.get("config"))
        if not _in_a_task(config):
            refuse_unasked(gate, self, tool_input, named)
            return await run_async(self, tool_input, *given, **named)
        config = inside(config)
        call = DirectCall(self, tool_input, named.get("tool_call_id"), config)

        async def run(made: DirectCall) -> Any:
            return await run_async(self, made.given, *given, **{**named, "config": made.config})

        within = TaskSlots.within(config)
        if within is None:
            return await gate.call(call, run)
        if within.hand_over(self):
            return await run(call)
        return await ask_about_async(gate, call, run)

    @wraps(run_sync)
    def gated_sync(self: BaseTool, tool_input: Any, *given: Any, **named: Any) -> Any:
        gate = gate_of(named.get("config"))
        if gate is None:
            lost = lost_config(self, tool_input, named)
            return run_sync(self, tool_input, *given, **(named if lost is None else {**named, "config": lost}))
        config = ensure_config(named.get("config"))
        if not _in_a_task(config):
            refuse_unasked(gate, self, tool_input, named)
            return run_sync(self, tool_input, *given, **named)
        config = inside(config)
        call = DirectCall(self, tool_input, named.get("tool_call_id"), config)

        def run(made: DirectCall) -> Any:
            return run_sync(self, made.given, *given, **{**named, "config": made.config})

        within = TaskSlots.within(config)
        if within is None:
            return gate.call_sync(call, run)
        if within.hand_over(self):
            return run(call)
        return ask_about(gate, call, run)

    setattr(gated_async, _MARK, run_async)
    setattr(gated_sync, _MARK, run_sync)
    BaseTool.arun = gated_async  # type: ignore[method-assign]
    BaseTool.run = gated_sync  # type: ignore[method-assign]


def _in_a_task(config: Any) -> bool:
    """Whether the code runs in a task of LangGraph's, in which it can ask and be found again."""
    return CONFIG_KEY_SCRATCHPAD in (config.get("configurable") or {})
