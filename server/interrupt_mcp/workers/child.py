"""A child: one worker process, as it is started, heard, told to leave, and gone in the end.

It knows lines, and not what they say. It starts no second one where the first ends.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from typing import IO

import anyio

from interrupt_mcp.errors import Unavailable
from interrupt_mcp.text.redaction import said as said_of
from interrupt_mcp.workers.ending import how
from interrupt_mcp.workers.job import Job
from interrupt_mcp.workers.launch import Launch
from interrupt_mcp.workers.pipes import Receiving, Sending
from interrupt_mcp.workers.said import Said
from interrupt_mcp.workers.threads import ThreadedReceiving, ThreadedSending
from interrupt_mcp.workers.watcher import Watcher

LEAVING_SECONDS = 1.5
"""How long a worker that was told to leave has; it takes 1.2 seconds at most where its agents let it."""
_KILLED_SECONDS = 5.0
"""How long the system may take to end a process that was killed: one that waits for a disk ends after that."""
_ENDING_SECONDS = 2.0
"""How long a worker may live that closed its input or output: one that ends does so before."""
_LAST_WORDS_SECONDS = 0.3
"""How long there may be more to read after a worker ended: what it started may hold its pipes."""
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Means:
    """How a process is held and heard on a system."""

    watched: bool = sys.platform not in ("linux", "win32")
    """Whether a watcher ends it when this process ends, since the system has nothing that does."""
    threaded: bool = sys.platform == "win32"
    """Whether its pipes are read and written by threads, since the event loop cannot wait for them."""


class Child:
    """One worker process. All is to be called on the event loop."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", launch: Launch, heard: Callable[[bytes], None], means: Means
    ) -> None:
        """`heard` is called with each line of its output, without the line's end.

        Raises:
            OSError: it cannot be held.
        """
        self._launch = launch
        self._loop = asyncio.get_running_loop()
        # By it tasks know their event loop, which whoever hears may begin.
        self._context = copy_context()
        self._process = process
        self.pid = process.pid
        self._why = ""
        self._leaving = False
        self._told: str | None = None
        self._is_over = anyio.Event()
        self._job = Job(process.pid, launch.memory)
        self._watcher = Watcher(process.pid, launch.environ) if means.watched else None
        sending, receiving = (ThreadedSending, ThreadedReceiving) if means.threaded else (Sending, Receiving)
        into, out, err = _pipes(process)
        self._said = Said(err, launch.name)
        self._sending = sending(into, self._failed)
        self._receiving = receiving(out, heard, self._failed)
        threading.Thread(target=self._wait, name=f"interrupt-mcp-waits-{launch.name}", daemon=True).start()

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self._launch.name

    def send(self, line: bytes) -> None:
        """Send a line, which ends with its only newline, after all that was sent before; wait for nothing.

        Of a worker that does not read, much is kept; at some point it is killed. To one that has ended nothing is sent.
        """
        self._sending.send(line)

    def leave(self) -> None:
        """Tell it to leave, by closing its input once all is written that was sent."""
        self._leaving = True
        self._sending.finish()

    def kill(self, why: str = "") -> None:
        """Kill it, with what it started in its process group; `why` is said of it then, as the end of a sentence."""
        if self._told is not None:
            return
        self._why = self._why or why
        with suppress(ProcessLookupError, PermissionError):
            # Its number is still its own: on Linux it is not reaped before `_ended`.
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self.pid, signal.SIGKILL)

    async def ended(self) -> str:
        """Wait until it has ended, and all is heard that it wrote; return how, as what follows its name."""
        await self._is_over.wait()
        return self._told or ""

    async def over(self) -> None:
        """Have it leave, or kill it where it does not, and wait until it is gone."""
        self.leave()
        with anyio.move_on_after(LEAVING_SECONDS):
            await self._is_over.wait()
        if not self._is_over.is_set():
            self.kill("it did not leave")
        with anyio.move_on_after(_KILLED_SECONDS):
            await self._is_over.wait()
        self._close()

    def _failed(self, why: str, ending: bool) -> None:
        if ending:
            self._loop.call_later(_ENDING_SECONDS, self._end, why)
        else:
            self.kill(why)

    def _end(self, why: str) -> None:
        if not self._leaving:
            self.kill(why)

    def _wait(self) -> None:
        """Wait for its end, in a thread: each system can, and no signal of this process is taken for it."""
        if sys.platform == "linux":
            with suppress(ChildProcessError):
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        else:
            self._process.wait()
        self._receiving.join(_LAST_WORDS_SECONDS)
        self._said.join(_LAST_WORDS_SECONDS)
        # Where the loop is closed, this process ends.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ended, context=self._context)

    def _ended(self) -> None:
        try:
            self._receiving.finish()
        finally:
            if self._watcher is not None:
                self._watcher.end()
            self._told = how(self._process.wait(), self._why, self._launch.memory)
            self._close()
            self._is_over.set()

    def _close(self) -> None:
        self._sending.close()
        self._receiving.close()
        self._said.close()
        self._job.close()


@asynccontextmanager
async def started(launch: Launch, heard: Callable[[bytes], None], means: Means | None = None) -> AsyncIterator[Child]:
    """Start a worker process, which is gone at the end of this context, however that is left.

    `heard` is called with each line that it writes, on the event loop. On Linux the process ends with the thread that
    enters here, which is to be the main one.

    Raises:
        Unavailable: it cannot be started.
    """
    try:
        child = _begun(launch, heard, means or Means())
    except (OSError, ValueError) as error:
        raise Unavailable(f"{launch.python} cannot be started as a worker: {said_of(error, _LONGEST)}") from error
    try:
        yield child
    finally:
        with anyio.CancelScope(shield=True):
            await child.over()


def _begun(launch: Launch, heard: Callable[[bytes], None], means: Means) -> Child:
    process = _spawned(launch)
    try:
        return Child(process, launch, heard, means)
    except BaseException:
        process.kill()
        process.communicate()
        raise


def _spawned(launch: Launch) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(launch.python), *launch.arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=dict(launch.environ),
        # In a group of its own it gets no Ctrl-C, which is for the server to hear.
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdin, process.stdout, process.stderr
