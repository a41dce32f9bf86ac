"""`review`: a person at a terminal decides what waits, one request at a time."""

import os
import shutil
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.consoles import at_terminal
from interrupt_mcp.cli.keyboard import typed
from interrupt_mcp.errors import NoTerminal
from interrupt_mcp.process.arguments import settings_of
from interrupt_mcp.text.visible import printable

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from interrupt_mcp.config import Settings
    from interrupt_mcp.model import Decision, Interrupt, JsonObject, Request, Run
    from interrupt_mcp.model.previews import Preview
    from interrupt_mcp.runs.runs import Runs

_A_WHILE = 3600.0
"""Seconds for which the run is waited for."""
_PAGE = 100
_CTRL_C = 130
_NOTHING = "Nothing waits for a decision."


class TerminalConsole:
    """Standard input and output, where a person sits."""

    @property
    def width(self) -> int:
        """Columns that a line may take."""
        # What a variable says may be too much: then the terminal would break the lines itself, at our margin.
        told = shutil.get_terminal_size().columns
        return min(told, os.get_terminal_size(sys.stdout.fileno()).columns or told)

    def say(self, text: str) -> None:
        """Print a text, with what cannot be seen made visible."""
        print(printable(text), flush=True)  # noqa: T201  it talks to a person

    def ask(self, prompt: str) -> str | None:
        """Return the line that the person types; `None` at the end of input."""
        line = typed(printable(prompt))
        if line is None:
            self.say("")
        return line


@dataclass(frozen=True, slots=True)
class Review:
    """A person's review of what waits: this thread reads the keys, and an event loop in another has the runs."""

    portal: "BlockingPortal"
    """Calls into that loop."""
    runs: "Runs"
    console: TerminalConsole

    def all(self, name: str | None) -> None:
        """Review each request that waits, and those that come while others are decided; none twice.

        `name` is the id or code of an interrupt: then only its requests.

        Raises:
            UnknownInterrupt: nothing has that name.
        """
        from interrupt_mcp.channels.terminal import Chosen, Terminal

        terminal = Terminal(self.console, self._decide, self._previewed)
        seen: set[tuple[str, int, int]] = set()
        while (found := self._next(name, seen)) is not None:
            interrupt, request = found
            seen.add((interrupt.interrupt_id, interrupt.round, request.index))
            if terminal.review(interrupt, request) is Chosen.QUIT:
                return
        if name is not None and not seen:
            self.console.say(f"{next(self._pending(name)).code} waits for no decision.")
        else:
            self.console.say("Nothing else waits for a decision." if seen else _NOTHING)

    def _next(self, name: str | None, seen: "set[tuple[str, int, int]]") -> "tuple[Interrupt, Request] | None":
        return next(
            (
                (interrupt, request)
                for interrupt in self._pending(name)
                for request in interrupt.undecided
                if (interrupt.interrupt_id, interrupt.round, request.index) not in seen
            ),
            None,
        )

    def _pending(self, name: str | None) -> "Iterator[Interrupt]":
        """Find what waits, oldest first; only the interrupt that is named, where one is."""
        from interrupt_mcp.model import Filters

        if name is not None:
            yield self.portal.call(self.runs.interrupt, name)
            return

        cursor: str | None = ""
        while cursor is not None:
            found, cursor = self.portal.call(self.runs.list_interrupts, Filters(), cursor, _PAGE)
            yield from found

    def _previewed(self, interrupt: "Interrupt", index: int, args: "JsonObject") -> "Preview | None":
        return self.portal.call(self.runs.previewed, interrupt.interrupt_id, index, args)

    def _decide(self, interrupt: "Interrupt", decision: "Decision", preview: "Preview | None") -> str:
        """Keep the decision, and let the run go on: here to its next pause, unless a server is there for it."""
        from interrupt_mcp.channels.terminal import actor
        from interrupt_mcp.model import RunStatus
        from interrupt_mcp.runs.caller import silently
        from interrupt_mcp.runs.decisions import GivenDecision

        given = [GivenDecision.on(interrupt, decision, preview)]
        before = self.portal.call(self.runs.resume, interrupt.run_id, given, actor())
        if before:
            return before
        run = self.portal.call(self.runs.get, interrupt.run_id)
        if run.status is RunStatus.INTERRUPTED:
            return "Decided. The run goes on once the rest is decided."
        if self.portal.call(self.runs.served_elsewhere):
            return "Decided. The run goes on in the server that serves this project."
        self.console.say("Decided. The run goes on here; Ctrl-C leaves it for the next process.")
        return _outcome(self.portal.call(self.runs.wait, interrupt.run_id, _A_WHILE, silently))


def _outcome(run: "Run") -> str:
    from interrupt_mcp.channels.terminal import quoted
    from interrupt_mcp.model import RunStatus

    match run.status:
        case RunStatus.INTERRUPTED:
            return f"The run waits again: {', '.join(interrupt.code for interrupt in run.interrupts)}."
        case RunStatus.SUCCESS:
            return "\n".join(["The run is finished.", *quoted(run.answer or "")])
        case RunStatus.ERROR if run.error is not None:
            return "\n".join([f"The run failed: {run.error.code}.", *quoted(run.error.message)])
        case _:
            return f"The run is {run.status}."


def _run(args: Namespace) -> int:
    if not (at_terminal(sys.stdin) and at_terminal(sys.stdout)):
        raise NoTerminal("review asks a person, and standard input and output are no terminal")
    from interrupt_mcp.process import logs

    logs.configure(os.environ)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)
    settings, console = settings_of(args), TerminalConsole()
    if settings.database.is_known_absent():
        console.say(_NOTHING)
        return 0
    with _review(settings, console) as review:
        try:
            review.all(args.interrupt)
        except KeyboardInterrupt:
            # Not raised into the loop, so that what it carries is let go in good order.
            console.say("")
            return _CTRL_C
    return 0


@contextmanager
def _review(settings: "Settings", console: TerminalConsole) -> Iterator[Review]:
    from anyio.from_thread import start_blocking_portal

    from interrupt_mcp.app import running

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(running(settings)) as app:
        yield Review(portal, portal.call(app.runs), console)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("interrupt", nargs="?", metavar="INTERRUPT", help="its code or id; all that wait if left out")


COMMAND = Command("review", "decide what waits, one at a time, on this terminal", _run, _arguments)
