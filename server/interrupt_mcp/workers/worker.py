"""One worker as its front sees it: kept alive, sent what it is to do, and heard.

It does not know what comes of what it is told.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import anyio
import anyio.to_thread

from interrupt_mcp.access import Access
from interrupt_mcp.distribution import install_command, version
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.model import RunId
from interrupt_mcp.runs.caller import Progress
from interrupt_mcp.runs.inquiries import Inquiry
from interrupt_mcp.store.versions import SCHEMA_VERSION
from interrupt_mcp.text.visible import printable_line
from interrupt_mcp.workers.asking import Asking
from interrupt_mcp.workers.child import Child, started
from interrupt_mcp.workers.ending import LEFT
from interrupt_mcp.workers.environments import Group
from interrupt_mcp.workers.keeping import Backoff
from interrupt_mcp.workers.launch import Launch
from interrupt_mcp.workers.messages import (
    Answered,
    Cannot,
    Changed,
    Doing,
    FromFront,
    Held,
    Hello,
    Leaves,
    Look,
    Looked,
    Progressed,
    Ready,
    Refused,
    Taken,
    Tells,
    Welcome,
    from_worker,
    line_of,
)

log = logging.getLogger(__name__)
_LONGEST = 500
_LONGEST_ID = 100
"""Characters of a run's id."""
_MOST_RUNS = 100_000
"""How many a worker may say that it has: who says it may be an agent."""
_LAG_SECONDS = 0.75
"""How long a worker may not answer before others are preferred; an agent that computes may keep it so long."""
_BLOCKED_SECONDS = 5.0
"""How long a worker may not answer before it counts as blocked, as by an agent that blocks its event loop."""
_PATIENCE_SECONDS = 20.0
"""How long it may be blocked before whoever waits for an answer is told."""
_MOMENT_SECONDS = 5.0
"""How long a worker may rest that could be used before, and be waited for."""
_BLOCKED = "an agent blocks its event loop, or its process is stopped"


class Hears(Protocol):
    """Who hears what workers say."""

    def ready(self, worker: "Worker") -> None:
        """Hear that it can be sent runs, and asked."""

    def said(self, worker: "Worker", message: Taken | Held | Changed | Doing | Tells) -> None:
        """Hear of a run."""

    def lost(self, worker: "Worker", run_ids: tuple[RunId, ...]) -> None:
        """Hear that its process has ended, with these runs."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a worker is started."""

    launch: Launch
    check: Callable[[], str]
    """Says, off the event loop, why its environment cannot be used; empty where it can."""
    policy: str
    """The file with the policy, as it is when the front starts; empty where there is none."""


