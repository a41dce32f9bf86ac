"""Where in an agent an error came from: its node, its tool, and the file and line of the agent's own code.

It does not know what the error means.
"""

import os
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import interrupt_mcp
from interrupt_mcp.text.redaction import line_of

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent
    from interrupt_mcp.effects.raised import RaisedErrors

_TASK = re.compile(r"During task with name '(.*)' and id '[^']*'", re.DOTALL)
"""The note that LangGraph puts on what a node raises (langgraph 1.2)."""
_LONGEST = 80
"""Characters of a name."""
_LIBRARIES = ("site-packages", "dist-packages")
_OURS = os.path.join(os.path.dirname(os.path.realpath(interrupt_mcp.__file__)), "")


@dataclass(frozen=True, slots=True)
class OwnCode:
    """The code that is an agent's own: what lies in its project, and the modules of its package or folder."""

    root: Path
    """The folder of `langgraph.json`."""
    agent: "Agent"

    def line(self, error: BaseException) -> str:
        """Return the innermost line of it that the error went through, as `FILE:LINE`; empty where there is none."""
        for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
            if (file := self._file(frame)) is not None:
                return f"{file}:{line}"
        return ""

    def _file(self, frame: FrameType) -> str | None:
        """Return the frame's file as the agent's author knows it; `None` where it is not the agent's own."""
        name, file = str(frame.f_globals.get("__name__", "")), os.path.realpath(frame.f_code.co_filename)
        if file.startswith(_OURS) or not os.path.isfile(file):
            return None
        inside = _below(Path(file), self.root)
        if inside is not None:
            return inside
        if not self.agent.types.owns(name, frame.f_code.co_filename):
            return None
        if not frame.f_globals.get("__package__"):
            return file
        # A module of a package is known by its place in it, wherever that is installed.
        deep = name.count(".") + (2 if file.endswith("__init__.py") else 1)
        return "/".join(Path(file).parts[-deep:])


def place(error: BaseException, code: OwnCode, raised: "RaisedErrors") -> str:
    """Return where the error came from, as ` (node 'NODE', tool 'TOOL', FILE:LINE)`, as far as that is known.

    `raised` are the errors of tools in the same drive.
    """
    errors = list(chain(error))
    called = next((call for each in errors if (call := raised.call_that_raised(each))), None)
    tool = "" if called is None or called.function else called.name
    node = next(_nodes(errors), "") or (called.ns.rpartition("|")[2].partition(":")[0] if called else "")
    line = next((found for each in errors if (found := code.line(each))), "")
    named = [f"{what} {_short(name)!r}" for what, name in (("node", node), ("tool", tool)) if name]
    known = [*named, *([line_of(line)] if line else [])]
    return f" ({', '.join(known)})" if known else ""


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, then its cause, and so on; the one that began it all is last.

    Where a task group raised one error, that and its causes come first.
    """
    if isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        yield from chain(error.exceptions[0])
    known: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in known:
        known.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _nodes(errors: list[BaseException]) -> Iterator[str]:
    """Yield the nodes that the errors left, the innermost first."""
    for error in errors:
        for note in getattr(error, "__notes__", ()):
            if isinstance(note, str) and (found := _TASK.fullmatch(note)):
                yield found[1]


def _below(file: Path, root: Path) -> str | None:
    try:
        inside = file.relative_to(os.path.realpath(root))
    except ValueError:
        return None
    return None if any(part in _LIBRARIES for part in inside.parts) else inside.as_posix()


def _short(name: str) -> str:
    text = line_of(name[: 10 * _LONGEST])
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
