"""How much of everything there is in a storm."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    processes: int
    kills: int
    stops: int
    disks: int
    """How often a process's disk is full, and how often the file may not be written."""
    people: int
    threads: int
    workers: int = 0
    """How many each process has; where it has some, it drives no run itself."""
    alone: int = 0
    """Workers that no process started."""
    worker_kills: int = 0
    worker_stops: int = 0
    starvations: int = 0
    hungers: int = 0
    http: bool = False
    """Whether the processes serve HTTP."""
    on_server: bool = False
    """Whether they share a PostgreSQL server."""
    pooler: bool = False
    """Whether there is a pooler before it."""
    outages: int = 0
    breaks: int = 0
    deploys: int = 0
    herds: int = 0
    races: float = 0.0
    """How probable it is that somebody cancels a run as it is decided on."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        if self.on_server:
            return f"{self.processes}{'h' if self.http else ''}{'p' if self.pooler else ''}"
        more = f"x{self.workers}" if self.workers else ""
        return f"{self.processes}{more}{f'+{self.alone}' if self.alone else ''}"

    def __str__(self) -> str:
        if self.on_server:
            return f"{_many(self.processes, self._kind)}{' behind PgBouncer' if self.pooler else ''}"
        said = _many(self.processes, "front" if self.workers else "process")
        said += f" with {_many(self.workers, 'worker')}" if self.workers else ""
        return said + (f", {_many(self.alone, 'worker')} alone" if self.alone else "")

    @property
    def _kind(self) -> str:
        return "replica" if self.http else "stdio server"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}{'es' if what.endswith('s') else 's'}"


WITH_WORKERS = Size(
    processes=1,
    kills=50,
    stops=10,
    disks=10,
    people=12,
    threads=40,
    workers=2,
    worker_kills=100,
    worker_stops=40,
    starvations=20,
)
_ON_SERVER = Size(
    on_server=True,
    http=True,
    processes=2,
    kills=25,
    stops=8,
    disks=0,
    people=8,
    threads=24,
    outages=8,
    breaks=25,
    herds=3,
    deploys=2,
    races=0.05,
)
SIZES = {
    "sqlite": (
        Size(processes=1, kills=100, stops=0, disks=0, people=10, threads=24),
        Size(processes=2, kills=150, stops=50, disks=10, people=10, threads=32),
        Size(processes=4, kills=150, stops=50, disks=10, people=12, threads=40),
        WITH_WORKERS,
        replace(WITH_WORKERS, processes=2, alone=1),
    ),
    "postgres": (
        replace(_ON_SERVER, http=False, deploys=0),
        _ON_SERVER,
        replace(_ON_SERVER, processes=3, pooler=True),
    ),
}
