"""An entry in a client's configuration: what starts the server there, and what of a present one has to change for it.

It does not know how the client writes its file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interrupt_mcp.installing.launch import Launch, starts_us
from interrupt_mcp.installing.tree import Path


@dataclass(frozen=True, slots=True)
class Keys:
    """What a client calls the parts of an entry, and what it wants besides."""

    command: str = "command"
    args: str = "args"
    env: str = "env"
    first: Mapping[str, Any] = field(default_factory=dict)
    """What always stands there, such as the kind of the server."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What stands there unless the user chose otherwise, such as time limits."""
    name: str | None = None
    """Where the entry repeats its name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that starts the server."""

    keys: Keys
    name: str
    launch: Launch
    env: Mapping[str, str]
    """Variables, of which none is a secret."""

    def whole(self) -> dict[str, Any]:
        """Return it as it stands where there was none."""
        env = {self.keys.env: dict(self.env)} if self.env else {}
        return {**self._fixed(), **env, **self.keys.more}

    def changes(self, present: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
        """Give what of a present entry has to change, as paths in it with values. What the user added stays."""
        for key, value in self._fixed().items():
            if present.get(key) != value and not (key == self.keys.args and self._is_enough(present)):
                yield (key,), value
        there = present.get(self.keys.env)
        if self.env and not isinstance(there, Mapping):
            yield (self.keys.env,), dict(self.env)
        elif isinstance(there, Mapping):
            yield from (((self.keys.env, name), value) for name, value in self.env.items() if there.get(name) != value)
        yield from (((key,), value) for key, value in self.keys.more.items() if key not in present)

    def is_ours(self, present: Mapping[str, Any]) -> bool:
        """Whether the present entry starts a server of ours."""
        command, args = present.get(self.keys.command), present.get(self.keys.args) or []
        return isinstance(command, str) and isinstance(args, list) and starts_us(command, args)

    def _fixed(self) -> dict[str, Any]:
        named = {} if self.keys.name is None else {self.keys.name: self.name}
        return {
            **self.keys.first,
            **named,
            self.keys.command: self.launch.command,
            self.keys.args: list(self.launch.args),
        }

    def _is_enough(self, present: Mapping[str, Any]) -> bool:
        """Whether the arguments that are there start the server: where it takes none, or the user added some."""
        args, ours = present.get(self.keys.args, []), list(self.launch.args)
        return (
            present.get(self.keys.command) == self.launch.command
            and isinstance(args, list)
            and args[: len(ours)] == ours
        )
