"""An error as a page tells it: what happened in a sentence, and the HTTP status. It does not know which page."""

from interrupt_mcp.errors import Error, Superseded
from interrupt_mcp.text.visible import printable_line

_STATUS = {
    "unavailable": 503,
    "busy": 503,
    "needs_human": 403,
    "forbidden": 403,
    "not_allowed": 403,
    "invalid_input": 400,
}
_SENT = {400: 422}
"""What was sent could be read, and not be taken."""
_MOVED = "It went on since this page was loaded. Nothing was done; look again at what is shown now."


def status_of(error: Error) -> int:
    """Return the status of a page that cannot be shown."""
    return 404 if error.code.startswith("unknown_") else _STATUS.get(error.code, 409)


def happened(error: Error) -> str:
    """Return what happened, as a part of a sentence, without what a client of the tools would do about it."""
    return (printable_line(str(error.args[0])) if error.args else str(error)).rstrip(". ")


def refused(error: Error) -> tuple[str, int]:
    """Return what is said of a form that was not taken, on the page it came from, and that page's status."""
    status = status_of(error)
    if isinstance(error, Superseded):
        return _MOVED, status
    return f"{happened(error)}. Nothing was done.", _SENT.get(status, status)
