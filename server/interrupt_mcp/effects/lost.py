"""Calls of tools that have lost their drive: those that a person must be asked about are refused, and others let pass.

They are not of its task any more: nothing that they ask gets an answer that was given to another call.
"""

from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config
from langchain_core.tools import BaseTool, ToolException
from langgraph._internal._constants import CONFIG_KEY_SCRATCHPAD

from interrupt_mcp.effects.finding import going_on, lost_gate
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.gate_question import asks_itself
from interrupt_mcp.model import Call


class NotGated(ToolException):
    """A tool was not called, because a person must be asked about it and cannot be asked here."""


def lost_config(tool: BaseTool, given: Any, named: dict[str, Any]) -> RunnableConfig | None:
    """The configuration with which the call is let pass; none where it came from no drive.

    Raises:
        NotGated: a person must be asked about the tool.
        GraphInterrupt: the call is a late one of a try that has stopped with a question.
    """
    gate = lost_gate(named.get("config"))
    if gate is None:
        for each in going_on():
            refuse_unasked(each, tool, given, named)
        return None
    config = ensure_config(named.get("config"))
    if (pad := config["configurable"].get(CONFIG_KEY_SCRATCHPAD)) is not None:
        if (pause := gate.stopped(pad)) is not None:
            raise pause
        deaf = replace(pad, resume=[], get_null_resume=lambda _consume=False: None)
        config = {**config, "configurable": {**config["configurable"], CONFIG_KEY_SCRATCHPAD: deaf}}
    refuse_unasked(gate, tool, given, named)
    return config


def refuse_unasked(gate: Gate, tool: BaseTool, given: Any, named: dict[str, Any]) -> None:
    """
    Raises:
        NotGated: a person must be asked about the tool, which is called where nobody can be.
    """
    if asks_itself(tool):
        return
    args = given if isinstance(given, dict) else {}
    if gate.must_ask(Call("", "", 0, named.get("tool_call_id") or "", tool.name, args, by_code="lost")) is None:
        return
    raise NotGated(
        f"{tool.name} was not run: a person must be asked about it, and it was called where the run is not known, in a"
        " thread without its context or after the run was let go. Start the thread with asyncio.to_thread, or with"
        " contextvars.copy_context().run, or hand the tool the config of the node that calls it."
    )
