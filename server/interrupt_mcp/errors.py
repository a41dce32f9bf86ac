"""What can go wrong, as the caller sees it: one class for each thing the caller would do differently.

The docstring of a class is the sentence that says what to do; the argument says what happened. An edge (tool result,
HTTP status, exit code) turns an error into its own form, from `code` and `str(error)`.
"""

from typing import ClassVar

from interrupt_mcp.text.visible import printable_line


class Error(Exception):
    """Try again."""

    code: ClassVar[str] = "error"

    def __str__(self) -> str:
        happened = super().__str__().rstrip(". ")
        # Nothing that it quotes does anything but stand there, whoever prints it.
        return printable_line(f"{happened}. {self.remedy}")

    @property
    def remedy(self) -> str:
        """What to do, one sentence: the class's docstring."""
        return " ".join((type(self).__doc__ or "").split())


class Unexpected(Error):
    """Look into the server's log, and try again."""


class UnknownAgent(Error):
    """Call list_agents for the names."""

    code = "unknown_agent"


class UnknownRun(Error):
    """Call list_runs for the ids."""

    code = "unknown_run"


class UnknownThread(Error):
    """Call list_runs for the threads that exist."""

    code = "unknown_thread"


class UnknownCheckpoint(Error):
    """Call get_thread for the thread's checkpoints."""

    code = "unknown_checkpoint"


class UnknownInterrupt(Error):
    """Call get_run or list_interrupts for what still wants a decision."""

    code = "unknown_interrupt"


class AlreadyDecided(Error):
    """A decision is made once; call get_run to see where the run stands."""

    code = "already_decided"


class InvalidDecision(Error):
    """Nothing was decided; correct the decision and send it again."""

    code = "invalid_decision"


class InvalidInput(Error):
    """Nothing was done; correct the arguments and call again."""

    code = "invalid_input"


class NotAllowed(Error):
    """Nothing was decided; choose one of the types in the request's `allowed`."""

    code = "not_allowed"


class NotGated(Error):
    """Nothing was done; have that agent ask by itself there, and take the rule away here."""

    code = "not_gated"


class NeedsHuman(Error):
    """Nothing was decided; ask the person to decide where it says."""

    code = "needs_human"


class Unauthorized(Error):
    """Nothing was done; send a token that counts as `Authorization: Bearer`."""

    code = "unauthorized"


class Forbidden(Error):
    """Nothing was done; it takes somebody who may do it, or a token that has the scope, where one is named."""

    code = "forbidden"


class ThreadBusy(Error):
    """Wait with get_run until that run is finished, or start on another thread."""

    code = "thread_busy"


class ThreadInterrupted(Error):
    """Decide with resume_run, or start with on_interrupted="reject" to reject what is pending first."""

    code = "thread_interrupted"


class StaleDigest(Error):
    """Nothing was decided; read the interrupt again and decide on what it shows now."""

    code = "stale_digest"


class Superseded(Error):
    """It can no longer be decided; call get_run to see where the run stands."""

    code = "superseded"


class RunFinished(Error):
    """Start a new run with start_run."""

    code = "run_finished"


class IdempotencyConflict(Error):
    """Nothing was started; use a new idempotency_key for a different request."""

    code = "idempotency_conflict"


class Unavailable(Error):
    """Nothing was done."""

    code = "unavailable"


class Unreadable(Unavailable):
    """Nothing was done; go on from an older checkpoint with rewind_thread, or start on another thread."""


class Busy(Error):
    """Nothing was done; try again later."""

    code = "busy"

    def __init__(self, happened: str, seconds: int) -> None:
        """`seconds` is after which time it is worth another try."""
        super().__init__(happened)
        self.seconds = seconds

    @property
    def remedy(self) -> str:
        return f"Nothing was done; try again after {self.seconds} second{'' if self.seconds == 1 else 's'}."


class ConfigError(Error):
    """Correct the configuration and start again."""

    code = "config"


class AddressRefused(ConfigError):
    """Use --host 127.0.0.1, ::1 or localhost, and a port that this user may take."""


class NoTerminal(ConfigError):
    """Run it in a terminal."""


class NotWritten(Error):
    """Nothing was changed; put that right and run it again, or put in by hand what it prints without --write."""


class UnknownToken(Error):
    """Call interrupt-mcp token list for the names."""


class NameTaken(Error):
    """Nothing was changed; choose another name with --name."""


class AddressInUse(Error):
    """Choose another with --port, or stop what is there."""

    code = "address_in_use"


class AgentError(Error):
    """Correct the agent and call again."""

    code = "agent_error"


class MissingModule(AgentError):
    """Call again when it is there."""


class ForeignAgent(AgentError):
    """Only graphs written in Python run here; LangGraph's own server runs JavaScript and TypeScript."""