class Worker:
    """A place for one process, which is started again where it ends."""

    def __init__(self, name: str, group: Group, start: Start, hears: Hears) -> None:
        self.name = name
        self.group = group
        self.runs: dict[RunId, None] = {}
        """Those that it has, or was sent."""
        self.loaded: set[str] = set()
        """Agents that its process has loaded, as far as it answered anything about them."""
        self.any_message: set[str] = set()
        """Those of them that take any message, as it has said."""
        self.fault = ""
        """Why it cannot be used, as one sentence; empty while it can, or is on its way."""
        self.is_ready = False
        self._start = start
        self._hears = hears
        self._child: Child | None = None
        self._asking = Asking(self.send)
        self._wrong = ""
        """Why its process was ended, as a sentence."""
        self._leaves = False
        self._greeted = False
        """Whether its process said that it fits."""
        self._was_ready = False
        """Whether its process has been, at any time."""
        self._looks = 0
        self._looked = 0
        """The last one that was answered."""
        self._is_blocked = False
        """Whether the log was told that it does not answer."""
        self._looked_at: float | None = None
        """When it was told to look, or last answered while it was told again, on the clock that only goes forward."""

    async def keep(self) -> None:
        """Keep it alive, until this is cancelled."""
        backoff = Backoff()
        while not self._leaves:
            began = anyio.current_time()
            self._say_fault(await anyio.to_thread.run_sync(self._start.check))
            fits = not self.fault
            if fits:
                self._say_fault(await self._live())
            backoff = backoff.after(anyio.current_time() - began)
            if fits and self._was_ready and backoff.seconds < _MOMENT_SECONDS:
                # The next is on its way, and whoever asks waits for it.
                self.fault = ""
            await anyio.sleep(backoff.seconds)

    def send(self, message: FromFront) -> None:
        """Send it a message, in order; one that is not there is sent nothing."""
        if self._child is not None:
            self._child.send(line_of(message))

    def look(self) -> None:
        """Have it look into the store, and notice whether it answers."""
        if not self.is_ready:
            return
        self._looks += 1
        self._looked_at = self._looked_at or time.monotonic()
        self.send(Look(self._looks))
        if (seconds := self.blocked_seconds) and not self._is_blocked:
            log.warning("worker %s has not answered for %d seconds: %s", self.name, seconds, _BLOCKED)
        if seconds > _PATIENCE_SECONDS:
            self._asking.give_up(f"Worker {self.name} has not answered for {seconds:.0f} seconds: {_BLOCKED}")
        self._is_blocked = bool(seconds)

    @property
    def lives(self) -> bool:
        """Whether it has a process."""
        return self._child is not None

    @property
    def lags(self) -> bool:
        """Whether it has not answered for a moment, so that others are preferred."""
        return self._silent_seconds > _LAG_SECONDS

    @property
    def blocked_seconds(self) -> float:
        """How long it has not answered, where that is too long; else 0."""
        seconds = self._silent_seconds
        return seconds if seconds > _BLOCKED_SECONDS else 0.0

    @property
    def _silent_seconds(self) -> float:
        return 0.0 if self._looked_at is None else time.monotonic() - self._looked_at

    @property
    def load(self) -> int:
        """How much it has to do."""
        return len(self.runs) + len(self._asking)

    async def ask(self, inquiry: Inquiry[Any], access: Access, progress: Progress, *, stays: bool = False) -> Any:
        """Return what comes of the inquiry. One that `stays` is not passed on.

        Raises:
            Lost: it ended before it answered, or another one is to be asked.
            Error: as the inquiry says.
        """
        return await self._asking.ask(inquiry, access, progress, stays=stays)

    def pass_on(self) -> None:
        """Have what it was asked, and was not asked of another one before, asked of another one."""
        self._asking.pass_on()

    def leave(self) -> None:
        """Have it let go of its runs and end."""
        self._leaves, self.is_ready = True, False
        if self._child is not None:
            self._child.leave()

    async def _live(self) -> str:
        """Have a process of it, to its end; return why it ended, as a sentence."""
        self._wrong, self._greeted, self._was_ready, self._looked = "", False, False, self._looks
        try:
            async with started(self._start.launch, self._hear) as child:
                self._child = child
                how = await child.ended()
        except Unavailable as error:
            return str(error.args[0])
        finally:
            self._child, self.is_ready, self._looked_at, self._is_blocked = None, False, None, False
            lost = tuple(self.runs)
            self.runs.clear()
            self.loaded.clear()
            self.any_message.clear()
            self._asking.lose()
            self._hears.lost(self, lost)
        return self._wrong or ("" if self._leaves or how == LEFT else f"Worker {self.name} {how}")

    def _say_fault(self, fault: str) -> None:
        if fault and fault != self.fault:
            log.error("%s", fault)
        self.fault = fault

    def _hear(self, line: bytes) -> None:
        """Hear a line; one that is no message is the end of the worker."""
        try:
            message = from_worker(line)
        except (ValueError, RecursionError) as error:
            self._refuse(f"Worker {self.name} is ended: it said what is no message ({printable_line(str(error))})")
            return
        match message:
            case Hello():
                self._greet(message)
            case Cannot(why):
                self._wrong = f"Worker {self.name}: {printable_line(why[:_LONGEST])}"
            case _ if not self._greeted:
                self._refuse(f"Worker {self.name} is ended: it did not say which version it is")
            case Ready():
                self.is_ready, self._was_ready, self.fault = True, True, ""
                self._hears.ready(self)
            case Leaves():
                self.is_ready = False
            case Looked(number):
                self._note_looked(number)
            case Progressed() | Answered() | Refused():
                self._asking.hear(message)
            case _ if len(message.run_id) > _LONGEST_ID or len(self.runs) > _MOST_RUNS:
                self._refuse(f"Worker {self.name} is ended: it has more runs than one can, or what is no run")
            case Taken(run_id, on):
                if on:
                    self.runs[run_id] = None
                else:
                    self.runs.pop(run_id, None)
                self._hears.said(self, message)
            case _ if message.run_id in self.runs:
                self._hears.said(self, message)

    def _note_looked(self, number: int) -> None:
        if self._looked < number <= self._looks:
            self._looked = number
            self._looked_at = None if number == self._looks else time.monotonic()

    def _greet(self, hello: Hello) -> None:
        own, store = version(), SCHEMA_VERSION
        if hello.version != own:
            self._refuse(
                f"Worker {self.name} is interrupt-mcp-worker {printable_line(hello.version[:_LONGEST])}, and this"
                f" server is {own}: {install_command(str(self._start.launch.python))}"
            )
        elif hello.store_version != store:
            self._refuse(f"Worker {self.name} knows version {hello.store_version} of the database, and not {store}")
        else:
            self._greeted = True
            self.send(Welcome(self._start.policy))

    def _refuse(self, why: str) -> None:
        self._wrong = why
        if self._child is not None:
            self._child.kill(why)
