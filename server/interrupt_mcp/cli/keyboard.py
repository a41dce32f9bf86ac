"""A line that a person types at the terminal, once they can see what they are asked. It does not know what that is."""

import os
import select
import signal
import sys


def typed(prompt: str) -> str | None:
    """Return the line without its end, or None at the end of the input.

    What was typed before the prompt is no answer to it: it is dropped.

    Raises:
        KeyboardInterrupt: Ctrl-C was typed, and its handler is Python's own.
    """
    _drop()
    print(prompt, end="", flush=True)  # noqa: T201  it talks to a person
    _wait()
    line = sys.stdin.readline()
    return line.removesuffix("\n") if line else None


def _drop() -> None:
    """Drop what was typed: a terminal gives one line at a time, so all that was not read yet is still with it."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _wait() -> None:
    """Wait for a line. A Ctrl-C that comes just before a read would otherwise be seen only after the next line."""
    if sys.platform == "win32":
        return
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    try:
        select.select([sys.stdin, woken], [], [])
    finally:
        signal.set_wakeup_fd(before)
        os.close(woken)
        os.close(wake)
