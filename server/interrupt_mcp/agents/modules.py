"""Modules: the user's Python files, imported once for each version of the file. They know nothing of graphs."""

import hashlib
import importlib
import importlib.util
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from interrupt_mcp.agents.manifest import is_file

Stamp: TypeAlias = tuple[int, int] | None
"""A version of a file: when it was changed and its size; `None` where there is no file."""


def stamp(file: str | os.PathLike[str]) -> Stamp:
    """Return the version of the file."""
    try:
        status = os.stat(file)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


class Modules:
    """The modules imported so far. Not for several threads at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, tuple[ModuleType, Stamp]] = {}

    def load(self, location: str) -> ModuleType:
        """Return the module of a dotted name or of a file; imported anew where the file changed since."""
        importlib.invalidate_caches()
        file = self.file(location)
        name = _unique_name(location) if file else location
        known = self._known.get(name)
        if known is not None and known[1] == stamp(_origin(known[0])):
            return known[0]
        if file is not None:
            module = _execute(name, file)
        else:
            if known is not None:
                sys.modules.pop(name, None)
            module = importlib.import_module(name)
        self._known[name] = module, stamp(_origin(module))
        return module

    def known(self, location: str) -> ModuleType | None:
        """Return the module as it was imported here, whatever its file is by now; `None` where it was not."""
        known = self._known.get(_unique_name(location) if is_file(location) else location)
        return None if known is None else known[0]

    def file(self, location: str) -> Path | None:
        """Return the file where the location is one, `None` where it is a dotted name."""
        return Path(os.path.abspath(self._root / location)) if is_file(location) else None


def _origin(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or ""


def _unique_name(location: str) -> str:
    """Return a name that is the same in every process: LangGraph writes the names of modules into checkpoints."""
    path = os.path.normpath(location).replace("\\", "/")
    stem = re.sub(r"\W", "_", Path(path).stem)
    return f"{stem}_{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _execute(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses, pydantic and pickle look a class's module up there.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module
