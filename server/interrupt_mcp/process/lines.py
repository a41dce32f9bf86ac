"""Lines that are read from and written to descriptors, without blocking the event loop or the end of the process.

They have what `mcp.server.stdio.stdio_server` wants of files: iteration on one side, `write` and `flush` on the other.
They do not know what the lines say.
"""

import asyncio
import math
import os
import select
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import anyio
import anyio.to_thread
from anyio.streams.memory import MemoryObjectSendStream

_LAST_ANSWERS = 0.1
"""After the end of the input, answers to earlier requests still go out, until none came for so many seconds."""
_AT_ONCE: int = getattr(select, "PIPE_BUF", 4096)
"""Bytes for which a pipe has room that is ready to be written to, as POSIX promises: 4096 on Linux, 512 on macOS."""
_AT_LEISURE = 64 * 1024
"""Bytes that a thread writes, which may wait, at once."""
_HANDSHAKE_SECONDS = 1.0
"""How long the second answer is waited for: a client may send nothing after its first request."""


class Output:
    """Writes the lines that go to the client."""

    def __init__(self, descriptor: int, ended: Callable[[], None]) -> None:
        """`ended` is called when nobody reads them any more."""
        self._descriptor = descriptor
        self._ended = ended
        self._unsent = ""
        self._count = 0
        self._sent = anyio.Event()
        self._one = anyio.Lock(fast_acquire=True)

    async def write(self, text: str) -> None:
        """Add text, to be sent by `flush`."""
        self._unsent += text

    async def flush(self) -> None:
        """Send all that was added."""
        async with self._one:
            unsent, self._unsent = self._unsent.encode("utf-8", "backslashreplace"), ""
            while unsent and _ready(self._descriptor):
                unsent = self._sent_of(unsent, _AT_ONCE)
            if unsent:
                await anyio.to_thread.run_sync(self._send, unsent, abandon_on_cancel=True)
        self._count += 1
        self._sent.set()
        self._sent = anyio.Event()

    async def greeted(self) -> None:
        """Wait for the first two answers, which say what the server is and which tools it has."""
        while self._count == 0:
            await self._sent.wait()
        with anyio.move_on_after(_HANDSHAKE_SECONDS):
            while self._count < 2:
                await self._sent.wait()

    async def quiet(self) -> None:
        """Wait until no answer goes out any more."""
        count = -1
        while count != self._count:
            count = self._count
            await anyio.sleep(_LAST_ANSWERS)

    def _send(self, unsent: bytes) -> None:
        while unsent:
            unsent = self._sent_of(unsent, _AT_LEISURE)

    def _sent_of(self, unsent: bytes, most: int) -> bytes:
        """Send some of it, at most so many bytes, and return the rest."""
        try:
            return unsent[os.write(self._descriptor, unsent[:most]) :]
        except OSError:
            self._ended()
            return b""


class Input:
    """Reads the lines that come from the client, to be iterated once, until they end and `output` is quiet."""

    def __init__(self, descriptor: int, ended: Callable[[], None], output: Output) -> None:
        """`ended` is called, in another thread, when the input ended."""
        self._descriptor = descriptor
        self._ended = ended
        self._output = output

    async def __aiter__(self) -> AsyncIterator[str]:
        send, receive = anyio.create_memory_object_stream[str](math.inf)
        arguments = (asyncio.get_running_loop(), send)
        threading.Thread(target=self._read, args=arguments, name="interrupt-mcp-input", daemon=True).start()
        async with receive:
            async for line in receive:
                yield line
        await self._output.quiet()

    def _read(self, loop: asyncio.AbstractEventLoop, send: MemoryObjectSendStream[str]) -> None:
        # The loop may be closed already, or what it had to receive with.
        with suppress(RuntimeError, OSError), open(self._descriptor, "rb", closefd=False) as file:
            for line in file:
                loop.call_soon_threadsafe(_hand_over, send, line.decode("utf-8", "replace"))
        self._ended()
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(send.close)


def _ready(descriptor: int) -> bool:
    """Whether `_AT_ONCE` bytes can be written without waiting for the reader."""
    if sys.platform == "win32":
        return False
    room = select.poll()
    room.register(descriptor, select.POLLOUT)
    return bool(room.poll(0))


def _hand_over(send: MemoryObjectSendStream[str], line: str) -> None:
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        send.send_nowait(line)
