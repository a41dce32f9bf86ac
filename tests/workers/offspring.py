"""Processes that stand for workers: small programs that speak lines, started as the server starts its own."""

import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from interrupt_mcp.workers.child import Child, Means, started
from interrupt_mcp.workers.launch import Launch
from tests.patience import until

ECHO = """
import sys
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
"""
"""A program that repeats each line, and leaves at the end of its input."""


def launch(code: str, *arguments: str, name: str = "1", memory: int | None = None, **environ: str) -> Launch:
    """What starts this code in this Python, without what takes time at its start."""
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **environ}
    return Launch(Path(sys.executable), ("-S", "-c", code, *arguments), variables, name, memory)


@dataclass
class Talk:
    """A running child, and what it wrote."""

    child: Child
    heard: list[bytes] = field(default_factory=list)

    async def lines(self, count: int) -> Sequence[bytes]:
        """What it wrote, once that is so many lines."""
        await until(lambda: len(self.heard) >= count)
        return self.heard


@asynccontextmanager
async def talking(launch: Launch, means: Means | None = None) -> AsyncIterator[Talk]:
    """A child that was started, until the end of the block."""
    heard: list[bytes] = []
    async with started(launch, heard.append, means) as child:
        yield Talk(child, heard)


def is_alive(pid: int) -> bool:
    """Whether there is a process of that number which has not ended; one that nobody reaps has. For Linux."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False
