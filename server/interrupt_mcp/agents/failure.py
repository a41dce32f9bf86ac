"""A failure: why an agent could not be loaded, in one sentence, and whether it is worth trying again."""

import os
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp.agents.environment import remedy_for, this_environment
from interrupt_mcp.agents.modules import Stamp, stamp
from interrupt_mcp.errors import AgentError, MissingModule
from interrupt_mcp.text.redaction import said

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an agent could not be loaded."""

    kind: type[AgentError]
    happened: str
    """What people are told."""
    files: Mapping[str, Stamp]
    """The versions of the files that had a part in it."""
    missing: str | None
    """The module that there was not."""

    @property
    def stands(self) -> bool:
        """Whether none of the files changed since, and the module is still not there."""
        unchanged = all(stamp(file) == version for file, version in self.files.items())
        return unchanged and not (self.missing and this_environment().finds(self.missing))

    def error(self) -> AgentError:
        """Return it as it was raised first, without what it went through."""
        return self.kind(self.happened)


def failure_of(error: AgentError, files: Iterable[Path]) -> Failure:
    """Return the failure, with the versions of these files and of all that the error went through."""
    cause = cause_of(error)
    involved = {str(file) for file in files} | {file for file, _ in _lines(cause)}
    missing = missing_in(cause)
    # To look for one within a package would import the package.
    sought = missing if missing and "." not in missing else None
    return Failure(type(error), str(error.args[0]), {file: stamp(file) for file in involved}, sought)


@contextmanager
def blaming(what: str, root: Path) -> Iterator[None]:
    """Make an `AgentError` of whatever the user's code raises within this context.

    `what` is what does not work then, as the beginning of a sentence; `root` is the folder of that code.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        cause = _unwrapped(error)
        if isinstance(cause, AgentError):
            raise cause from cause.__cause__
        happened = f"{what}: {said(cause, _LONGEST)}{_own_line(cause, root)}"
        if missing := missing_in(cause):
            raise MissingModule(f"{happened}. {remedy_for(missing, root)}") from error
        raise AgentError(happened) from error


def missing_in(error: BaseException) -> str | None:
    """Return the name of the module whose absence was raised, by itself or as the reason of an import that failed."""
    reason = error if isinstance(error, ModuleNotFoundError) else error.__cause__
    if not isinstance(error, ImportError) or not isinstance(reason, ModuleNotFoundError):
        return None
    name = reason.name
    # It is whatever the code that raised it says.
    return name if isinstance(name, str) and len(name) <= _LONGEST and _is_dotted_name(name) else None


def cause_of(error: AgentError) -> BaseException:
    """Return what the agent's code raised."""
    return _unwrapped(error.__cause__ or error)


def _is_dotted_name(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


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
