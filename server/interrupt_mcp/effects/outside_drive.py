"""Calls of tools outside their drive: after it ended, or in a thread without its context.

Those that a person must be asked about are refused, and others let pass. They belong to no task any more: nothing that
they ask gets an answer that was given to another call.
"""

from dataclasses import replace
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config
from langchain_core.tools import BaseTool, ToolException
from langgraph._internal._constants import CONFIG_KEY_SCRATCHPAD

from interrupt_mcp.effects.active_gate import active_gates, origin_gate
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.gate_question import asks_itself
from interrupt_mcp.effects.previewing import is_kept_from
from interrupt_mcp.model import Call


class NotGated(ToolException):
    """A tool was not called, because a person must be asked about it and cannot be asked here."""


def config_outside_drive(tool: BaseTool, given: Any, named: dict[str, Any]) -> RunnableConfig | None:
    """Return the configuration with which the call is let pass; `None` for its own, where it came from no drive.

    `given` and `named` are what the tool's `run` or `arun` is called with.

    Raises:
        NotGated: a person must be asked about the tool.
        GraphInterrupt: the call comes late, from an attempt of a task that has stopped with a question.
    """
    if is_kept_from(tool.name):
        raise NotGated(f"{tool.name} was not run: a preview tells what it would change, and does nothing")
    gate = origin_gate(named.get("config"))
    if gate is None:
        for each in active_gates():
            refuse_unasked(each, tool, given, named)
        return None
    config = ensure_config(named.get("config"))
    if (pad := config["configurable"].get(CONFIG_KEY_SCRATCHPAD)) is not None:
        if (question := gate.question_of(pad)) is not None:
            raise question
        unanswered = replace(pad, resume=[], get_null_resume=lambda _consume=False: None)
        config = {**config, "configurable": {**config["configurable"], CONFIG_KEY_SCRATCHPAD: unanswered}}
    refuse_unasked(gate, tool, given, named)
    return config


def refuse_unasked(gate: Gate, tool: BaseTool, given: Any, named: dict[str, Any]) -> None:
    """Refuse a call that a person must be asked about, where nobody can be asked.

    Raises:
        NotGated: it is one.
    """
    if asks_itself(tool):
        return
    args = given if isinstance(given, dict) else {}
    call = Call("", "", 0, named.get("tool_call_id") or "", tool.name, args, by_code="outside a drive")
    if gate.must_ask(call) is None:
        return
    raise NotGated(
        f"{tool.name} was not run: a person must be asked about it, and it was called where the run is not known, in a"
        " thread without its context or after the run was let go. Start the thread with asyncio.to_thread, or with"
        " contextvars.copy_context().run, or hand the tool the config of the node that calls it."
    )
