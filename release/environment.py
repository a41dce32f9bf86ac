"""Empty Python environments, outside of the checkout, with what a user would get, in known versions."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from release.running import output

_QUIET = ("--quiet", "--disable-pip-version-check", "--only-binary", ":all:")


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment, in a folder that nothing else is in."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Environment":
        """Make an environment without anything in it, pip included, for the Python that runs this."""
        output([sys.executable, "-m", "venv", "--without-pip", folder])
        return cls(folder)

    @classmethod
    def current(cls) -> "Environment":
        """Return the one that runs this, where the tools of the release are."""
        return cls(Path(sys.prefix))

    @property
    def python(self) -> Path:
        return self.program("python")

    def program(self, name: str) -> Path:
        """Return where a program of what is installed lies."""
        return self.folder / "Scripts" / f"{name}.exe" if os.name == "nt" else self.folder / "bin" / name

    def install(self, constraints: Path, *requirements: str | Path) -> None:
        """Install wheels, in the versions that the file allows."""
        pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", self.python, "install", *_QUIET]
        output([*pip, "--constraint", constraints, *requirements])
