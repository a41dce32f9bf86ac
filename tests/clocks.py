"""The clock of server processes, which a test moves while they run."""

import os
from pathlib import Path

from tests.processes import CHECKOUT

MOVED = Path(__file__).with_name("moved_clock")


class Clock:
    """A clock that is right until it is moved; the file that says by how much is in the folder."""

    def __init__(self, folder: Path) -> None:
        self._hours = folder / "hours"
        self.go_on(0)
        self.environ = {"PYTHONPATH": f"{MOVED}{os.pathsep}{CHECKOUT}", "HOURS": str(self._hours)}
        """The variables of a process that goes by it."""

    def go_on(self, hours: float) -> None:
        """Have it be so many hours ahead."""
        self._hours.write_text(str(hours))
