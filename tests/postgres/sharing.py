"""The one server that all processes of a run of the tests share: whoever needs it first starts it.

It goes once the last of them has ended.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from filelock import FileLock

from tests.packages import POSTGRES
from tests.patience import PATIENCE
from tests.postgres.cluster import PREFIX, Cluster, clear_left, free_port, hold, room, watch
from tests.postgres.watcher import HELD

_PORT = "port"


@cache
def shared() -> Cluster:
    """The run's server, which nobody stops: whoever wants to has a `cluster` of its own.

    What it keeps need not outlive the machine.

    Raises:
        Missing: PostgreSQL is not on this machine, and cannot be installed.
    """
    POSTGRES.install()
    folder = _folder()
    with alone():
        while folder.exists():
            if (port := _joined(folder)) is not None:
                return Cluster(folder, port, durable=False, settings={})
            time.sleep(0.02)
        clear_left()
        made = Cluster(folder, free_port(), durable=False, settings={})
        hold(folder)
        watch(folder)
        made.lay_out()
        made.leave()
        (folder / _PORT).write_text(str(made.port))
        return made


@contextmanager
def alone() -> Iterator[None]:
    """Do what one process of this user does at a time."""
    with FileLock(f"/tmp/{PREFIX}{os.geteuid()}.lock", timeout=PATIENCE):
        yield


def _folder() -> Path:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    return Path(room(durable=False), f"{PREFIX}{hashlib.sha256(run.encode()).hexdigest()[:12]}")


def _joined(folder: Path) -> int | None:
    """The port of the server there, which this process holds from now on; `None` where it is being cleared."""
    try:
        held = os.open(folder / HELD, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        port = int((folder / _PORT).read_text())
    except (OSError, ValueError):
        os.close(held)
        return None
    return port
