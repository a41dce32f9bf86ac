"""A failure: why an agent could not be loaded, in one sentence, and whether it is worth trying again."""

import os
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp.agents.modules import Stamp, stamp
from interrupt_mcp.errors import AgentError
from interrupt_mcp.text.redaction import said

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an agent could not be loaded."""

    happened: str
    """What people are told."""
    files: Mapping[str, Stamp]
    """The versions of the files that had a part in it."""

    @property
    def stands(self) -> bool:
        """Whether none of the files changed since."""
        return all(stamp(file) == version for file, version in self.files.items())


def failure_of(error: AgentError, files: Iterable[Path]) -> Failure:
    """Return the failure, with the versions of these files and of all that the error went through."""
    involved = {str(file) for file in files} | {file for file, _ in _lines(cause_of(error))}
    return Failure(str(error.args[0]), {file: stamp(file) for file in involved})


@contextmanager
def blaming(name: str, root: Path) -> Iterator[None]:
    """Make an `AgentError` of whatever the agent's code raises within this context; `root` is where that code is."""
    try:
        yield
    except (Exception, SystemExit) as error:
        cause = _unwrapped(error)
        if isinstance(cause, AgentError):
            raise cause from cause.__cause__
        line = _own_line(cause, root)
        raise AgentError(f"Agent {name!r} could not be loaded: {said(cause, _LONGEST)}{line}") from error


def cause_of(error: AgentError) -> BaseException:
    """Return what the agent's code raised."""
    return _unwrapped(error.__cause__ or error)


def _unwrapped(error: BaseException) -> BaseException:
    """Return what went wrong, of what a task group wraps."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _lines(error: BaseException) -> list[tuple[str, int | None]]:
    """Return the files and lines the error went through, the innermost last."""
    lines: list[tuple[str, int | None]] = [
        (frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)
    ]
    if isinstance(error, SyntaxError) and error.filename:
        lines.append((error.filename, error.lineno))
    return lines


def _own_line(error: BaseException, root: Path) -> str:
    """Return the last line in the user's own files, which may hold a virtual environment with libraries."""
    for file, line in reversed(_lines(error)):
        try:
            inside = Path(os.path.realpath(file)).relative_to(root.resolve())
        except ValueError:
            continue
        if "site-packages" not in inside.parts:
            return f" ({file}:{line})"
    return ""
