"""A narrator who tells a person what happens, at most 80 columns wide. It knows a terminal, not what is told."""

import os
import signal
import textwrap
from collections.abc import Mapping
from typing import TextIO

from interrupt_mcp.cli.consoles import at_terminal
from interrupt_mcp.cli.keyboard import typed
from interrupt_mcp.text.visible import printable_line, visible, visible_lines

_WIDTH = 73
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


class Narrator:
    """Tells what is ours set in a little, and what somebody else said further, as it was said."""

    def __init__(self, out: TextIO, *, asks: bool) -> None:
        """`asks` is whether there is a person at the keys."""
        self._out = out
        self.asks = asks and at_terminal(out)
        terminal = at_terminal(out) and os.environ.get("TERM") != "dumb" and os.name != "nt"
        self._bold = terminal and not os.environ.get("NO_COLOR")

    def title(self, text: str) -> None:
        self._line(self._strong(printable_line(text)))

    def step(self, number: int, text: str) -> None:
        """Tell the next thing that happens; what comes of it follows below."""
        self.gap()
        first, *others = _wrapped(text)
        self._line(f"{self._strong(str(number))}  {first}")
        for line in others:
            self._line(f"   {line}")

    def say(self, text: str) -> None:
        for line in _wrapped(text):
            self._line(f"   {line}")

    def quote(self, text: str) -> None:
        """Repeat what somebody else said, as it was said, on lines of its own."""
        for line in visible_lines(text) or [""]:
            self._line(f"     {line}".rstrip())

    def call(self, action: str, args: Mapping[str, object]) -> None:
        """Show an action with all its arguments."""
        self._line(f"     {self._strong(visible(action))}")
        for name, value in args.items():
            self._line(f"       {visible(name)}: {visible(str(value))}")

    def gap(self) -> None:
        self._line()

    def ask(self, question: str) -> str:
        """Return what the person types.

        Raises:
            KeyboardInterrupt: Ctrl-C was typed, or there is nothing more to read.
        """
        # The event loop's own handler would wait for the end of this very line.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            line = typed(f"   {printable_line(question)} ")
        finally:
            signal.signal(signal.SIGINT, before)
        if line is None:
            raise KeyboardInterrupt
        return line.strip()

    def _strong(self, text: str) -> str:
        return f"{_BOLD}{text}{_PLAIN}" if self._bold else text

    def _line(self, text: str = "") -> None:
        encoding = self._out.encoding or "ascii"
        self._out.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        self._out.flush()


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(printable_line(text), _WIDTH)
