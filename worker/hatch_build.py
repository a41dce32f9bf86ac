"""Where the worker's distribution has its files and its version from: the folders beside it, which are the server's.

A source distribution of it has no such folders, and has the files and the version itself.
"""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGE = "interrupt_mcp"


class Files(BuildHookInterface[Any]):
    """Puts the files into wheel and source distribution; `left-out` in pyproject.toml says which not."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files, but for an editable installation, which has a path to all of them instead."""
        if version == "editable":
            return
        package = _server(Path(self.root)) / PACKAGE
        there = f"server/{PACKAGE}" if self.target_name == "sdist" else PACKAGE
        named = _files(package, self.config["left-out"])
        build_data["force_include"].update({str(package / name): f"{there}/{name}" for name in named})


class Version(MetadataHookInterface):
    """Takes the version from the server's own pyproject.toml, the one place where it stands."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the version; that of a source distribution is known already."""
        if "version" not in metadata:
            server = tomllib.loads((Path(self.root).parent / "pyproject.toml").read_text("utf-8"))
            metadata["version"] = server["project"]["version"]


def _server(root: Path) -> Path:
    """The folder in which the package lies: beside the root in a checkout, in it in a source distribution."""
    within = root / "server"
    return within if within.exists() else root.parent / "server"


def _files(package: Path, left_out: Sequence[str]) -> Iterator[str]:
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not _within(name, left_out):
            yield name


def _within(name: str, places: Sequence[str]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)
