"""Previewing: a mark on code that tells what a call would change, so that it does not make the call.

It goes with the context, as the active gate does. It does not know what a preview is made of.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_asked_about: ContextVar[Callable[[str], bool] | None] = ContextVar("interrupt_mcp_previewing", default=None)


@contextmanager
def previewing(asked_about: Callable[[str], bool]) -> Iterator[None]:
    """Mark code within this context; `asked_about` tells of which tools, by name, it must call none."""
    token = _asked_about.set(asked_about)
    try:
        yield
    finally:
        _asked_about.reset(token)


def is_kept_from(tool: str) -> bool:
    """Whether the code that runs here is a preview, and must not call the tool of that name."""
    asked_about = _asked_about.get()
    return asked_about is not None and asked_about(tool)
