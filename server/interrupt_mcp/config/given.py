"""What a person gave: one value, and the place where it was given. It does not know what the value is to be."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from interrupt_mcp.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Given:
    """One value as it was given, by an argument, a variable or the file."""

    name: str
    """Of the argument or the variable, or of the key with the tables that it is in."""
    value: object
    base: Path
    """Where a relative path in it starts."""
    file: Path | None = None
    """The file that it is in; `None` for an argument and a variable."""

    @property
    def place(self) -> str:
        """What an error calls it."""
        return self.name if self.file is None else f"`{self.name}` in {self.file}"

    def wrong(self, allowed: str, shown: str | None = None) -> ConfigError:
        """Return the error for a value that is not allowed; `shown` stands for a value that is not to be repeated."""
        return ConfigError(f"{self.place} is {shown or repr(self.value)}; it must be {allowed}")

    def path(self, path: str) -> Path:
        """Return the path, relative to where it was given, as an absolute one."""
        return Path(os.path.abspath(self.base / path))

    def entries(self, *, quoted: bool = False) -> dict[str, "Given"]:
        """Return what stands in a table, by its key; `quoted` is whether an error puts the key in quotation marks.

        Raises:
            ConfigError: it is no table.
        """
        if not isinstance(self.value, Mapping):
            raise self.wrong("a table")
        before = f"{self.name}." if self.name else ""
        return {
            key: Given(f'{before}"{key}"' if quoted else f"{before}{key}", value, self.base, self.file)
            for key, value in self.value.items()
        }
