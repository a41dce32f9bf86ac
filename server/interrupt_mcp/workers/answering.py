"""Answering: what a worker does for its front, as messages come in. It knows no process and no pipe."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup

from interrupt_mcp.access import Access
from interrupt_mcp.driving.wakeups import Signals, Watch
from interrupt_mcp.engine.local import LocalEngine
from interrupt_mcp.errors import Error
from interrupt_mcp.model import Json, RunId
from interrupt_mcp.runs import inquiries
from interrupt_mcp.runs.inquiries import AgentSide, Inquiry
from interrupt_mcp.text.redaction import said
from interrupt_mcp.workers.backlog import LONGEST
from interrupt_mcp.workers.codec import made, plain
from interrupt_mcp.workers.messages import (
    Answered,
    Ask,
    Changed,
    Doing,
    Drive,
    Forget,
    FromFront,
    FromWorker,
    Held,
    Listen,
    Look,
    Looked,
    Progressed,
    Refused,
    Stop,
    Taken,
    Tells,
    Welcome,
    Yield,
    from_front,
    line_of,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable

log = logging.getLogger(__name__)
_LONGEST = 1000
_DOING_SECONDS = 0.1
"""How often it is told what runs do, which some do thousands of in a second."""
_LONG_SECONDS = 3600.0
_KINDS = {
    kind.__name__: kind
    for kind in (
        inquiries.Load,
        inquiries.Describe,
        inquiries.TakesInput,
        inquiries.SeePast,
        inquiries.SeeMoment,
        inquiries.TakesRewind,
        inquiries.TakesCopy,
        inquiries.SeeResults,
        inquiries.PreviewEdit,
        inquiries.PreviewFaults,
    )
}


class Telling:
    """Tells the front what becomes of runs."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        """`write` writes a line to the front."""
        self._write = write
        self._has_taken = anyio.Event()
        self._listening: dict[RunId, Watch] = {}
        """What the front wants to be told of runs while they work."""

    def say(self, message: FromWorker) -> None:
        """Say it."""
        line = line_of(message)
        if len(line) > LONGEST and isinstance(message, Answered):
            what = f"What was asked for has {len(line):,} bytes, and at most {LONGEST:,} can be passed on"
            line = line_of(Refused(message.number, "Unreadable", what))
        self._write(line)

    def changed(self, run_id: RunId) -> None:
        """Tell that the run may have another status, after all that it told until then."""
        if (watch := self._listening.get(run_id)) is not None:
            self._tell(run_id, watch)
        self.say(Changed(run_id))

    async def listen(self, run_id: RunId, watch: Watch) -> None:
        """Tell what the run tells while it works, until this is cancelled."""
        self._listening[run_id] = watch
        try:
            while True:
                self._tell(run_id, watch)
                await watch.next(_LONG_SECONDS)
        finally:
            del self._listening[run_id]

    def taken(self, run_id: RunId, on: bool) -> None:
        """Tell whether the run is driven here."""
        self.say(Taken(run_id, on))
        if on:
            self._has_taken.set()

    def held(self, run_id: RunId) -> None:
        """Tell that the run waits here until another one got on that processes may have died of."""
        self.say(Held(run_id))

    def _tell(self, run_id: RunId, watch: Watch) -> None:
        if lines := watch.lines():
            self.say(Tells(run_id, tuple(lines)))

    async def until_taken(self, is_so: Callable[[], bool]) -> None:
        """Wait until it is so, which may be whenever a run has come to be driven."""
        while not is_so():
            self._has_taken = anyio.Event()
            await self._has_taken.wait()


class Front:
    """What the front says, kept until there is somebody who does it."""

    def __init__(self) -> None:
        self.policy = ""
        """The file with the policy, as the front had it when it started."""
        self._welcomed = anyio.Event()
        self._answering: Answering | None = None
        self._kept: list[FromFront] = []

    async def welcomed(self) -> None:
        """Wait until it says that this worker fits."""
        await self._welcomed.wait()

    def hear(self, line: bytes) -> None:
        """Hear a line."""
        message = from_front(line)
        if isinstance(message, Welcome):
            self.policy = message.policy
            self._welcomed.set()
        elif self._answering is None:
            self._kept.append(message)
        else:
            self._answering.hear(message)

    def answered_by(self, answering: "Answering") -> None:
        """From here on have this do what it says."""
        self._answering = answering
        for message in self._kept:
            answering.hear(message)
        self._kept.clear()


class Answering:
    """Does what the front says."""

    def __init__(
        self,
        telling: Telling,
        tasks: TaskGroup,
        engine: LocalEngine,
        signals: Signals,
        side_of: Callable[[Access], AgentSide],
        look: "Callable[[], Awaitable[None]]",
    ) -> None:
        """Work is done in `tasks`; `look` looks into the store."""
        self._telling = telling
        self._tasks = tasks
        self._engine = engine
        self._signals = signals
        self._side_of = side_of
        self._look = look
        self._asked: dict[int, anyio.CancelScope] = {}
        self._listening: dict[RunId, anyio.CancelScope] = {}
        self._looks = 0
        self._to_look = anyio.Event()

    def hear(self, message: FromFront) -> None:
        """Begin to do what the front says."""
        match message:
            case Welcome():
                pass
            case Drive(run_id):
                self._tasks.start_soon(self._drive, run_id)
            case Stop(run_id):
                self._engine.cancel(run_id)
            case Yield(run_id):
                self._engine.yield_suspect(run_id)
            case Listen(run_id, True):
                if run_id not in self._listening:
                    self._listening[run_id] = anyio.CancelScope()
                    self._tasks.start_soon(self._listen, run_id, self._listening[run_id])
            case Listen(run_id):
                if (scope := self._listening.pop(run_id, None)) is not None:
                    scope.cancel()
            case Look(number):
                self._looks = number
                self._to_look.set()
            case Ask(number):
                self._asked[number] = anyio.CancelScope()
                self._tasks.start_soon(self._answer, message, self._asked[number])
            case Forget(number):
                if (scope := self._asked.get(number)) is not None:
                    scope.cancel()

    async def keep_looking(self) -> None:
        """Look each time the front says so, once for all that it said meanwhile; until this is cancelled."""
        while True:
            await self._to_look.wait()
            self._to_look = anyio.Event()
            number = self._looks
            await self._look()
            self._telling.say(Looked(number))

    async def keep_telling(self) -> None:
        """Tell what runs do, each a few times a second at most; until this is cancelled."""
        told: dict[RunId, str] = {}
        while True:
            await self._telling.until_taken(lambda: bool(self._engine.driven))
            await anyio.sleep(_DOING_SECONDS)
            now = {run_id: what for run_id in self._engine.driven if (what := self._signals.doing(run_id))}
            for run_id, what in now.items():
                if told.get(run_id) != what:
                    self._telling.say(Doing(run_id, what[:_LONGEST]))
            told = now

    async def _drive(self, run_id: RunId) -> None:
        self._engine.submit_again(run_id)

    async def _listen(self, run_id: RunId, scope: anyio.CancelScope) -> None:
        with scope, self._signals.watch(run_id, tells=True) as watch:
            await self._telling.listen(run_id, watch)

    async def _answer(self, asked: Ask, scope: anyio.CancelScope) -> None:
        number = asked.number

        async def progress(doing: str) -> None:
            self._telling.say(Progressed(number, doing))

        try:
            with scope:
                inquiry = _inquiry(asked.inquiry)
                answer = await self._side_of(asked.access).ask(inquiry, progress)
                self._telling.say(Answered(number, plain(answer)))
        except Error as error:
            self._telling.say(Refused(number, type(error).__name__, str(error.args[0])))
        except Exception as error:
            log.exception("an inquiry was not answered")
            self._telling.say(Refused(number, "Unexpected", said(error, _LONGEST)))
        finally:
            del self._asked[number]


def _inquiry(body: Json) -> Inquiry[Any]:
    """Return the inquiry of which this is the JSON.

    Raises:
        ValueError: it is none.
    """
    name = body.get("is") if isinstance(body, dict) else None
    if name not in _KINDS:
        raise ValueError(f"{name!r} is no inquiry")
    inquiry: Inquiry[Any] = made(_KINDS[str(name)], body)
    return inquiry
