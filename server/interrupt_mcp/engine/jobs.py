"""Procrastinate's jobs, as its worker handles them: it survives a database that is away, and misses no call.

It does not know what a job is for.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback

from interrupt_mcp.engine.handed import Untaken

log = logging.getLogger(__name__)
_CALL: Notification = {"type": "job_inserted", "job_id": 0}
_PAUSE = 1.0
"""Seconds until the next try to listen."""
_MOST_BROKEN = 4
"""How many connections in a row may be broken where the database is there."""
_FORGOTTEN_SECONDS = 5.0
"""Seconds before it broke down of which a server may have forgotten what was kept lightly: 0.6 by default."""
_NOT_THERE = "P0001"
"""What procrastinate's functions raise where a job is gone, or is somebody else's by now."""
_UNKNOWN_WORKER = "23503"
"""What the database says where the others took this worker for dead, and removed it."""


class GivesBack(BaseRetryStrategy):
    """Has a job be for somebody else whose run was not taken here, however often that happens."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        return RetryDecision() if isinstance(exception, Untaken) else None


class Jobs(JobManager):
    """The jobs, for one worker."""

    def __init__(self, connector: BaseConnector, has_room: Callable[[], bool]) -> None:
        """Nothing is fetched unless one `has_room` for it."""
        super().__init__(connector)
        self._has_room = has_room
        self._calls: NotificationCallback | None = None
        self._heard = 0
        self._unfinished: set[int] = set()
        """Those that ended, which the database does not know yet."""
        self._finished: deque[tuple[float, int]] = deque()
        """Those that ended just now, and when: a server that breaks down may forget them."""
        self._away = False

    async def call(self) -> None:
        """Have the worker look for jobs now."""
        self._heard += 1
        if self._calls is not None:
            await self._calls(channel="", notification=_CALL)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """Fetch one, if there is room. A call that comes meanwhile, which the worker would forget, is heeded."""
        broken = 0
        while self._has_room():
            heard = self._heard
            try:
                job = await super().fetch_job(queues=queues, worker_id=worker_id)
            except ConnectorException as error:
                if _state(error) == _UNKNOWN_WORKER:
                    raise
                # The connections that were open before all break with the server.
                broken += 1
                if broken <= _MOST_BROKEN:
                    continue
                self._told_away(error)
                return None
            self._away = False
            if job is not None or heard == self._heard:
                return job
        return None

    async def finish_job_by_id_async(self, job_id: int, status: Status, delete_job: bool) -> None:
        """Drop one, now or once the database is there again; the next of its thread may have waited for that."""
        self._unfinished.add(job_id)
        await self._finish(job_id, status, delete_job)
        await self.call()

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Leave one to whoever comes first; where that cannot be told, it is left to who clears up."""
        try:
            await super().retry_job(job, retry_at, priority, queue, lock)
        except ConnectorException as error:
            self._told_away(error)

    async def update_heartbeat(self, worker_id: int) -> None:
        """Tell that the worker lives, and what it could not tell before."""
        try:
            await super().update_heartbeat(worker_id)
            for job_id in tuple(self._unfinished):
                await self._finish(job_id, Status.SUCCEEDED, True)
        except ConnectorException as error:
            self._told_away(error)

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Listen for as long as the worker works, whatever becomes of connections."""
        self._calls = on_notification

        async def heard(*, channel: str, notification: Notification) -> None:
            self._heard += 1
            await on_notification(channel=channel, notification=notification)

        while True:
            try:
                await super().listen_for_jobs(on_notification=heard, queues=queues)
            except ConnectorException as error:
                self._told_away(error)
            await asyncio.sleep(_PAUSE)
            await self.call()

    async def _finish(self, job_id: int, status: Status, delete_job: bool) -> None:
        try:
            await super().finish_job_by_id_async(job_id, status, delete_job)
        except ConnectorException as error:
            if _state(error) != _NOT_THERE:
                self._told_away(error)
                return
        self._unfinished.discard(job_id)
        now = time.monotonic()
        self._finished.append((now, job_id))
        while self._finished[0][0] < now - _FORGOTTEN_SECONDS:
            self._finished.popleft()

    def _told_away(self, error: ConnectorException) -> None:
        """Tell, once, that the database is away; what it may have forgotten is told to it again."""
        self._unfinished.update(job_id for _, job_id in self._finished)
        self._finished.clear()
        if not self._away:
            self._away = True
            log.warning("Jobs are not fetched as long as the database is away: %s", said(error))


def said(error: BaseException) -> str:
    """Return what is told of an error of the database's, in one line."""
    cause = error.__cause__ or error
    return next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)


def _state(error: ConnectorException) -> Any:
    return getattr(error.__cause__, "sqlstate", None)
