"""A tool that is called by the code of another tool or of a function: it passes under the record of what is around it.

Where a person must be asked about it, it is asked about as a `sensitive` function is, and has a record of its own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from interrupt_mcp.effects.call_by_code import DirectCall
from interrupt_mcp.effects.defaults import defaults_of
from interrupt_mcp.effects.function import Recorded, Unrecorded, ask
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.gate_question import asks_itself
from interrupt_mcp.model import to_json


@dataclass(frozen=True, slots=True)
class _Run:
    """The call as it may be made, and what keeps its record."""

    step: DirectCall
    record: Recorded | Unrecorded


@dataclass(frozen=True, slots=True)
class _Instead:
    """What a person gave instead of the call."""

    result: Any


def ask_about(gate: Gate, step: DirectCall, run: Callable[[DirectCall], Any]) -> Any:
    """Run it, once a person allowed it where one must; or what the person gave instead."""
    match _allowed(gate, step, awaited=False):
        case _Run(allowed, record):
            return record.run(lambda: run(allowed))
        case _Instead(result):
            return result


async def ask_about_async(gate: Gate, step: DirectCall, run: Callable[[DirectCall], Awaitable[Any]]) -> Any:
    """The same for code that awaits."""
    match _allowed(gate, step, awaited=True):
        case _Run(allowed, record):
            return await record.run_async(lambda: run(allowed))
        case _Instead(result):
            return result


def _allowed(gate: Gate, step: DirectCall, *, awaited: bool) -> _Run | _Instead:
    call = gate.identify(step)
    asking = None if asks_itself(step.tool) else gate.must_ask(call)
    if asking is None:
        return _Run(step, Unrecorded())
    args = {**defaults_of(step.tool, call.args, awaited=awaited), **call.args}
    answer, record = ask(asking.payload(call.name, args), config=step.config)
    match answer:
        case {"type": "accept"}:
            return _Run(step, record)
        case {"type": "edit", "args": dict(edited)}:
            return _Run(step.with_args(edited, step.config), record)
        case {"type": "respond", "value": value}:
            return _Instead(step.gives(to_json(value)))
        case {"type": "reject", **words}:
            why = words.get("message") or "a person rejected it."
            return _Instead(step.says(f"{call.name} was not run: {why}", error=True))
    return _Instead(step.says(f"{call.name} was not run: the answer allows nothing", error=True))
