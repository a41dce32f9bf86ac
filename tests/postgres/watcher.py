"""Ends a cluster, and takes its folder away, once the process that has it is no more: however that one ended.

`python -m tests.postgres.watcher FOLDER`, without imports of ours, so that it starts at once. The process that has the
cluster holds a lock on the folder's file `held`, which the system lets go of when that process ends.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

HELD = "held"
_SECONDS = 10.0


def clear(folder: Path) -> None:
    """End the server whose data is in the folder, and delete all of it."""
    if (server := server_of(folder)) is not None:
        for how in (signal.SIGQUIT, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(server, how)
            if _ended(server, folder):
                break
    shutil.rmtree(folder, ignore_errors=True)


def server_of(folder: Path) -> int | None:
    """Return the process id of the server that runs on the folder's data; `None` where none does."""
    try:
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        told = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    except (OSError, ValueError, IndexError):
        return None
    return pid if str(folder) in told.stdout else None


def _ended(pid: int, folder: Path) -> bool:
    deadline = time.monotonic() + _SECONDS
    # One that ended is still there as long as its parent does not ask; it has no command any more.
    while server_of(folder) == pid:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, PermissionError):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _watch(folder: Path) -> None:
    try:
        held = os.open(folder / HELD, os.O_RDONLY)
    except FileNotFoundError:
        return
    if os.fork() != 0:
        # Whoever had this started goes on now, and has no child to wait for.
        os._exit(0)
    os.setsid()
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)
    fcntl.flock(held, fcntl.LOCK_EX)
    clear(folder)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]))
