"""Consoles: whether a standard stream is a terminal, at which a person reads or types. It does not read or write."""

import sys
from typing import TextIO, TypeGuard


def at_terminal(stream: TextIO | None) -> TypeGuard[TextIO]:
    """Whether there is such a stream, and it is a terminal's."""
    return stream is not None and stream.isatty() and not _is_nowhere(stream)


def _is_nowhere(stream: TextIO) -> bool:
    """Whether it is Windows' NUL, which Python takes for a terminal as it does every device that gives characters."""
    if sys.platform != "win32":
        return False
    import ctypes
    import msvcrt
    from ctypes import wintypes

    handle = wintypes.HANDLE(msvcrt.get_osfhandle(stream.fileno()))
    return not ctypes.windll.kernel32.GetConsoleMode(handle, ctypes.byref(wintypes.DWORD()))
