"""Values as they were given, by an argument, a variable or the file, and read as what they are to be.

A bad one raises `ConfigError` with its name and what is allowed. It does not know which settings there are.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from interrupt_mcp.errors import ConfigError

PREFIX = "INTERRUPT_MCP_"
"""Of the variables."""
_AGES = 365_000
"""In days: longer ago there are no dates."""


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it was given, what its place is called in an error, and what a relative path in it starts from."""

    place: str
    value: object
    base: Path

    def wrong(self, allowed: str, *, shown: object = None) -> ConfigError:
        return ConfigError(f"{self.place} is {self.value if shown is None else shown!r}; it must be {allowed}")

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong("text that is not empty")
        return self.value.strip()


@dataclass(frozen=True, slots=True)
class Sources:
    """Where values come from, the strongest first: an argument, a variable, the file."""

    arguments: Mapping[str, str | None]
    environ: Mapping[str, str]
    cwd: Path
    file: Path
    table: Mapping[str, object]

    def get(self, key: str) -> Given | None:
        """The value for the key; an empty variable counts as not set, as `VAR=${VAR:-}` leaves it."""
        if (argument := self.arguments.get(key)) is not None:
            return Given(f"--{key}", argument, self.cwd)
        variable = PREFIX + key.upper()
        if self.varies(key):
            return Given(variable, self.environ[variable], self.cwd)
        if key in self.table:
            return Given(f"`{key}` in {self.file}", self.table[key], self.file.parent)
        return None

    def varies(self, key: str) -> bool:
        """Whether a variable is set for the key."""
        return bool(self.environ.get(PREFIX + key.upper(), "").strip())


def positive(given: Given | None, unit: str) -> float | None:
    if given is None:
        return None
    try:
        number = float(given.value) if isinstance(given.value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if isinstance(given.value, bool) or not 0 < number < math.inf:
        raise given.wrong(f"a number of {unit} above 0")
    return number


def count(given: Given | None, default: int, least: int = 0) -> int:
    if given is None:
        return default
    text = str(given.value).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise given.wrong(f"a whole number from {least}")
    return int(text)


def days_ago(days: float) -> datetime:
    """The moment so many days ago; longer ago than there are dates is the first of them that is of use."""
    return datetime.now(UTC) - timedelta(days=min(days, _AGES))


def switch(given: Given | None) -> bool:
    if given is None or isinstance(given.value, bool):
        return given is None or bool(given.value)
    if given.value not in ("on", "off"):
        raise given.wrong("on or off")
    return given.value == "on"
