"""The table of what was made and checked, and how long each took. Each line is told on stderr as it comes, too."""

import sys
import time


class Table:
    """Lines of a name, what is so, and seconds since the line before."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str, float]] = []
        self._since = time.monotonic()

    def add(self, name: str, so: str) -> None:
        """Add a line for what was done since the last one."""
        now = time.monotonic()
        self._lines.append((name, so, now - self._since))
        self._since = now
        print(f"{name}: {so}", file=sys.stderr, flush=True)

    def __str__(self) -> str:
        names = max(len(name) for name, _, _ in self._lines)
        said = max(len(so) for _, so, _ in self._lines)
        rows = [f"{name:{names}}  {so:{said}}  {seconds:6.1f} s" for name, so, seconds in self._lines]
        total = sum(seconds for _, _, seconds in self._lines)
        return "\n".join(["", *rows, f"{'':{names}}  {'':{said}}  {total:6.1f} s"])
