"""The end of a worker process, in words. It does not know what the worker did."""

import signal
import sys

_FOR_MEMORY = ("SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS")
"""Signals by which a process may end that gets no more memory."""
_KILLED = (-9, 1) if sys.platform == "win32" else (-9,)
"""What the exit code of a process may be that was killed from here."""
_SMALL = 256
LEFT = "left"
"""What is said of one that left as it was told, or by itself."""


def how(code: int, why: str, memory: int | None) -> str:
    """Return how it ended, as what follows its name: "was ended by SIGKILL", "ended with exit code 3".

    `code` is as Python has it: below zero, the signal. `why` is why it was killed from here, empty where it was not,
    and `memory` how many megabytes it was allowed.
    """
    if code == 0:
        return LEFT
    if why and code in _KILLED:
        return f"was ended: {why}"
    if code > 0:
        return f"ended with exit code {code if code < _SMALL or sys.platform != 'win32' else hex(code)}"
    name = _name(-code)
    return f"was ended by {name}{_hint(name, memory)}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _hint(name: str, memory: int | None) -> str:
    if memory is not None and name in _FOR_MEMORY:
        return f", perhaps for want of memory: worker_memory allows it {memory} MB"
    return ", as systems do that have no memory left" if name == "SIGKILL" else ""
