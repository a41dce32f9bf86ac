"""A server process that is killed, as `kill -9` does it, at the moment that KILL names.

`before claim 2` is when the second transaction of that name is about to begin, `after claim 2` when it is on disk and
nobody was told. Other moments are chosen by agents, which call `die_at` of `tests.scripted`.
"""

import os
import sys
from collections import Counter

from interrupt_mcp.cli import main
from tests.scripted import die
from tests.transactions import die_at


def arm(when: str, name: str, number: int) -> None:
    """Have the process die before or after its transaction of that name and number."""
    seen: Counter[str] = Counter()

    def moment(begins: str) -> str:
        seen[begins] += 1
        return when if (begins, seen[begins]) == (name, number) else ""

    die_at(moment, die)


def run() -> None:
    if kill := os.environ.get("KILL", ""):
        when, name, number = kill.split()
        arm(when, name, int(number))
    sys.exit(main(["serve"]))


if __name__ == "__main__":
    run()
