"""Events: a stream that tells an open page when something it shows may have changed. It says what, and nothing of it.

As long as it goes on, the page counts as open, so that no other is opened for the same person.
"""

import json
import math
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import anyio
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from interrupt_mcp.runs.changes import Change, Changes
from interrupt_mcp.web.visit import Visit

_LOOK_SECONDS = 2.0
"""How often the session of an open page is looked at."""
_SEEN_SECONDS = 20.0
"""How often an open page is kept as such."""
_OPEN_SECONDS = 30.0
"""For how long that counts."""
_LEFT_SECONDS = 3.0
"""For how long a page that was left counts as open: the next one of the same person is being loaded."""
_GRACE_SECONDS = 2.0
_TYPE = "text/event-stream"


class Streams:
    """The streams of one process: at most so many at once, until it is `leaving`."""

    def __init__(self, leaving: Callable[[], bool], most: int = 100) -> None:
        self.leaving = leaving
        self._most = most
        self._of: Counter[str] = Counter()
        """How many each session has."""

    @property
    def full(self) -> bool:
        """Whether no more are begun."""
        return self._of.total() >= self._most

    def has(self, session_id: str) -> bool:
        """Whether the session has one."""
        return self._of[session_id] > 0

    @contextmanager
    def one(self, session_id: str) -> Iterator[None]:
        """Count one of the session, within this context."""
        self._of[session_id] += 1
        try:
            yield
        finally:
            self._of[session_id] -= 1
            self._of += Counter()


async def stream(visit: Visit) -> Response:
    """Tell of changes for as long as the page is open, and the session lasts."""
    changes = await visit.runs.threads.changes(datetime.now(UTC))
    # Nothing is waited for from here until the stream has its place.
    if visit.streams.full:
        return PlainTextResponse("Too many pages are open.", 503, {"Retry-After": "30"})
    return _Stream(visit, changes)


class _Stream(StreamingResponse):
    """A stream that has its place, and is an open page, from its first moment to its last, however it ends."""

    def __init__(self, visit: Visit, changes: Changes) -> None:
        super().__init__(_events(visit, changes), media_type=_TYPE)
        self._visit = visit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        streams, session_id = self._visit.streams, self._visit.session.session_id
        try:
            with streams.one(session_id):
                await super().__call__(scope, receive, send)
        finally:
            if not streams.has(session_id):
                with anyio.move_on_after(_GRACE_SECONDS, shield=True):
                    await self._visit.inbox.sessions.seen(session_id, _LEFT_SECONDS)


async def _events(visit: Visit, changes: Changes) -> AsyncIterator[str]:
    sessions, session_id = visit.runs.sessions, visit.session.session_id
    yield "retry: 2000\n\n"
    seen = -math.inf
    # So quickly a page notices that somebody signed out, in this process or another.
    while session_id in {each.session_id for each in await sessions.listed()}:
        if anyio.current_time() >= seen + _SEEN_SECONDS:
            await sessions.seen(session_id, _OPEN_SECONDS)
            seen = anyio.current_time()
            yield ": here\n\n"
        if visit.streams.leaving():
            # The page listens again, to whoever goes on with the pages.
            return
        if (change := await changes.next(_LOOK_SECONDS)) is not None:
            yield _event("changed", _told(change))
    yield _event("ended", {})


def _told(change: Change) -> dict[str, object]:
    return {"runs": change.runs, "threads": change.threads, "waiting": change.pending}


def _event(name: str, body: object) -> str:
    return f"event: {name}\ndata: {json.dumps(body)}\n\n"
