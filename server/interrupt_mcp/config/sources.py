"""The sources of values: arguments, variables and the file, of which the first that says something counts.

It does not know which settings there are: whoever reads says so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interrupt_mcp.config.declared import declared
from interrupt_mcp.config.given import Given
from interrupt_mcp.errors import ConfigError

_PREFIX = "INTERRUPT_MCP_"
_ALMOST = 0.75
"""How alike two names are, of 1, of which one may be the other mistyped."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where values come from, the strongest first."""

    arguments: Mapping[str, str | None]
    environ: Mapping[str, str]
    cwd: Path
    """Where relative paths in arguments and variables start."""
    file: Mapping[str, Given]

    def get(self, key: str) -> Given | None:
        """Return the value for the key that counts, if one was given."""
        if (argument := self.arguments.get(key)) is not None:
            return Given(f"--{key}", argument, self.cwd)
        if self.varies(key):
            variable = variable_of(key)
            return Given(variable, self.environ[variable], self.cwd)
        return self.file.get(key)

    def varies(self, key: str) -> bool:
        """Whether a variable is set for the key; an empty one is not, as `VAR=${VAR:-}` leaves it."""
        return bool(self.environ.get(variable_of(key), "").strip())

    def read(self, model: type) -> dict[str, Any]:
        """Return what was given for the fields of the dataclass; defaults are its own.

        Raises:
            ConfigError: a value is not of its kind.
        """
        given = [
            (each, self.get(each.key) if each.variable else self.file.get(each.key))
            for each in declared(model).values()
        ]
        return {each.field: each.kind(value) for each, value in given if value is not None}


def variable_of(key: str) -> str:
    """Return the name of the variable for the key."""
    return _PREFIX + key.upper()


def refuse_mistyped(
    environ: Mapping[str, str], known: Collection[str], only_in_file: Collection[str], file: str
) -> None:
    """Refuse a variable that is mistyped: it would leave a default in its place. Other names may be agents' own.

    Raises:
        ConfigError: a variable's name is almost one of the known, or one of what only the file may say.
    """
    for name in environ:
        key = name.removeprefix(_PREFIX).lower()
        if not name.startswith(_PREFIX) or key in known:
            continue
        # Imported for those alone who need it: a client waits for the start.
        from difflib import get_close_matches

        for meant in get_close_matches(key, [*known, *only_in_file], 1, _ALMOST):
            other = f"write {meant} = ... in {file}" if meant in only_in_file else f"{variable_of(meant)} is"
            raise ConfigError(f"The variable {name} is not a setting; {other}")
