"""What can go wrong between a script and the server. A server's refusal has its stable code, and says what to do."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interrupt_mcp.client.nouns import Run


class RunsError(Exception):
    """The server did not do what it was asked for, or what a run asks cannot be decided so."""

    def __init__(self, code: str, text: str) -> None:
        """`code` is one of the codes in docs/scripts.md; `text` says what happened, and what to do."""
        super().__init__(text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


class AlreadyDecided(RunsError):
    """Somebody else decided first: look where the run stands."""


class NeedsHuman(RunsError):
    """A person must decide this: have the person asked, with `Runs.ask`."""


class Busy(RunsError):
    """The server takes no more for now: try again later, as its text says."""


class Unreachable(RunsError):
    """The server does not answer, or is none of interrupt-mcp's. Runs go on without it, and decisions are kept."""


class StillRunning(RunsError, TimeoutError):
    """The time was up before the run paused or ended. It goes on: `run` is how it stands."""

    def __init__(self, run: "Run", doing: str) -> None:
        super().__init__("still_running", f"Run {run.run_id} of agent {run.agent} {doing}, and goes on.")
        self.run = run


_KINDS = {"already_decided": AlreadyDecided, "needs_human": NeedsHuman, "busy": Busy}


def refusal(code: str, text: str) -> RunsError:
    """Return the error for what a server answers with this code."""
    return _KINDS.get(code, RunsError)(code, text)
