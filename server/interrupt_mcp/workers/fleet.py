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
from interrupt_mcp.runs.inquiries import Taken as TakenInput
from interrupt_mcp.workers.asking import Lost
from interrupt_mcp.workers.environments import Group
from interrupt_mcp.workers.messages import Changed, Doing, Drive, FromFront, Held, Listen, Stop, Taken, Tells, Yield
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
        self._held: dict[RunId, set[Worker]] = {}
        """By run, the workers in which it had to wait."""
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
        return bool(self._having(run_id))

    def is_stuck(self, run_id: RunId) -> bool:
        """Whether none that has the run answers, while another one does that could drive it."""
        having = self._having(run_id)
        groups = {worker.group for worker in having}
        free = (worker for group in groups for worker in self._ready_of(group) if not worker.lags)
        return bool(having) and all(worker.lags for worker in having) and any(free)

    def drive(self, run_id: RunId, agent: str = "") -> None:
        """Have the run driven: by the worker that has it, else by one that has least to do.

        Of a run whose agent is not known, one of each environment is told; whose it is not lets it be.
        """
        having = self._having(run_id)
        if not having or self.is_stuck(run_id):
            groups = (group for group in self._groups if not agent or agent in group.agents)
            others = [worker for group in groups if (worker := self._least(self._ready_of(group))) is not None]
            for worker in having if others else ():
                # It may claim the run all the same, once it answers, if nobody else has by then.
                worker.runs.pop(run_id)
            having = others or having
        for worker in having:
            _send(worker, run_id)

    def drive_within(self, group: Group, run_id: RunId) -> None:
        """Have the run driven by the worker of the group that has least to do, as far as one is there."""
        if (worker := self._least(self._ready_of(group))) is not None:
            _send(worker, run_id)

    def pass_on(self, worker: Worker, run_id: RunId) -> None:
        """Have the run, which has to wait in that worker, driven by one of its group in which it did not have to."""
        tried = self._held.setdefault(run_id, set())
        tried.add(worker)
        if (other := self._least([each for each in self._ready_of(worker.group) if each not in tried])) is not None:
            worker.send(Yield(run_id))
            _send(other, run_id)

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
            if worker.blocked_seconds and not all(each.lags for each in self._ready_of(worker.group)):
                worker.pass_on()

    def leave(self) -> None:
        """Have all of them let go of their runs and end."""
        self._leaving = True
        for worker in self._workers:
            worker.leave()
        self._wake()

    def lost(self, worker: Worker, run_ids: tuple[RunId, ...]) -> None:
        """See `worker.Hears`."""
        for tried in self._held.values():
            tried.discard(worker)
        self._wake()
        if self.hears is not None:
            self.hears.lost(worker, run_ids)

    def ready(self, worker: Worker) -> None:
        """See `worker.Hears`."""
        self._wake()
        self.became_ready(worker)
        self._held = {run_id: tried for run_id, tried in self._held.items() if self._having(run_id)}
        for run_id in self._held:
            for having in self._having(run_id):
                if having.group is worker.group:
                    self.pass_on(having, run_id)
        if self.hears is not None:
            self.hears.ready(worker)

    def said(self, worker: Worker, message: Taken | Held | Changed | Doing | Tells) -> None:
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
        for number in range(_TRIES):
            worker = await self._ready_for(agent, progress)
            try:
                # What blocks one worker may be this, and is not to block all others.
                answer = await worker.ask(inquiry, access, progress, stays=number > 0)
            except Lost:
                continue
            worker.loaded.add(agent)
            if isinstance(answer, TakenInput) and answer.any_message:
                worker.any_message.add(agent)
            return answer
        raise Unavailable(f"{_TRIES} workers ended while they looked into this for agent {agent!r}; the log says how")

    def has_loaded(self, agent: str) -> bool:
        """Whether all that can be asked about the agent have loaded it."""
        return self._all_ready(agent, lambda worker: agent in worker.loaded)

    def take_any_message(self, agent: str) -> bool:
        """Whether all that can be asked about the agent have said that it takes any message."""
        return self._all_ready(agent, lambda worker: agent in worker.any_message)

    def _all_ready(self, agent: str, is_so: Callable[[Worker], bool]) -> bool:
        ready = [worker for worker in self._of(agent) if worker.is_ready]
        return bool(ready) and all(map(is_so, ready))

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
        """Return the one that has least to do; of several, another one each time; one that does not answer last."""
        if not ready:
            return None
        self._turn += 1
        turned = ready[self._turn % len(ready) :] + ready[: self._turn % len(ready)]
        return min(turned, key=lambda worker: (worker.lags, worker.load))

    def _having(self, run_id: RunId) -> list[Worker]:
        return [worker for worker in self._workers if run_id in worker.runs]

    def _tell_having(self, run_id: RunId, message: FromFront) -> None:
        for worker in self._having(run_id):
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
