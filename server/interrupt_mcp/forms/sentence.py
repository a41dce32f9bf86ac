"""What is asked, in one line: for lists, titles and notes, where nobody decides by it."""

from interrupt_mcp.model import Interrupt, Request
from interrupt_mcp.text.columns import cut
from interrupt_mcp.text.glimpse import glimpse
from interrupt_mcp.text.visible import visible

_ACTION, _VALUE, _ALL = 60, 80, 200
"""Columns."""
_MOST_ARGS = 8


def name_of(interrupt: Interrupt) -> str:
    """Return code and action, as links are named; of several requests the first that waits, and how many more do."""
    requests = interrupt.undecided or interrupt.wanted
    more = f" and {len(requests) - 1} more" if len(requests) > 1 else ""
    return f"{interrupt.code} {action_of(requests[0])}{more}" if requests else interrupt.code


def action_of(request: Request) -> str:
    """Return the action as a part of a line, and only its beginning where it is long."""
    return cut(visible(request.action[: 2 * _ACTION]), _ACTION)


def sentence(interrupt: Interrupt, request: Request) -> str:
    """Return what the request wants, with the beginning of its arguments, or of the question where it has none."""
    if request.args:
        said = ", ".join(f"{name}: {glimpse(value, _VALUE)}" for name, value in list(request.args.items())[:_MOST_ARGS])
    else:
        value = interrupt.question.value
        said = "" if value is None else glimpse(value, _ALL)
    return cut(visible(" ".join(said[: 4 * _ALL].split())), _ALL)
