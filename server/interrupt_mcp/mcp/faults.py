"""Faults: errors as they leave the server, as a tool's result or as the protocol's own. It knows no use case."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult
from pydantic import ValidationError

from interrupt_mcp.errors import Error, InvalidInput, Unexpected, UnknownRun, UnknownThread
from interrupt_mcp.mcp.results import failure

log = logging.getLogger(__name__)
SERVER_ERROR = -32000
"""JSON-RPC's first code for errors of a server's own."""
_LONGEST = 80
"""Characters that are shown of what a client gave."""
_CALLERS = (InvalidInput, UnknownRun, UnknownThread)
"""Errors of those who asked, rather than of the server."""


def of_tool(name: str, error: ToolError) -> CallToolResult:
    """Return the result of a call that failed.

    Raises:
        MCPError: there is no such tool.
    """
    cause = error.__cause__
    if cause is None:
        raise invalid(f"There is no tool {short(name)}; tools/list has the names.") from error
    known = _known(cause) or _unexpected(name, cause)
    return failure(f"{known.code}: {known}")


@contextmanager
def as_protocol_errors(what: str) -> Iterator[None]:
    """Have an error leave as one of the protocol's, with its code and a sentence, while this is entered."""
    try:
        yield
    except MCPError:
        raise
    except Exception as error:
        known = error if isinstance(error, Error) else _unexpected(what, error)
        code = INVALID_PARAMS if isinstance(known, _CALLERS) else SERVER_ERROR
        raise MCPError(code, f"{known.code}: {known}") from error


def invalid(message: str) -> MCPError:
    """Return the protocol's own error for what a client asked for wrongly."""
    return MCPError(INVALID_PARAMS, message)


def short(given: str) -> str:
    """Return what a client gave in quotes, to be named in a sentence, and cut where it is long."""
    return repr(given if len(given) <= _LONGEST else f"{given[:_LONGEST]}…")


def _known(cause: BaseException) -> Error | None:
    """Return the error as one of ours, where the caller can do something about it."""
    if isinstance(cause, Error):
        return cause
    if isinstance(cause, ValidationError):
        first = cause.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return InvalidInput(f"{place}: {first['msg']}")
    return None


def _unexpected(what: str, error: BaseException) -> Error:
    """Log an error that is none of ours with its traceback; return one that names only its class."""
    log.error("%s failed in a way that was not expected", what, exc_info=error)
    return Unexpected(f"{what} failed in a way that was not expected ({type(error).__name__})")
