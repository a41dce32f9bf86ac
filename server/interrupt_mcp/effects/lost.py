"""Calls of tools that have lost their drive: those that a person must be asked about are refused, and no others."""

from typing import Any

from langchain_core.tools import BaseTool, ToolException

from interrupt_mcp.effects.asking import asks_itself
from interrupt_mcp.effects.finding import lost_gate
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.model import Call


class NotGated(ToolException):
    """A tool was not called, because a person must be asked about it and cannot be asked here."""


def refuse_lost(tool: BaseTool, given: Any, named: dict[str, Any], gate: Gate | None = None) -> None:
    """
    Raises:
        NotGated: a person must be asked about the tool, and what calls it runs outside the drive it belongs to.
    """
    gate = gate or lost_gate(named.get("config"))
    if gate is None or asks_itself(tool):
        return
    args = given if isinstance(given, dict) else {}
    if gate.must_ask(Call("", "", 0, named.get("tool_call_id") or "", tool.name, args, by_code="lost")) is None:
        return
    raise NotGated(
        f"{tool.name} was not run: a person must be asked about it, and it was called where the run is not known, in a"
        " thread without its context or after the run was let go. Start the thread with asyncio.to_thread, or with"
        " contextvars.copy_context().run, or hand the tool the config of the node that calls it."
    )
