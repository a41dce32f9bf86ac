"""Workers that a server forks before it begins, and that become workers when it starts one: most of a start is imports.

They are its children in all respects. It does not know what a worker does, nor when one is started.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import IO, cast

from tests.crash.prefork import become

_LONGEST = 1 << 20


class Forked:
    """What `subprocess` calls a process, which one of them has become."""

    def __init__(self, pid: int, files: tuple[int, int, int]) -> None:
        self.pid = pid
        self.stdin = cast("IO[bytes]", os.fdopen(files[0], "wb", buffering=0))
        self.stdout = cast("IO[bytes]", os.fdopen(files[1], "rb", buffering=0))
        self.stderr = cast("IO[bytes]", os.fdopen(files[2], "rb", buffering=0))
        self._code: int | None = None

    def wait(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._code

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def communicate(self) -> None:
        self.wait()


class Nursery:
    """So many processes that wait to become workers."""

    def __init__(self, number: int, run: Callable[[list[str]], None]) -> None:
        """Fork them, before there is a thread; each calls `run` with the arguments of the worker that it is to be."""
        self._ends: list[tuple[int, socket.socket]] = []
        for _ in range(number):
            its_end, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            if (pid := os.fork()) == 0:
                for _, other in (*self._ends, (0, ours)):
                    other.close()
                self._grow(its_end, run)
                os._exit(0)
            its_end.close()
            self._ends.append((pid, ours))

    def worker(self, arguments: list[str], environ: Mapping[str, str]) -> "Forked | subprocess.Popen[bytes]":
        """Have one of them become a worker; where none is left, one is started that has to import everything."""
        if not self._ends:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.victim", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=dict(environ),
                start_new_session=True,
            )
        pid, end = self._ends.pop()
        into, out, err = os.pipe(), os.pipe(), os.pipe()
        with end:
            said = json.dumps({"environ": dict(environ), "arguments": arguments, "cwd": os.getcwd()})
            socket.send_fds(end, [said.encode()], [into[0], out[1], err[1]])
        for file in (into[0], out[1], err[1]):
            os.close(file)
        return Forked(pid, (into[1], out[0], err[0]))

    def _grow(self, end: socket.socket, run: Callable[[list[str]], None]) -> None:
        """Wait, without anything that leads to the server's client."""
        nothing = os.open(os.devnull, os.O_RDWR)
        for file in (0, 1):
            os.dup2(nothing, file)
        os.close(nothing)
        message, files, _, _ = socket.recv_fds(end, _LONGEST, 3)
        end.close()
        if not message:
            return
        os.setsid()
        surroundings = json.loads(message)
        become(surroundings, files)
        run(surroundings["arguments"])
