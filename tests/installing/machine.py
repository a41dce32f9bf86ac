"""A user's machine for one test: a home of its own, in which the command runs as a process."""

import os
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import json5
import yaml

from tests.installing.configurations import FILES
from tests.patience import PATIENCE
from tests.processes import command

Ended = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Machine:
    """A home, and what is in it."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    program: Sequence[str] = (command(),)

    def file(self, client: str) -> Path:
        return self.home / FILES[client].place

    def write(self, client: str, text: str | None = None) -> Path:
        """The client's file, with that in it, or what its users have in it."""
        file = self.file(client)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((FILES[client].text if text is None else text).encode("utf-8"))
        return file

    def install(self, *arguments: str, cwd: Path | None = None, **variables: str) -> Ended:
        """What `interrupt-mcp install` with these arguments did."""
        return subprocess.run(
            [*self.program, "install", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=self.environ(**variables),
            cwd=cwd or self.home,
            timeout=PATIENCE,
        )

    def done(self, *arguments: str, cwd: Path | None = None, **variables: str) -> str:
        """What it printed, having done it."""
        ended = self.install(*arguments, cwd=cwd, **variables)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def refused(self, *arguments: str, **variables: str) -> str:
        """What it said, having refused: one line."""
        ended = self.install(*arguments, **variables)
        assert ended.returncode in (1, 2)
        assert ended.stderr.startswith("interrupt-mcp: "), ended.stderr
        assert ended.stderr.count("\n") == 1
        return ended.stderr.removeprefix("interrupt-mcp: ").rstrip("\n")

    def environ(self, **variables: str) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), **self.variables, **variables}

    def below(self, client: str) -> list[str]:
        """What is in the folder of the client's file."""
        return sorted(each.name for each in self.file(client).parent.iterdir() if each.is_file())

    def entry(self, client: str, name: str = "interrupt-mcp") -> dict[str, Any]:
        """The entry as the client reads it."""
        entry: dict[str, Any] = read(client, self.file(client).read_text("utf-8-sig"))[FILES[client].servers][name]
        return entry


def read(client: str, text: str) -> Any:
    """What a client finds in its file, by a reader that others wrote."""
    if client == "codex":
        return tomllib.loads(text)
    return yaml.safe_load(text) if client == "goose" else json5.loads(text)
