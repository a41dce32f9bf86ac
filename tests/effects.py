"""What agents of `tests.scripted` did, as the test that ran them reads it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Effects:
    """What was really done, one line for each time, in order."""

    path: Path
    """The file, which is not there before the first."""

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    @property
    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    def leave_word(self, of: str) -> None:
        """Leave word for the agents, which look for it with `word_of`."""
        Path(f"{self.path}.{of}").touch()
