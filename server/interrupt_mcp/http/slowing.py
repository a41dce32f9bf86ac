"""Slowing: whoever brings wrong secrets is answered later each time, by the address that they come from.

A right one is never slowed, whatever others of the address do: many may share one. It knows no tokens.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable

import anyio
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
_FIRST_SECONDS, _LONGEST_SECONDS = 0.1, 5.0
_FORGOTTEN_SECONDS = 300.0
"""After so long without a wrong one, an address begins anew."""
_MOST_WAITING = 100
_MOST_KNOWN = 10_000
"""Addresses that are remembered; of more, those that brought nothing wrong for longest are forgotten."""
RETRY = {"Retry-After": "5"}
TOO_MANY = "Too many wrong ones were sent. Come back in 5 seconds."


class Slowing:
    """What one process remembers of wrong secrets."""

    def __init__(self, origin: Callable[[Scope], str]) -> None:
        """`origin` tells which address a request comes from."""
        self._origin = origin
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """How many each address brought, and when the last, on the event loop's clock; the latest at the end."""
        self._waiting = 0

    async def wrong(self, scope: Scope) -> bool:
        """Keep that this request brought a wrong secret, and hold its answer back.

        False, at once, where too many answers are held back: then the answer is to come back later.
        """
        seconds = self._noted(self._origin(scope))
        if self._waiting >= _MOST_WAITING:
            return False
        self._waiting += 1
        try:
            await anyio.sleep(seconds)
        finally:
            self._waiting -= 1
        return True

    def _noted(self, origin: str) -> float:
        """Count one more of that address, and return for how many seconds its answer is to be held back."""
        now = anyio.current_time()
        count, last = self._failures.pop(origin, (0, now))
        count = 1 if now - last > _FORGOTTEN_SECONDS else count + 1
        self._failures[origin] = (count, now)
        while len(self._failures) > _MOST_KNOWN:
            self._failures.popitem(last=False)
        if count in (1, 10, 100) or count % 1000 == 0:
            log.warning("%s brought %s", origin or "somebody", _counted(count))
        return _LONGEST_SECONDS if count > 10 else min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** (count - 1))


class SlowedForm:
    """An ASGI application in front of pages: wrong secrets that are sent to one form of them are answered later."""

    def __init__(self, pages: ASGIApp, path: str, slowing: Slowing) -> None:
        """`path` is where the form is sent; the status 403 says that its secret was wrong."""
        self._pages = pages
        self._path = path
        self._slowing = slowing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != self._path:
            await self._pages(scope, receive, send)
            return
        refused = False

        async def slowed(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 403:
                refused = not await self._slowing.wrong(scope)
                if refused:
                    await PlainTextResponse(TOO_MANY, 429, RETRY)(scope, receive, send)
            if not refused:
                await send(message)

        await self._pages(scope, receive, slowed)


def _counted(count: int) -> str:
    return "a secret that does not count" if count == 1 else f"{count} secrets that do not count"
