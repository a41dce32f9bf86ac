"""Data types: of which classes an agent's stored values may be made again, because its own code defines or names them.

A stored value names its class by module and name, and whoever reads it imports the one and calls the other. So nothing
is imported here for a name alone, and nothing is called. It does not know how values are stored.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from interrupt_mcp import paths
from interrupt_mcp.agents.annotations import annotated_in, is_data, is_runnable
from interrupt_mcp.agents.imports import imported_in

_LIBRARIES = ("site-packages", "dist-packages")


class DataTypes:
    """The data types of one agent: what its schemas name, and what its own modules define or import.

    It contains pairs of module and name.
    """

    def __init__(self, graph: Any, module: ModuleType, directories: Iterable[Path]) -> None:
        """Take as the agent's own modules those in the directories, and those of the package or folder of `module`."""
        self._annotated = {(each.__module__, each.__name__) for each in annotated_in(graph) if is_data(each)}
        self._package, folder = _home(module)
        self._folders = tuple(_prefixes([*directories, *([folder] if folder else [])]))
        self._imports: dict[str, frozenset[str]] = {}
        self._refused: dict[tuple[str, str], int] = {}
        """How many modules there were when it was not found: only another one changes that."""

    def __contains__(self, key: object) -> bool:
        if not (isinstance(key, tuple) and len(key) == 2 and all(isinstance(part, str) for part in key)):
            return False
        if key in self._annotated or self._defined(*key):
            return True
        if self._refused.get(key) == len(sys.modules):
            return False
        if self._imported(*key) or (self._may_import(key[0]) and self._defined(*key)):
            return True
        self._refused[key] = len(sys.modules)
        return False

    def _defined(self, module: str, name: str) -> bool:
        """Whether it is a data type of one of the agent's own modules."""
        found = sys.modules.get(module)
        return found is not None and self.owns(module, _file(found)) and _data_type(found, name) is not None

    def _imported(self, module: str, name: str) -> bool:
        """Whether one of the agent's own modules has it from elsewhere, and it is no more than data."""
        found = sys.modules.get(module)
        kind = _data_type(found, name) if found is not None else None
        if kind is None or is_runnable(kind):
            return False
        return any(kind is each for own in self.modules() for each in [*vars(own).values()])

    def _may_import(self, name: str) -> bool:
        """Whether it is an own module that own code imports somewhere, as in a node, and now it is imported."""
        if name in sys.modules or not any(name in self._imports_of(own) for own in self.modules()):
            return False
        try:
            # To look for a module in a package imports the package, so it is to be an own one.
            if not all(self._is_there(each) for each in (name.partition(".")[0], name)):
                return False
            import_module(name)
        except Exception:  # noqa: BLE001  the agent's own code, which may raise what it likes
            return False
        return True

    def _is_there(self, name: str) -> bool:
        spec = find_spec(name)
        if spec is None:
            return False
        file = spec.origin or next((os.path.join(each, "") for each in spec.submodule_search_locations or ()), None)
        return self.owns(name, file)

    def _imports_of(self, module: ModuleType) -> frozenset[str]:
        name = module.__name__
        if name not in self._imports:
            self._imports[name] = imported_in(module)
        return self._imports[name]

    def modules(self) -> list[ModuleType]:
        """Return the agent's own modules, as far as they are imported."""
        return [module for name, module in [*sys.modules.items()] if self.owns(name, _file(module))]

    def owns(self, name: str, file: str | None) -> bool:
        """Whether a module of this name and file is one of the agent's own."""
        if file is None or name.partition(".")[0] in sys.stdlib_module_names:
            return False
        if self._package is not None and f"{name}.".startswith(f"{self._package}."):
            return True
        written = paths.comparable(file)
        return any(
            written.startswith(folder) and not any(part in written[len(folder) :].split(os.sep) for part in _LIBRARIES)
            for folder in self._folders
        )


def _data_type(module: ModuleType, name: str) -> type | None:
    kind = vars(module).get(name)
    return kind if isinstance(kind, type) and kind.__module__ == module.__name__ and is_data(kind) else None


def _file(module: object) -> str | None:
    """Return the module's file as it stands there: to ask some modules for anything has them import others."""
    file = getattr(module, "__dict__", {}).get("__file__")
    return file if isinstance(file, str) else None


def _home(module: ModuleType) -> tuple[str | None, Path | None]:
    """Return the package that the module is in, or else its folder."""
    name, file = module.__name__, _file(module)
    outermost = name.partition(".")[0]
    if module.__package__:
        regular = _file(sys.modules.get(outermost)) is not None
        return (outermost if regular else module.__package__), None
    folder = None if file is None else Path(file).parent
    return (name, None) if folder is None or folder.name in _LIBRARIES else (None, folder)


def _prefixes(folders: Iterable[Path]) -> Iterator[str]:
    """Yield how the names of files in them begin, through links or not."""
    for folder in folders:
        if folder.name not in _LIBRARIES:
            for path in {os.path.abspath(folder), os.path.realpath(folder)}:
                yield paths.comparable(os.path.join(path, ""))
