"""The fleet: all workers of one front, and which of them gets what. It does not know what they do with it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.access import Access
from interrupt_mcp.errors import Unavailable, UnknownAgent
from interrupt_mcp.model import RunId
from interrupt_mcp.runs.caller import Progress
from interrupt_mcp.runs.inquiries import Inquiry
from interrupt_mcp.workers.asking import Lost
from interrupt_mcp.workers.environments import Group
from interrupt_mcp.workers.messages import Changed, Doing, Drive, FromFront, Listen, Stop, Taken, Tells
from interrupt_mcp.workers.worker import Hears, Start, Worker

_READY_SECONDS = 20.0
"""How long a call waits for a worker that is on its way."""
_TRIES = 3
"""How many workers may end over one inquiry."""


class Fleet:
    """The workers of one front, by the environments in which they run."""

    def __init__(self, groups: Sequence[Group], start: Callable[[Group, str], Start], tasks: TaskGroup) -> None:
        """`start` says how the worker of that name is started, of a group; in `tasks` they are kept alive."""
        self.hears: Hears | None = None
        """Who hears of runs; set once the store is open."""
        self.became_ready: Callable[[Worker], None] = lambda _: None
        """Is told of each worker that can be asked."""
        self._groups = groups
        self._tasks = tasks
        self._workers = [Worker(name, group, start(group, name), self) for group, name in _names(groups)]
        self._begun = False
        self._turn = 0
        self._changed = anyio.Event()
        self._leaving = False

    def begin(self) -> None:
        """Start the workers, unless they are, and keep them alive."""
        if not (self._begun or self._leaving):
            self._begun = True
            for worker in self._workers:
                self._tasks.start_soon(worker.keep)

    @property
    def count(self) -> int:
        """How many there are to be."""
        return sum(group.count for group in self._groups)

    @property
    def going_on(self) -> int:
        """How many runs they have."""
        return sum(len(worker.runs) for worker in self._workers)

    async def ended(self) -> None:
        """Wait until no process of theirs is left."""
        while any(worker.lives for worker in self._workers):
            await self._changed.wait()

    def has(self, run_id: RunId) -> bool:
        """Whether one of them has the run, or was sent it."""
        return any(run_id in worker.runs for worker in self._workers)

    def drive(self, run_id: RunId, agent: str = "") -> None:
        """Have the run driven: by the worker that has it, else by one that has least to do.

        Of a run whose agent is not known, one of each environment is told; whose it is not lets it be.
        """
        having = [worker for worker in self._workers if run_id in worker.runs]
        if not having:
            groups = (group for group in self._groups if not agent or agent in group.agents)
            having = [worker for group in groups if (worker := self._least(self._ready_of(group))) is not None]
        for worker in having:
            _send(worker, run_id)

    def drive_within(self, group: Group, run_id: RunId) -> None:
        """Have the run driven by the worker of the group that has least to do, as far as one is there."""
        if (worker := self._least(self._ready_of(group))) is not None:
            _send(worker, run_id)

    def stop(self, run_id: RunId) -> None:
        """Have the run driven no longer."""
        self._tell_having(run_id, Stop(run_id))

    def listen(self, run_id: RunId, on: bool) -> None:
        """Have it told what the run tells while it works, or no longer."""
        self._tell_having(run_id, Listen(run_id, on))

    def look(self) -> None:
        """Have all of them look into the store."""
        for worker in self._workers:
            worker.look()

    def leave(self) -> None:
        """Have all of them let go of their runs and end."""
        self._leaving = True
        for worker in self._workers:
            worker.leave()
        self._wake()

    def lost(self, worker: Worker, run_ids: tuple[RunId, ...]) -> None:
        """See `worker.Hears`."""
        self._wake()
        if self.hears is not None:
            self.hears.lost(worker, run_ids)

    def ready(self, worker: Worker) -> None:
        """See `worker.Hears`."""
        self._wake()
        self.became_ready(worker)
        if self.hears is not None:
            self.hears.ready(worker)

    def said(self, worker: Worker, message: Taken | Changed | Doing | Tells) -> None:
        """See `worker.Hears`."""
        if self.hears is not None:
            self.hears.said(worker, message)

    async def ask(self, agent: str, inquiry: Inquiry[Any], access: Access, progress: Progress) -> Any:
        """Return what comes of an inquiry about the agent, from whichever worker can tell.

        Raises:
            UnknownAgent: no worker is for an agent of that name.
            Unavailable: none is there in time.
            Error: as the inquiry says.
        """
        for _ in range(_TRIES):
            worker = await self._ready_for(agent, progress)
            try:
                answer = await worker.ask(inquiry, access, progress)
            except Lost:
                continue
            worker.loaded.add(agent)
            return answer
        raise Unavailable(f"{_TRIES} workers ended while they looked into this for agent {agent!r}; the log says how")

    def has_loaded(self, agent: str) -> bool:
        """Whether all that can be asked about the agent have loaded it."""
        ready = [worker for worker in self._of(agent) if worker.is_ready]
        return bool(ready) and all(agent in worker.loaded for worker in ready)

    def is_ready_for(self, agent: str) -> bool:
        """Whether a worker is there that can be asked about the agent."""
        return any(worker.is_ready for worker in self._of(agent))

    async def _ready_for(self, agent: str, progress: Progress) -> Worker:
        workers = self._of(agent)
        if not workers:
            raise UnknownAgent(f"There is no agent {agent!r}")
        self.begin()
        if not any(worker.is_ready for worker in workers):
            await progress(f"waiting for a worker for {agent}")
        with anyio.move_on_after(_READY_SECONDS):
            while not self._leaving:
                changed = self._changed
                if (found := self._least([worker for worker in workers if worker.is_ready])) is not None:
                    return found
                if all(worker.fault for worker in workers):
                    raise Unavailable(workers[0].fault.rstrip("."))
                await _either(changed, 0.25)
        raise Unavailable(f"No worker for agent {agent!r} is there after {_READY_SECONDS:g} seconds; try again")

    def _of(self, agent: str) -> list[Worker]:
        return [worker for worker in self._workers if not agent or agent in worker.group.agents]

    def _ready_of(self, group: Group) -> list[Worker]:
        return [worker for worker in self._workers if worker.group is group and worker.is_ready]

    def _least(self, ready: list[Worker]) -> Worker | None:
        """Return the one that has least to do; of several, another one each time; a blocked one last."""
        if not ready:
            return None
        self._turn += 1
        turned = ready[self._turn % len(ready) :] + ready[: self._turn % len(ready)]
        return min(turned, key=lambda worker: (worker.blocked_seconds > 0, worker.load))

    def _tell_having(self, run_id: RunId, message: FromFront) -> None:
        for worker in self._workers:
            if run_id in worker.runs:
                worker.send(message)

    def _wake(self) -> None:
        changed, self._changed = self._changed, anyio.Event()
        changed.set()


def _names(groups: Sequence[Group]) -> Iterator[tuple[Group, str]]:
    """Yield the name of each worker, with its group."""
    for at, group in enumerate(groups):
        for number in range(1, group.count + 1):
            yield group, f"{at + 1}.{number}" if len(groups) > 1 else str(number)


def _send(worker: Worker, run_id: RunId) -> None:
    worker.runs[run_id] = None
    worker.send(Drive(run_id))


async def _either(changed: anyio.Event, seconds: float) -> None:
    """Wait for the event, at most so long: a worker's fault comes without one."""
    with anyio.move_on_after(seconds):
        await changed.wait()
