"""A worker whose agent got no more memory: whatever comes next in it may get none either, so it makes room for another.

It does not know how much memory it may have.
"""

import logging
from collections.abc import Callable

from interrupt_mcp.driving.origin import chain
from interrupt_mcp.model import Performed, RunId

log = logging.getLogger(__name__)
_NO_THREAD = "can't start new thread"
"""What Python says where the system has no memory for the stack of one."""


class Exhausted:
    """Looks on while runs are driven. See `driving.onlooker.Onlooker`."""

    def __init__(self, leave: Callable[[], None]) -> None:
        """`leave` has the worker let go of its runs and end; from any thread."""
        self._leave = leave

    def performed(self, run_id: RunId, what: Performed) -> None:
        """Hear nothing."""

    def raised(self, run_id: RunId, error: BaseException) -> None:
        """Have the worker end where it got no more memory."""
        if any(isinstance(each, MemoryError) or _NO_THREAD in str(each.args[:1]) for each in chain(error)):
            log.warning("run %s got no more memory: this worker ends, and its other runs go on in the next one", run_id)
            self._leave()
