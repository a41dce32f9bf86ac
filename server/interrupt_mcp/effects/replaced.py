"""Methods of libraries that ours stand in for, set once in a process. It does not know what they do."""

from collections.abc import Callable
from typing import Any

_ORIGINAL = "_interrupt_mcp_original"
"""Attribute of a method of ours: the library's own."""


def is_replaced(method: Callable[..., Any]) -> bool:
    """Whether the method is one of ours already."""
    return hasattr(method, _ORIGINAL)


def replace_method(owner: type, name: str, ours: Callable[..., Any]) -> None:
    """Put our method into a library's class, in the place of its own of that name."""
    setattr(ours, _ORIGINAL, getattr(owner, name))
    setattr(owner, name, ours)
