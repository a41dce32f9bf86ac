"""Who looks on while runs are driven: is told what they do, and changes nothing. It knows no store and no graph."""

from typing import Protocol

from interrupt_mcp.model import Performed, RunId


class Onlooker(Protocol):
    """Is told what the runs of one process do. It must be quick, and raise nothing."""

    def performed(self, run_id: RunId, what: Performed) -> None:
        """Hear that a tool or a `sensitive` function of the run gave a result or raised; from any thread."""

    def raised(self, run_id: RunId, error: BaseException) -> None:
        """Hear what the run's graph raised."""


class _Nobody:
    def performed(self, run_id: RunId, what: Performed) -> None:
        pass

    def raised(self, run_id: RunId, error: BaseException) -> None:
        pass


NOBODY_LOOKS: Onlooker = _Nobody()
