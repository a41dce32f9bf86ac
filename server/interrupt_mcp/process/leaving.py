"""Leaving: how a process ends, within a fixed time after a signal or the end of its input.

A tool that blocks, in a thread or on the event loop, does not keep the process alive. It does not know what is served.
"""

import asyncio
import atexit
import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

log = logging.getLogger(__name__)

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
_SECONDS = 1.2
"""For closing everything. Clients kill a server about two seconds after they close its input."""
_SETTLE_SECONDS = 0.2
"""For what is still being written to disk, where closing everything took too long."""
_CLOSINGS = (2, 5, 6)
"""What Windows calls the closing of a console, a sign-out and a shutdown."""
_BEGIN = 0
_IN_A_HURRY = 130


class Leaving:
    """Ends the process. To be made on its main thread, before there is an event loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun = asyncio.Event()
        self._settle: Callable[[float], None] = _nothing_to_settle
        self._drain_seconds = 0.0
        self.told = False
        """Whether it was told to leave, though it may go on for a while."""
        # A signal writes its number there at once, even while the main thread is inside of a tool that blocks.
        self._read_end, self._write_end = os.pipe()
        if sys.platform != "win32":
            os.set_blocking(self._write_end, False)
        self._wake_by_signals()
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._signalled)
        self._hear_of_closing()
        threading.Thread(target=self._watch, name="interrupt-mcp-leaving", daemon=True).start()

    def attach(self, settle: Callable[[float], None], drain_seconds: float = 0.0) -> None:
        """From here on, leaving is for the running event loop to do, which waits for `begun`.

        Where it takes too long, `settle` is called from another thread, with how many seconds it may take, to have what
        is being written reach the disk, and the process ends.

        Told so by SIGTERM, it goes on for `drain_seconds` before it leaves, unless another signal hurries it.
        """
        self._settle = settle
        self._drain_seconds = drain_seconds
        self._loop = asyncio.get_running_loop()
        # An event loop may have taken the wakeup descriptor for itself, as libuv's does.
        self._wake_by_signals()

    def begin(self) -> None:
        """Begin to leave; from any thread."""
        self._write(_BEGIN)

    def limit(self) -> None:
        """Limit the time for leaving, which the event loop is about to begin by itself; from any thread."""
        threading.Thread(target=self._count_down, name="interrupt-mcp-countdown", daemon=True).start()

    async def begun(self) -> None:
        """Wait until it is time to leave."""
        await self._begun.wait()

    def end(self, code: int) -> NoReturn:
        """End the process, once all is closed, without the interpreter's teardown, which takes longer than the rest."""
        atexit._run_exitfuncs()
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        os._exit(code)

    def _wake_by_signals(self) -> None:
        signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)

    def _hear_of_closing(self) -> None:
        """Have Windows wait for the end where a person closes the console, signs out or shuts the machine down."""
        if sys.platform != "win32":
            return
        import ctypes
        from ctypes import wintypes

        def heard(event: int) -> bool:
            if event not in _CLOSINGS:
                return False
            self.begin()
            # The process ends as this returns, or after five seconds.
            time.sleep(_SECONDS + _SETTLE_SECONDS + 1)
            return True

        self._heard = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)(heard)
        ctypes.windll.kernel32.SetConsoleCtrlHandler(self._heard, True)

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        if self._begun.is_set() and number == signal.SIGINT:
            os._exit(_IN_A_HURRY)
        # The wakeup descriptor may be the event loop's, as it is on Windows.
        self._write(number)

    def _write(self, byte: int) -> None:
        with suppress(BlockingIOError):
            os.write(self._write_end, bytes([byte]))

    def _watch(self) -> None:
        while (number := os.read(self._read_end, 1)[0]) not in (_BEGIN, *_SIGNALS):
            pass
        if self._loop is None:
            os._exit(0)
        self.told = True
        if number == signal.SIGTERM and sys.platform != "win32":
            self._drain()
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._begun.set)
        self._count_down()

    def _drain(self) -> None:
        """Go on for a while. The signal that began it may come to be read twice."""
        until = time.monotonic() + self._drain_seconds
        while (left := until - time.monotonic()) > 0 and select.select([self._read_end], (), (), left)[0]:
            if (number := os.read(self._read_end, 1)[0]) in (_BEGIN, *_SIGNALS) and number != signal.SIGTERM:
                return

    def _count_down(self) -> None:
        time.sleep(_SECONDS)
        log.info("something does not end; the process ends without it")
        self._settle(_SETTLE_SECONDS)
        sys.stderr.flush()
        os._exit(0)


def _nothing_to_settle(_seconds: float) -> None:
    pass
