"""A server process of the prefork process, and the two ends of its input and output that a client speaks through.

It knows how to reach a process, not what is said to it.
"""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

_LONGEST_LINE = 1 << 24


@dataclass(frozen=True)
class Born:
    """A process that was just forked, and the files that lead to its input and from its output."""

    pid: int
    to: int
    back: int


def fork(address: str, environ: Mapping[str, str], home: Path) -> Born:
    """Have the prefork process make a server."""
    its_input, to = os.pipe()
    back, its_output = os.pipe()
    said = os.open(home / "stderr.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
            surroundings = json.dumps({"environ": dict(environ), "cwd": str(home)})
            socket.send_fds(connection, [surroundings.encode()], [its_input, its_output, said])
            pid = int(connection.recv(64))
    except BaseException:
        os.close(to)
        os.close(back)
        raise
    finally:
        for file in (its_input, its_output, said):
            os.close(file)
    return Born(pid, to, back)


async def over(born: Born) -> None:
    """Wait for the end of a process that speaks with nobody."""
    try:
        await anyio.wait_readable(born.back)
    finally:
        os.close(born.to)
        os.close(born.back)


@asynccontextmanager
async def wired(born: Born, ended: anyio.Event) -> AsyncIterator[Any]:
    """What `mcp.Client` calls a transport; `ended` is set when the process is gone."""
    heard, read = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    write, spoken = anyio.create_memory_object_stream[SessionMessage](0)
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=_LONGEST_LINE)
    incoming, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(born.back, "rb"))
    outgoing, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(born.to, "wb"))

    async def hear() -> None:
        async with heard:
            while (line := await lines.readline()).endswith(b"\n"):
                message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                try:
                    await heard.send(SessionMessage(message))
                except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                    break
            while await lines.read(1 << 16):
                pass
            ended.set()

    async def speak() -> None:
        async with spoken:
            async for message in spoken:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                outgoing.write(text.encode() + b"\n")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hear)
        tasks.start_soon(speak)
        try:
            yield read, write
        finally:
            tasks.cancel_scope.cancel()
            if not outgoing.is_closing():
                outgoing.abort()
            incoming.close()
            read.close()
            write.close()
