"""Fetching: a thread with an event loop of its own, on which procrastinate's worker takes jobs from the queue.

So a worker lives, and says so, while an agent blocks the event loop that drives. It hands runs over by their ids, and
knows nothing of driving.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from interrupt_mcp.engine.handed import Handed, Untaken
from interrupt_mcp.model import RunId
from interrupt_mcp.store.port.queue import Queue

if TYPE_CHECKING:
    from procrastinate import App
    from psycopg_pool import AsyncConnectionPool

    from interrupt_mcp.engine.jobs import Jobs

log = logging.getLogger(__name__)
Take = Callable[[Handed], Coroutine[None, None, None]]
_POLL_SECONDS = 2.0
"""How often the queue is looked at where no call came."""
_BEATS = 4
"""How often it is told that this process takes jobs, in the time after which it is dead without that."""
_FORGET_SECONDS = 600.0
_ANSWER_SECONDS = 1.0
"""How long the event loop that drives may take to take a run; then another process may."""
_LATE_SECONDS = 0.25
"""After how long without an answer no more runs are fetched."""
_WAITING_SUSPECTS = 100
"""Runs that may wait here besides those that are driven, and take no place."""
_GRACE_SECONDS = 0.5
_PAUSES = (0.2, 10.0)
"""Seconds until a worker that broke down is started again: at first, and at most."""


def _unchecked(**options: Any) -> "AsyncConnectionPool[Any]":
    """Return a pool that lends connections as they are: what finds one broken tries another one."""
    from psycopg_pool import AsyncConnectionPool

    return AsyncConnectionPool(**{**options, "check": None})


class Fetching:
    """Takes jobs for one process."""

    def __init__(self, queue: Queue, most: int, seconds: float, room: Callable[[], int], take: Take) -> None:
        """This process is dead to others after so many seconds without a sign of life.

        `room` tells, in any thread, for how many runs there is room, and `take` takes one, on the loop that drives. It
        is to be made on that loop.
        """
        self._queue = queue
        self._most = most
        self._seconds = seconds
        self._room = room
        self._take = take
        self._driving = asyncio.get_running_loop()
        self._context = copy_context()
        """What begins with a run that is taken knows nothing of the thread that fetched it."""
        self._delivering: set[asyncio.Task[None]] = set()
        self._unanswered: dict[Handed, float] = {}
        self._refused = False
        """Whether there was no room when it was last looked for a job."""
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._jobs: Jobs | None = None
        self._calling: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="interrupt-mcp-jobs", daemon=True)

    def start(self) -> None:
        """Begin to fetch."""
        self._thread.start()

    def pause(self) -> None:
        """Fetch no more; from any thread."""
        self._stopping = True

    def call(self) -> None:
        """Look for jobs, if there was no room for one: there is now; from any thread."""
        self._soon(self._call)

    async def stop(self, seconds: float) -> None:
        """Fetch no more, and end once the jobs of what was handed over are settled; wait for that so long."""
        self._stopping = True
        self._soon(self._cancel)
        if self._thread.is_alive():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), seconds)

    def _soon(self, do: Callable[[], object]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(do)

    def _call(self) -> None:
        if self._refused and self._jobs is not None and self._loop is not None:
            self._calling = self._loop.create_task(self._jobs.call())

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _run(self) -> None:
        try:
            # Of the loops that there are on Windows, it is the one with which psycopg works.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                self._loop = runner.get_loop()
                runner.run(self._work_on())
        finally:
            with suppress(RuntimeError):
                self._driving.call_soon_threadsafe(self._ended.set)

    async def _work_on(self) -> None:
        """Have a worker fetch, and another one where it breaks down, until this is stopped."""
        if (theirs := logging.getLogger("procrastinate")).level == logging.NOTSET:
            # What there is to tell is told here.
            theirs.setLevel(logging.CRITICAL)
        shortest, longest = _PAUSES
        pause = shortest
        while not self._stopping:
            began = time.monotonic()
            self._work = asyncio.create_task(self._fetch())
            (ended,), _ = await asyncio.wait((self._work,))
            if self._stopping:
                return
            if not ended.cancelled() and (error := ended.exception()) is not None:
                from interrupt_mcp.engine.jobs import said

                log.warning("What fetches jobs is started again: %s", said(error))
            pause = shortest if time.monotonic() - began > longest else min(2 * pause, longest)
            await asyncio.sleep(pause)

    async def _fetch(self) -> None:
        app = self._app()
        async with app.open_async():
            await app.run_worker_async(
                queues=[self._queue.name],
                concurrency=self._most + _WAITING_SUSPECTS,
                fetch_job_polling_interval=_POLL_SECONDS,
                # Whether a run is to be stopped is found in the runs, not in jobs.
                abort_job_polling_interval=_FORGET_SECONDS,
                shutdown_graceful_timeout=_GRACE_SECONDS,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=self._seconds / _BEATS,
                stalled_worker_timeout=_FORGET_SECONDS,
            )

    def _app(self) -> "App":
        from procrastinate import App, PsycopgConnector

        from interrupt_mcp.engine.jobs import GivesBack, Jobs

        app = App(connector=PsycopgConnector(pool_factory=_unchecked, **self._queue.pool))
        app.job_manager = self._jobs = Jobs(app.connector, self._has_room)

        async def drive(run_id: str) -> None:
            await self._hand_over(RunId(run_id))

        app.task(name=self._queue.task, retry=GivesBack())(drive)
        return app

    def _has_room(self) -> bool:
        late = time.monotonic() - _LATE_SECONDS
        answers = all(asked > late for asked in self._unanswered.values())
        self._refused = not answers or self._stopping or self._room() <= len(self._unanswered)
        return not self._refused

    async def _hand_over(self, run_id: RunId) -> None:
        """Have the run taken, and wait until it is no longer driven here.

        Raises:
            Untaken: it is not taken.
        """
        handed = Handed(run_id)
        self._unanswered[handed] = time.monotonic()
        handed.once_answered(partial(self._answered, handed))
        try:
            self._driving.call_soon_threadsafe(self._deliver, handed, context=self._context)
            driven = await handed.driven(_ANSWER_SECONDS)
        except (RuntimeError, asyncio.CancelledError) as error:
            if handed.take_back():
                raise Untaken from error
            raise
        if not driven:
            raise Untaken
        await handed.ended()

    def _deliver(self, handed: Handed) -> None:
        """Have a run taken, by a task: on the loop that drives."""
        task = self._driving.create_task(self._take(handed))
        self._delivering.add(task)
        task.add_done_callback(self._delivering.discard)

    def _answered(self, handed: Handed) -> None:
        del self._unanswered[handed]
        self._call()
