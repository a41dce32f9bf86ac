"""What a test needs of a system, read from its source without importing it: so that no test can forget to say so.

A test that needs POSIX has the marker `posix`, one that needs Linux the marker `linux`; so has one that names a
function or a fixture of the tests that needs it. A function that looks at `sys.platform` knows itself what to do.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
POSIX, LINUX = "posix", "linux"
_MODULES = frozenset(("pty", "termios", "tty", "fcntl", "resource", "pwd", "grp"))
_NAMES = {
    "os": frozenset(("fork", "geteuid", "getuid", "setuid", "kill", "killpg", "setsid", "mkfifo", "openpty", "umask")),
    "signal": frozenset(("SIGCONT", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGSTOP", "SIGUSR1", "SIGUSR2")),
    "socket": frozenset(("AF_UNIX",)),
}
_THERE_ANYWAY = frozenset(("kill", "umask"))
"""Windows has the name, and does something else by it."""
_METHODS = frozenset(("chmod", "send_signal", "st_mode", "symlink_to"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def importable_on_windows(path: Path) -> bool:
    """Whether nothing that importing the module runs needs POSIX, in modules of the tests that it imports either."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in _run_by_importing(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            if not _MODULES.isdisjoint(_imported(node)):
                return False
        elif _is_missing(node):
            return False
    return all(importable_on_windows(other) for other in _of_tests(tree) if other != path)


def unmarked(path: Path) -> dict[str, str]:
    """Return the tests of a module that need more of a system than their markers say, with what they need."""
    tree = ast.parse(path.read_text("utf-8"))
    said = _marks([node.value for node in tree.body if _is_pytestmark(node)])
    functions = {node.name: node for node in tree.body if isinstance(node, _FUNCTIONS)}
    needs = {name: need for name, need in _needs(path).items() if name in functions}
    if not importable_on_windows(path):
        needs = {name: needs.get(name) or POSIX for name in functions}
    return {
        name: need
        for name, need in needs.items()
        if name.startswith("test_") and not _enough(need, said | _marks(functions[name].decorator_list))
    }


def _enough(need: str, said: set[str]) -> bool:
    return LINUX in said or (need == POSIX and POSIX in said)


@cache
def _needs(path: Path) -> dict[str, str]:
    """Return what functions need that are known by their names in a module, and methods by theirs after a dot."""
    tree = ast.parse(path.read_text("utf-8"))
    methods = {
        f".{node.name}": node
        for each in tree.body
        if isinstance(each, ast.ClassDef)
        for node in each.body
        if isinstance(node, _FUNCTIONS)
    }
    functions = {node.name: node for node in tree.body if isinstance(node, _FUNCTIONS)}
    holders = {name: node for name, node in (functions | methods).items() if "sys.platform" not in ast.unparse(node)}
    needs = {**_of_others(path, tree), **{name: need for name, node in holders.items() if (need := _need(node))}}
    while True:
        more = {
            name: _most([needs[other] for other in named])
            for name, node in holders.items()
            if (named := [other for other in needs if other != name and other in _named(node)])
        }
        grown = {**needs, **{name: _most([need, needs.get(name, POSIX)]) for name, need in more.items()}}
        if grown == needs:
            return needs
        needs = grown


def _most(needs: list[str]) -> str:
    return LINUX if LINUX in needs else POSIX


def _of_others(path: Path, tree: ast.Module) -> dict[str, str]:
    """Return what is needed by fixtures that are shared with the module, and by what it imports of the tests."""
    found: dict[str, str] = {}
    for folder in reversed(path.parents if path.name.startswith("test_") else ()):
        if folder.is_relative_to(ROOT) and (shared := folder / "conftest.py").exists():
            found |= _needs(shared)
    for node in _run_by_importing(tree):
        if isinstance(node, ast.ImportFrom) and (other := _path_of(node.module or "")) is not None:
            theirs = _needs(other)
            found |= {each.asname or each.name: theirs[each.name] for each in node.names if each.name in theirs}
            found |= {name: need for name, need in theirs.items() if name.startswith(".")}
    return found


def _need(within: ast.AST) -> str:
    found = {_need_of(node) for node in ast.walk(within)}
    return LINUX if LINUX in found else POSIX if POSIX in found else ""


def _need_of(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)) if text.startswith("/proc"):
            return LINUX
        case ast.Constant(value=str(text)) if text.startswith(("/bin/", "#!/bin/")):
            return POSIX
        case ast.Attribute(attr=name) if name in _METHODS:
            return POSIX
        case ast.Attribute(attr="prlimit"):
            return LINUX
        case ast.Attribute(value=ast.Name(id=module), attr=name) if name in _NAMES.get(module, ()):
            return POSIX
        case ast.Import() | ast.ImportFrom() if not _MODULES.isdisjoint(_imported(node)):
            return POSIX
    return ""


def _is_missing(node: ast.AST) -> bool:
    """Whether it is a name that Windows does not have."""
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return name in _NAMES.get(module, frozenset()) - _THERE_ANYWAY
    return False


def _named(within: ast.AST) -> set[str]:
    """Return the names in a function, those of the fixtures that it takes included."""
    names = {node.id for node in ast.walk(within) if isinstance(node, ast.Name)}
    names |= {f".{node.attr}" for node in ast.walk(within) if isinstance(node, ast.Attribute)}
    return names | {node.arg for node in ast.walk(within) if isinstance(node, ast.arg)}


def _run_by_importing(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, (*_FUNCTIONS, ast.Lambda)):
            outside = [*getattr(child, "decorator_list", ()), *child.args.defaults]
            for each in outside:
                yield each
                yield from _run_by_importing(each)
        else:
            yield from _run_by_importing(child)


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {each.name for each in node.names} if isinstance(node, ast.Import) else {node.module or ""}


def _of_tests(tree: ast.Module) -> Iterator[Path]:
    """Yield the modules of the tests that are imported as this one is."""
    for node in _run_by_importing(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (path for name in _imported(node) if (path := _path_of(name)) is not None)


def _path_of(module: str) -> Path | None:
    """Return the file of a module of the tests."""
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    return path if module.startswith("tests.") and path.exists() else None


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == ["pytestmark"]


def _marks(nodes: list[ast.expr]) -> set[str]:
    return {
        each.attr
        for node in nodes
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "pytest.mark"
    }
