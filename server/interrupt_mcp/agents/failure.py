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
    """What was said, and the versions of the files that had a part in it."""

    happened: str
    files: Mapping[str, Stamp]

    @property
    def stands(self) -> bool:
        """Whether none of the files changed since."""
        return all(stamp(file) == version for file, version in self.files.items())


def failure_of(error: AgentError, files: Iterable[Path]) -> Failure:
    involved = {str(file) for file in files} | {file for file, _ in _places(cause_of(error))}
    return Failure(str(error.args[0]), {file: stamp(file) for file in involved})


@contextmanager
def blaming(name: str, root: Path) -> Iterator[None]:
    """Whatever the agent's code raises becomes an `AgentError` that says so; `root` is where that code is."""
    try:
        yield
    except (Exception, SystemExit) as error:
        cause = _unwrapped(error)
        if isinstance(cause, AgentError):
            raise cause from cause.__cause__
        place = _own_place(cause, root)
        raise AgentError(f"Agent {name!r} could not be loaded: {said(cause, _LONGEST)}{place}") from error


def cause_of(error: AgentError) -> BaseException:
    """What the agent's code raised."""
    return _unwrapped(error.__cause__ or error)


def _unwrapped(error: BaseException) -> BaseException:
    """What a task group wraps is what went wrong."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _places(error: BaseException) -> list[tuple[str, int | None]]:
    """Files and lines the error went through, the innermost last."""
    places: list[tuple[str, int | None]] = [
        (frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)
    ]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    return places


def _own_place(error: BaseException, root: Path) -> str:
    """The last place in the user's own files, which may hold a virtual environment with libraries."""
    for file, line in reversed(_places(error)):
        try:
            inside = Path(os.path.realpath(file)).relative_to(root.resolve())
        except ValueError:
            continue
        if "site-packages" not in inside.parts:
            return f" ({file}:{line})"
    return ""
