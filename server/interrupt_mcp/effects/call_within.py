"""A tool that is called by the code of another tool or of a function: it runs under the record of what is around it.

Where a person must be asked about it, it is asked about as a `sensitive` function is, and has a record of its own.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from langgraph.errors import GraphInterrupt

from interrupt_mcp.effects.call_by_code import CallByCode
from interrupt_mcp.effects.defaults import defaults_of
from interrupt_mcp.effects.gate import Gate
from interrupt_mcp.effects.gate_question import asks_itself
from interrupt_mcp.effects.gated_call import Ending
from interrupt_mcp.effects.sensitive_function import Recorded, Unrecorded, ask
from interrupt_mcp.model import Call, Performed, to_json


@dataclass(frozen=True, slots=True)
class _Run:
    """The call may be made."""

    known: Call | None
    """Which it is; `None` where the tool asks by itself, and tells of it by itself."""
    call: CallByCode
    """As it may be made."""
    record: Recorded | Unrecorded
    """Makes it and keeps its record."""


@dataclass(frozen=True, slots=True)
class _Instead:
    """A person gave a result instead of the call."""

    result: Any


def call_within(gate: Gate, call: CallByCode, run: Callable[[CallByCode], Any]) -> Any:
    """Make the call with `run`, once a person allowed it where one must; or return what the person gave instead.

    Raises:
        GraphInterrupt: a person is asked.
    """
    match _allowed(gate, call, awaited=False):
        case _Run(known, allowed, record):
            with _told(gate, known, record) as ending:
                ending.result = record.run(lambda: run(allowed))
            return ending.result
        case _Instead(result):
            return result


async def call_within_async(gate: Gate, call: CallByCode, run: Callable[[CallByCode], Awaitable[Any]]) -> Any:
    """Make the call as `call_within` does, for code that awaits."""
    match _allowed(gate, call, awaited=True):
        case _Run(known, allowed, record):
            with _told(gate, known, record) as ending:
                ending.result = await record.run_async(lambda: run(allowed))
            return ending.result
        case _Instead(result):
            return result


@contextmanager
def _told(gate: Gate, call: Call | None, record: Recorded | Unrecorded) -> Iterator[Ending]:
    """Tell whoever watches how a call ended that runs within this context, unless it has a record, which tells it."""
    ending = Ending()
    error: BaseException | None = None
    try:
        yield ending
    except BaseException as raised:
        error = raised
        raise
    finally:
        if call is not None and isinstance(record, Unrecorded) and not isinstance(error, GraphInterrupt):
            gate.performed(Performed(call, call.complete, False, ending.result, error))


def _allowed(gate: Gate, incoming: CallByCode, *, awaited: bool) -> _Run | _Instead:
    call = gate.identify(incoming)
    asking = None if asks_itself(incoming.tool) else gate.must_ask(call)
    if asking is None:
        return _Run(None if asks_itself(incoming.tool) else call, incoming, Unrecorded())
    args = {**defaults_of(incoming.tool, call.args, awaited=awaited), **call.args}
    answer, record = ask(asking.payload(call.name, args), config=incoming.config)
    match answer:
        case {"type": "accept"}:
            return _Run(call, incoming, record)
        case {"type": "edit", "args": dict(edited)}:
            return _Run(call, incoming.with_args(edited, incoming.config), record)
        case {"type": "respond", "value": value}:
            return _Instead(incoming.value_result(to_json(value)))
        case {"type": "reject", **words}:
            why = words.get("message") or "a person rejected it."
            return _Instead(incoming.text_result(f"{call.name} was not run: {why}", error=True))
    return _Instead(incoming.text_result(f"{call.name} was not run: the answer allows nothing", error=True))
