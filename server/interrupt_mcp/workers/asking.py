"""Asking: inquiries that one worker was asked, and what it answers. It knows neither pipes nor processes."""

from collections.abc import Callable
from typing import Any

import anyio

from interrupt_mcp import errors
from interrupt_mcp.access import Access
from interrupt_mcp.errors import Error, Unexpected
from interrupt_mcp.runs.caller import Progress
from interrupt_mcp.runs.inquiries import Inquiry
from interrupt_mcp.workers.codec import made, plain
from interrupt_mcp.workers.messages import Answered, Ask, Forget, Progressed, Refused

_LONGEST = 2000
"""Characters of what a worker says."""
_MANY_LINES = 16
"""How much of its progress is kept for whoever waits."""


class Lost(Exception):
    """The worker ended before it answered, or another one is to be asked."""


class _Asked:
    """One inquiry on its way."""

    def __init__(self, *, stays: bool) -> None:
        self.stays = stays
        """Whether it is asked of no other worker, as long as this one lives."""
        self.woken = anyio.Event()
        self.doing: list[str] = []
        self.answer: Answered | Refused | None = None
        self.lost = False
        """Whether the worker ended."""
        self.passed_on = False

    def wake(self) -> None:
        woken, self.woken = self.woken, anyio.Event()
        woken.set()


class Asking:
    """The inquiries of one worker."""

    def __init__(self, send: Callable[[Ask | Forget], None]) -> None:
        self._send = send
        self._asked: dict[int, _Asked] = {}
        self._last = 0

    def __len__(self) -> int:
        return len(self._asked)

    async def ask(self, inquiry: Inquiry[Any], access: Access, progress: Progress, *, stays: bool) -> Any:
        """Return what comes of the inquiry. One that `stays` is not passed on.

        Raises:
            Lost: the worker ended first, or the inquiry is passed on.
            Error: as the inquiry says.
        """
        self._last += 1
        number, asked = self._last, _Asked(stays=stays)
        self._asked[number] = asked
        try:
            self._send(Ask(number, access, plain(inquiry)))
            while True:
                woken = asked.woken
                for doing in asked.doing[:]:
                    await progress(doing)
                    asked.doing.remove(doing)
                if asked.answer is not None:
                    return _given(inquiry, asked.answer)
                if asked.lost or asked.passed_on:
                    raise Lost
                await woken.wait()
        finally:
            del self._asked[number]
            if asked.answer is None and not asked.lost:
                self._send(Forget(number))

    def hear(self, message: Progressed | Answered | Refused) -> None:
        """Hear what the worker says of one of them; of one that nobody waits for any more, nothing."""
        asked = self._asked.get(message.number)
        if asked is None:
            return
        if isinstance(message, Progressed):
            if len(asked.doing) < _MANY_LINES:
                asked.doing.append(message.doing[:_LONGEST])
        else:
            asked.answer = message
        asked.wake()

    def give_up(self, why: str) -> None:
        """Have all who wait be told that there is no answer."""
        for number, asked in self._asked.items():
            asked.answer = Refused(number, "Unavailable", why)
            asked.wake()

    def pass_on(self) -> None:
        """Have those who wait ask another worker, but for those that stay."""
        for asked in self._asked.values():
            if not asked.stays:
                asked.passed_on = True
                asked.wake()

    def lose(self) -> None:
        """Have all who wait know that the worker ended."""
        for asked in self._asked.values():
            asked.lost = True
            asked.wake()


def answer_type(inquiry: Inquiry[Any]) -> Any:
    """Return the type of what comes of such an inquiry."""
    return type(inquiry).__orig_bases__[0].__args__[0]  # type: ignore[attr-defined]


def _given(inquiry: Inquiry[Any], said: Answered | Refused) -> Any:
    """Return what was answered.

    Raises:
        Error: what the worker said that came of it.
    """
    if isinstance(said, Refused):
        raise _error(said)
    try:
        return made(answer_type(inquiry), said.answer)
    except (ValueError, RecursionError) as error:
        raise Unexpected(f"A worker's answer cannot be read: {error}") from error


def _error(said: Refused) -> Error:
    kind = getattr(errors, said.error, None)
    happened = said.happened[:_LONGEST]
    if isinstance(kind, type) and issubclass(kind, Error) and kind is not errors.Busy:
        return kind(happened)
    return Unexpected(happened)
