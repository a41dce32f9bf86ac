"""The mark that `sensitive` leaves on a function, and what gate and `sensitive` alike must know of a function.

It loads neither LangGraph nor LangChain: agents import `sensitive`, and naming it must cost nothing.
"""

import inspect
from collections.abc import Callable
from typing import Any

DEFAULT_ALLOW = ("accept", "edit", "reject")
"""Decisions that a person may give where nobody says which."""
_MARK = "__interrupt_mcp_sensitive__"
"""Attribute of a function that asks: the function itself, since wrappers copy the attributes of what they wrap."""
_HOW = "__interrupt_mcp_sensitive_how__"
_PREVIEW = "__interrupt_mcp_preview__"


class Rejected(Exception):
    """A person rejected a sensitive function; the text is what the person said."""


def mark_asks_first(
    function: Any, why: str, allow: tuple[str, ...], preview: Callable[..., object] | None = None
) -> None:
    """Mark the function as one that asks a person before anything of it runs, how it asks, and what previews it."""
    setattr(function, _MARK, function)
    setattr(function, _HOW, (why, allow))
    setattr(function, _PREVIEW, preview)


def asks_first(function: object) -> bool:
    """Whether `sensitive` made the function, so that nothing of it runs before a person was asked."""
    return function is not None and getattr(function, _MARK, None) is function


def how_it_asks(function: object) -> tuple[str, tuple[str, ...]]:
    """Return what a function that asks first tells the person, and the decisions that the person may give."""
    why, allow = getattr(function, _HOW)
    return why, allow


def preview_marked(function: object) -> Callable[..., object] | None:
    """Return what tells what would change, of a function that asks first; `None` where nothing does."""
    return getattr(function, _PREVIEW, None) if asks_first(function) else None


def injected(function: Callable[..., Any], signature: inspect.Signature) -> frozenset[str]:
    """Return the names of the parameters that LangGraph fills in, which no person decides on."""
    try:
        hints = inspect.get_annotations(function, eval_str=True)
    except (NameError, SyntaxError, TypeError):
        hints = {}
    return frozenset(name for name in signature.parameters if _is_injected(hints.get(name)))


def _is_injected(hint: Any) -> bool:
    marks = [hint, getattr(hint, "__origin__", None), *getattr(hint, "__metadata__", ())]
    classes = [mark if isinstance(mark, type) else type(mark) for mark in marks]
    names = {base.__name__ for cls in classes for base in cls.__mro__}
    return bool(names & {"InjectedToolArg", "_DirectlyInjectedToolArg", "ToolRuntime"}) or (
        getattr(hint, "__name__", "") == "RunnableConfig"
    )
