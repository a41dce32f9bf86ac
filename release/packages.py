"""The two packages that are released: the server's, and the worker's, which is a part of it. It does not build them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Package:
    """A package, and the folder of its pyproject.toml in the commit."""

    name: str
    folder: str
    """With `/` behind it, or nothing for the root."""

    @property
    def filed(self) -> str:
        """The name as files have it."""
        return self.name.replace("-", "_")

    @property
    def sbom(self) -> str:
        """The file, beside pyproject.toml, that lists what it was tried with."""
        return f"{self.name}.cdx.json"

    def project(self, root: Path) -> str:
        """Return the text of its pyproject.toml."""
        return (root / self.folder / "pyproject.toml").read_text("utf-8")


SERVER = Package("interrupt-mcp", "")
WORKER = Package("interrupt-mcp-worker", "worker/")
ALL = (SERVER, WORKER)


def left_out(root: Path) -> tuple[str, ...]:
    """Return which folders and files of `interrupt_mcp` the worker's package has not, as paths in it."""
    hooks = tomllib.loads(WORKER.project(root))["tool"]["hatch"]["build"]["hooks"]
    return tuple(hooks["custom"]["left-out"])


def for_worker(name: str, left_out: tuple[str, ...]) -> bool:
    """Whether the worker's package has the file, named by its path in `interrupt_mcp`."""
    return not any(name == place or name.startswith(f"{place}/") for place in left_out)
