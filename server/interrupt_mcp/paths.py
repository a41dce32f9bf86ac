"""Paths: when two of them name one file, and which names a system has for itself. It opens nothing.

Linux tells files apart by every byte of a name. Windows and macOS do not tell apart capitals and small letters, and
macOS has one name for all ways in which Unicode writes a letter; programs start a server with any of these.
"""

import os
import sys
import unicodedata
from pathlib import Path

_DEVICES = frozenset(
    (
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{kind}{number}" for kind in ("com", "lpt") for number in "123456789"),
    )
)
"""What Windows takes for a device, in any folder and with any ending."""


def comparable(path: str, platform: str = sys.platform) -> str:
    """Return the path in a form that is equal for two paths which name one file, as far as their writing goes."""
    match platform:
        case "win32":
            return path.replace("/", "\\").lower()
        case "darwin":
            return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        case _:
            return path


def true_name(path: Path) -> Path:
    """Return the one absolute path, without links, under which the system itself knows the file."""
    real = path.resolve()
    if sys.platform == "darwin":
        # Elsewhere that path is as the folder has it; here it is as it was asked for.
        import fcntl

        try:
            descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return real
        try:
            told = fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024))
        except OSError:
            return real
        finally:
            os.close(descriptor)
        return Path(os.fsdecode(told.split(b"\0", 1)[0]))
    return real


def folder_name(name: str, platform: str = sys.platform) -> str:
    """Return a name that a folder can have there, which is the name itself wherever that can be one."""
    if platform == "win32" and (name.partition(".")[0].rstrip().lower() in _DEVICES or name.endswith(".")):
        return f"_{name}_"
    return name
