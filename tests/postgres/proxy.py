"""A way through TCP to a server, on which what networks do to connections can be had done.

It passes bytes on and understands none of them.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.patience import PATIENCE

_MOST = 65536
_RESET = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class _Link:
    """One connection, and the one to the server that it is passed on to."""

    here: asyncio.StreamWriter
    there: asyncio.StreamWriter

    def reset(self) -> None:
        """Have both ends told that the connection is no more."""
        for writer in (self.here, self.there):
            with suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()

    def end_half(self) -> None:
        """Have the client told that nothing more will come, while what it sends still arrives."""
        with suppress(OSError, RuntimeError):
            self.here.write_eof()


@dataclass
class Proxy:
    """Its methods may be called from any thread, and are done once they return."""

    target: tuple[str, int]
    port: int = 0
    connections: int = 0
    """How many there have been."""
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _links: set[_Link] = field(default_factory=set)
    _tasks: "set[asyncio.Task[Any]]" = field(default_factory=set)
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    """Unset: what arrives is kept, and nobody is told."""
    _refuses: bool = False
    _seconds: float = 0.0

    def url(self, of: str) -> str:
        """The same address, through here."""
        parts = urlsplit(of)
        return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{self.port}"))

    def pass_on(self) -> None:
        """Let everything through, at once; what was held arrives now."""
        self._set(refuses=False, seconds=0.0, flows=True)

    def cut(self) -> None:
        """Reset all connections; new ones are taken as before."""
        self._do(lambda: [link.reset() for link in [*self._links]])

    def refuse(self) -> None:
        """Reset all connections, and every new one."""
        self._set(refuses=True)
        self.cut()

    def drop(self) -> None:
        """Let nothing through in either direction, and tell nobody: as where a cable is pulled."""
        self._set(flows=False)

    def delay(self, seconds: float) -> None:
        """Have all that is sent arrive that much later, in each direction."""
        self._set(seconds=seconds)

    def half_close(self) -> None:
        """End all connections in the direction to the client only."""
        self._do(lambda: [link.end_half() for link in self._links])

    def _set(self, *, refuses: bool | None = None, seconds: float | None = None, flows: bool | None = None) -> None:
        def doing() -> None:
            self._refuses = self._refuses if refuses is None else refuses
            self._seconds = self._seconds if seconds is None else seconds
            if flows is not None:
                (self._flows.set if flows else self._flows.clear)()

        self._do(doing)

    def _do(self, what: Callable[[], object]) -> None:
        async def doing() -> None:
            what()

        asyncio.run_coroutine_threadsafe(doing(), self._loop).result(PATIENCE)

    async def serve(self, ready: threading.Event, ended: asyncio.Event) -> None:
        """Pass connections on until it has ended."""
        self._flows.set()
        server = await asyncio.start_server(self._taken, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await ended.wait()
        server.close()
        for link in [*self._links]:
            link.reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        if self._refuses:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
            return
        with suppress(asyncio.CancelledError):
            await self._flows.wait()
            await self._linked(reader, writer)

    async def _linked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_there, there = await asyncio.open_connection(*self.target)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(writer, there)
        self._links.add(link)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._flow(reader, there))
                both.create_task(self._flow(from_there, writer))
        finally:
            self._links.discard(link)
            for each in (writer, there):
                each.transport.abort()

    async def _flow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, in order, until there is no more."""
        coming: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.ensure_future(self._sent(coming, writer))
        try:
            while data := await reader.read(_MOST):
                coming.put_nowait((self._loop.time() + self._seconds, data))
            coming.put_nowait((self._loop.time() + self._seconds, data))
            await sending
        except OSError:
            # As where it was reset: the other end is to know.
            await self._flows.wait()
            writer.transport.abort()
        finally:
            sending.cancel()

    async def _sent(self, coming: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, RuntimeError):
            while True:
                due, data = await coming.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                await self._flows.wait()
                if not data:
                    writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()


@contextmanager
def proxy(url: str) -> Iterator[Proxy]:
    """Have a way to the server of that address, until the end of the block."""
    parts = urlsplit(url)
    made = Proxy((str(parts.hostname), int(parts.port or 5432)))
    ready, ended = threading.Event(), asyncio.Event()

    def serve() -> None:
        try:
            made._loop.run_until_complete(made.serve(ready, ended))
        finally:
            made._loop.close()

    thread = threading.Thread(target=serve, name="proxy")
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield made
    finally:
        made._loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE)
