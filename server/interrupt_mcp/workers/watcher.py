"""A watcher: a tiny process that ends a worker when this one ends, where the system itself has no means to.

It waits for the end of a pipe that only this process holds. So it does its work however this process ends, and also
where the worker is stopped, or an agent in it holds the interpreter.
"""

import subprocess
from collections.abc import Mapping

_SCRIPT = 'read _; kill -KILL "$0"'


class Watcher:
    """Watches over one worker."""

    def __init__(self, pid: int, environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, str(pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: environ[name] for name in ("PATH",) if name in environ},
            start_new_session=True,
        )

    def end(self) -> None:
        """End it, without harm to the worker, whose number may soon be another process's."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
