"""What the worker's distribution has of the server's package, and where its version comes from: the folders beside it.

A source distribution of it has no such folders, and has the files and the version itself.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGE = "interrupt_mcp"
LEFT_OUT = (
    *("channels", "cli", "client", "doctor", "http", "identity", "installing", "mcp", "mounting", "presence"),
    *("testing", "web"),
    *("process/bearers.py", "process/http.py", "process/importing.py", "process/messages.py", "process/pages.py"),
    "process/stdio.py",
)
"""What clients and people need, and a worker does not: packages and modules of the package."""
NEEDED_YET = ("channels/__init__.py", "channels/calling.py", "channels/inbox.py", "channels/keys.py", "presence")
"""Of these, what `app/opening.py` imports all the same: to be removed once it does not."""


def files(package: Path) -> Iterator[str]:
    """Yield what the distribution has of the package, as paths in it, with `/`."""
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if not path.is_file() or "__pycache__" in path.parts or path.suffix == ".db":
            continue
        if _within(name, NEEDED_YET) or not _within(name, LEFT_OUT):
            yield name


def _within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)


def _source(root: Path) -> Path:
    """The folder in which the package lies: beside the root in a checkout, in it in a source distribution."""
    within = root / "server"
    return within if within.exists() else root.parent / "server"


class Files(BuildHookInterface[Any]):
    """Puts the files into wheel and source distribution."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files, but for an editable installation, which has a path to all of them instead."""
        if version == "editable":
            return
        source = _source(Path(self.root)) / PACKAGE
        there = f"server/{PACKAGE}" if self.target_name == "sdist" else PACKAGE
        build_data["force_include"].update({str(source / name): f"{there}/{name}" for name in files(source)})


class Version(MetadataHookInterface):
    """Takes the version from the server's own pyproject.toml, the one place where it stands."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the version; that of a source distribution is known already."""
        if "version" not in metadata:
            server = tomllib.loads((Path(self.root).parent / "pyproject.toml").read_text("utf-8"))
            metadata["version"] = server["project"]["version"]
