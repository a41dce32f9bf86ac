"""Imports: the modules that a module's source imports anywhere, at its top or in a function. It imports nothing."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType


def imported_in(module: ModuleType) -> frozenset[str]:
    """Return the full names of imported modules; also of what is imported from a package, which may be modules."""
    try:
        tree = ast.parse(Path(str(module.__file__)).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(name for node in ast.walk(tree) for name in _names(node, module.__package__ or ""))


def _names(node: ast.AST, package: str) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (each.name for each in names)
        case ast.ImportFrom(module, names, level):
            try:
                base = resolve_name("." * (level or 0) + (module or ""), package)
            except ImportError:
                return
            yield base
            yield from (f"{base}.{each.name}" for each in names)
        case _:
            return
