"""A database's address for SQLite, which can say how it is opened."""

import os
from pathlib import Path
from urllib.parse import quote


def address(path: Path, how: str) -> str:
    """Return the address with what it is opened with, as `mode=ro`."""
    # Without slashes of its own, so that nothing of a path is taken for a host, as of Windows' \\\\?\\C:\\.
    return f"file:{quote(os.fsencode(path), safe='')}?{how}"
