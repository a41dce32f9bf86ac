"""The errors that calls of one drive raised, and the calls they came out of. It does not know what becomes of them."""

from collections import deque

from langgraph.errors import GraphBubbleUp

from interrupt_mcp.model import Call

_MOST = 20
"""How many are kept, the latest: each keeps what its code had in hand."""


class RaisedErrors:
    """The latest errors of a drive. Any thread may use it."""

    def __init__(self) -> None:
        self._raised: deque[tuple[Exception, Call]] = deque(maxlen=_MOST)

    def note(self, error: BaseException, call: Call) -> None:
        """Keep that the call, or one within it, raised the error; a pause and what ends a task are none."""
        if isinstance(error, Exception) and not isinstance(error, GraphBubbleUp):
            self._raised.append((error, call))

    def of(self, call: Call) -> Exception | None:
        """Return the last error that the call raised; `None` where it raised none in this drive."""
        return next((error for error, each in reversed(list(self._raised)) if each.key == call.key), None)

    def call_that_raised(self, error: BaseException) -> Call | None:
        """Return the innermost call that the error left."""
        return next((call for each, call in list(self._raised) if each is error), None)
