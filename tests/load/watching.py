"""What a process takes, read from /proc once a second, and how soon it tells that it is well. Linux only."""

import os
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx2

from tests.processes import HttpServer

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")
_STATUS = "SELECT status, count(*) FROM runs WHERE status IN ('pending', 'running', 'interrupted') GROUP BY status"


@dataclass
class Sample:
    """At one moment."""

    at: float
    """Seconds since the beginning."""
    memory: int
    """Bytes in RAM."""
    files: int
    cpu: float
    """Seconds so far."""


@dataclass
class Watcher:
    """Of one server process."""

    server: HttpServer
    database: Path
    began: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    """Seconds to each answer of `/healthz`, which stands in line with everything else on the event loop."""
    unhealthy: list[str] = field(default_factory=list)
    runs: list[dict[str, int]] = field(default_factory=list)
    """How many there were, by status."""

    async def watch(self) -> None:
        """Until it is cancelled."""
        async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
            while True:
                self.samples.append(self.sample())
                await self._ask(http)
                self._count()
                await anyio.sleep(1)

    def sample(self) -> Sample:
        proc = Path("/proc", str(self.server.process.pid))
        pages = int((proc / "statm").read_text().split()[1])
        fields = (proc / "stat").read_text().rpartition(")")[2].split()
        cpu = (int(fields[11]) + int(fields[12])) / _TICK
        return Sample(time.monotonic() - self.began, pages * _PAGE, len(os.listdir(proc / "fd")), cpu)

    async def _ask(self, http: httpx2.AsyncClient) -> None:
        asked = time.monotonic()
        try:
            response = await http.get(f"{self.server.base}/healthz")
        except httpx2.HTTPError as error:
            self.unhealthy.append(repr(error))
            return
        self.health.append(time.monotonic() - asked)
        if response.status_code != 200:
            self.unhealthy.append(response.text)

    def _count(self) -> None:
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as found:
            self.runs.append(dict(found.execute(_STATUS).fetchall()))
