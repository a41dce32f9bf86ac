"""Lines: what is to be done one after the other, by threads that each take what waits in some lines.

A line has at most one thread at a time. Where more lines wait than there are threads, each takes its share of them at
once. It does not know what is done.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 100
"""How many are taken at once."""
_SECONDS = 0.02
"""How long one that nobody waits for is held back, so that others are taken with it."""


@dataclass(eq=False, slots=True)
class _Line(Generic[T]):
    waiting: deque[T] = field(default_factory=deque)
    due: float = 0.0
    """When it is taken at the latest, on the clock of `time.monotonic`."""
    busy: bool = False


class Lines(Generic[T]):
    """Threads that do what waits."""

    def __init__(self, count: int, do: Callable[[Sequence[T]], None], name: str) -> None:
        """`do` does some, in order, and raises nothing."""
        self._do = do
        self._lines: dict[object, _Line[T]] = {}
        lock = threading.Lock()
        self._news, self._empty = threading.Condition(lock), threading.Condition(lock)
        self._closing = False
        self._count, self._name = count, name
        self._threads: list[threading.Thread] = []
        self._idle = 0

    def add(self, what: T, line: object = None, *, soon: bool = True) -> None:
        """Have it done after all that was added to the same line; without a line, beside all others.

        What need not be `soon` is done together with the next of its line that must be, or a little later.
        """
        with self._news:
            found = self._lines.setdefault(object() if line is None else line, _Line())
            if not found.waiting:
                found.due = time.monotonic() + _SECONDS
            found.waiting.append(what)
            if soon or len(found.waiting) >= _MOST:
                found.due = 0.0
            if not self._idle and len(self._threads) < self._count:
                thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._news.notify()

    def hurry(self) -> None:
        """Have all done now that waits: somebody waits for it."""
        with self._news:
            for line in self._lines.values():
                line.due = 0.0
            self._news.notify_all()

    def settle(self, seconds: float) -> None:
        """Wait until nothing waits and nothing is being done, at most so long; from any thread."""
        self.hurry()
        with self._empty:
            self._empty.wait_for(lambda: not self._lines, seconds)

    def close(self) -> None:
        """Do what waits, and take no more."""
        with self._news:
            self._closing = True
            self._news.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            keys, some = taken
            self._do(some)
            with self._news:
                for key in keys:
                    self._lines[key].busy = False
                    if not self._lines[key].waiting:
                        del self._lines[key]
                if not self._lines:
                    self._empty.notify_all()
                    self._news.notify_all()

    def _take(self) -> tuple[Sequence[object], Sequence[T]] | None:
        """Wait for lines whose turn it is; return them and what is taken from them, nothing once all is closed."""
        with self._news:
            while True:
                free = [(line.due, key) for key, line in self._lines.items() if not line.busy]
                now = time.monotonic()
                if due := [key for at, key in free if at <= now or self._closing]:
                    return self._taken(due[: -(-len(due) // self._count)])
                if self._closing and not self._lines:
                    return None
                self._idle += 1
                self._news.wait(min((at for at, _ in free), default=now + 3600) - now)
                self._idle -= 1

    def _taken(self, keys: Sequence[object]) -> tuple[Sequence[object], Sequence[T]]:
        """Take what waits in these lines, of as many of them as it takes."""
        taken: list[T] = []
        lines = []
        for key in keys:
            if len(taken) >= _MOST:
                break
            line = self._lines[key]
            line.busy = True
            lines.append(key)
            taken += [line.waiting.popleft() for _ in range(min(len(line.waiting), _MOST - len(taken)))]
        return lines, taken
