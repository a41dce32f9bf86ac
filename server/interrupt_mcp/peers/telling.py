"""Telling: a small file by which one process has others know something, whole or not at all. It does not know what.

On Windows a file is neither replaced nor removed while somebody has it open, as whoever reads it has for a moment.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from interrupt_mcp import private

_PATIENCE = 2.0
"""Seconds to wait for those who read the file."""
_PAUSE = 0.005


def tell(path: Path, text: str) -> None:
    """Have the file say this, to all who read it from now on.

    Raises:
        OSError: it cannot be written.
    """
    unfinished = path.with_suffix(".new")
    with open(unfinished, "w", encoding="utf-8", newline="\n", opener=private.opener) as file:
        file.write(text)
    _once_nobody_reads(partial(unfinished.replace, path))


def take_back(path: Path) -> None:
    """Remove the file, if it is there.

    Raises:
        OSError: it cannot be removed.
    """
    _once_nobody_reads(partial(path.unlink, missing_ok=True))


def _once_nobody_reads(change: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            change()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return
