"""A server process that is killed, as `kill -9` does it, at the moment that KILL names.

`before claim 2` is when the second transaction of that name is about to begin, `after claim 2` when it is on disk and
nobody was told. Other moments are chosen by agents, which call `die_at` of `tests.scripted`.
"""

import os
import sys
from collections import Counter
from concurrent.futures import Future
from typing import Any

from interrupt_mcp.cli import main
from interrupt_mcp.store.sqlite.writer import Writer
from tests.scripted import die


class _LastWords(Future[Any]):
    """Stands for the answer of a transaction: whoever gives it dies first."""

    def set_result(self, result: Any) -> None:
        die()


def _name(unit: Any) -> str:
    """Return `claim` for `Store.claim.<locals>.unit`."""
    return str(unit.__qualname__).split(".<locals>")[0].rpartition(".")[2]


def arm(when: str, name: str, number: int) -> None:
    """Have the process die before or after its transaction of that name and number."""
    seen: Counter[str] = Counter()
    commit = Writer._commit

    def armed(self: Writer, group: list[tuple[Any, Future[Any]]]) -> None:
        for unit, future in group:
            seen[_name(unit)] += 1
            hit = (_name(unit), seen[_name(unit)]) == (name, number)
            if hit and when == "before":
                die()
            commit(self, [(unit, _LastWords() if hit else future)])

    Writer._commit = armed  # type: ignore[method-assign]


def run() -> None:
    if kill := os.environ.get("KILL", ""):
        when, name, number = kill.split()
        arm(when, name, int(number))
    sys.exit(main(["serve"]))


if __name__ == "__main__":
    run()
