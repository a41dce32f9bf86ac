"""Siblings: modules beside an agent's file, of which another agent's folder may have others of the same names.

Python keeps one module a name. Of two such folders the first imported would be taken for both, in silence.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from interrupt_mcp.agents.imports import imported_in


def refuse_mistaken(module: ModuleType, folders: Sequence[Path]) -> None:
    """Refuse an agent's module that got another folder's module where its own folder has one of that name.

    `folders` are those that can be imported from only because an agent's file is in them.

    Raises:
        ImportError: it did, or a module of its folder that it imports.
    """
    folder = Path(str(module.__file__)).parent.resolve()
    if folder not in folders:
        return
    mistaken = {
        name: file
        for other in folders
        if other != folder
        for name, file in _imported_from(other)
        if (folder / os.path.relpath(file, other)).is_file()
    }
    if not mistaken:
        return
    own = [module, *(sys.modules[name] for name, _ in _imported_from(folder))]
    imported = {name for each in own for name in imported_in(each)}
    for name, file in mistaken.items():
        if any(f"{each}.".startswith(f"{name}.") for each in imported):
            raise ImportError(f"{name} is {file} here, and not the one beside {module.__file__}: rename one of the two")


def _imported_from(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the names and files of the modules that were imported by their names from this folder."""
    within = os.path.join(folder, "")
    for name, module in [*sys.modules.items()]:
        file = getattr(module, "__dict__", {}).get("__file__")
        if isinstance(file, str) and file.startswith(within):
            parts = Path(file[len(within) :]).with_suffix("").parts
            if name == ".".join(parts[:-1] if parts[-1] == "__init__" else parts):
                yield name, file
