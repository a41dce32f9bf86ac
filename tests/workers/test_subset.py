"""The part of the package that the worker's distribution has imports nothing else of it, and what is declared."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.packages import SERVER, WORKER, Package, for_worker, left_out
from tests.conformance.foreign import ROOT
from tests.workers.conftest import NOT_THERE

PACKAGE = ROOT / "server" / "interrupt_mcp"
LEFT_OUT = left_out(ROOT)
BROUGHT = {
    "aiosqlite": "langgraph-checkpoint-sqlite",
    "httpx": "langgraph-sdk",
    "langgraph-sdk": "langgraph",
    "packaging": "langchain-core",
    "pydantic": "langchain-core",
    "pydantic-core": "pydantic",
    "referencing": "jsonschema",
    "typing-extensions": "langchain-core",
}
"""What is imported and not declared, and what that is declared, or is here, comes with it."""
OF_THE_SERVER = {
    ("__main__.py", "cli"),
    ("app/__init__.py", "identity"),
    ("app/opening.py", "channels"),
    ("app/opening.py", "presence"),
}
"""What is imported where no worker comes: where there is a command line, a provider is asked, a person is reached."""


def declared(package: Package) -> dict[str, Requirement]:
    """What the package needs, and what its extra for PostgreSQL takes, by name."""
    project = tomllib.loads(package.project(ROOT))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


def imported() -> Iterator[tuple[str, str]]:
    """Each module of the worker's, and what it imports, at once or later, but for what only types need."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if for_worker(name, LEFT_OUT):
            yield from ((name, each) for each in _imports(ast.parse(path.read_text("utf-8"))))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.Import():
                yield from (each.name for each in node.names)
            case ast.ImportFrom(module=str(module)):
                yield from (f"{module}.{each.name}" for each in node.names)
            case _:
                yield from _imports(node)


def left_out_place(what: str) -> str:
    """The place that is left out in which a module is, or something in one; empty where it is in none."""
    path = what.replace(".", "/").removeprefix("interrupt_mcp/") if what.startswith("interrupt_mcp.") else ""
    places = (place.removesuffix(".py") for place in LEFT_OUT)
    return next((place for place in places if path == place or path.startswith(f"{place}/")), "")


def test_what_is_left_out_is_there_to_be_left_out() -> None:
    assert [place for place in LEFT_OUT if not (PACKAGE / place).exists()] == []


def test_no_module_of_the_workers_imports_one_that_is_left_out() -> None:
    assert {(name, place) for name, what in imported() if (place := left_out_place(what))} == OF_THE_SERVER


def test_what_the_modules_import_is_what_the_distribution_declares() -> None:
    modules = {what.partition(".")[0] for _, what in imported()} - sys.stdlib_module_names - {"interrupt_mcp"}
    assert modules.isdisjoint(NOT_THERE)
    found = packages_distributions()
    wanted = declared(WORKER)
    names = {module: set(map(canonicalize_name, found[module])) for module in modules}
    assert {module for module, any_of in names.items() if any_of.isdisjoint({*wanted, *BROUGHT})} == set()
    for name, by in BROUGHT.items():
        assert name in {canonicalize_name(Requirement(each).name) for each in requires(by) or ()}
        assert by in {*wanted, *BROUGHT}
    # anyio imports that one, by an option.
    assert {name for name in wanted if not any(name in any_of for any_of in names.values())} == {"uvloop"}


def test_the_ranges_are_those_of_the_server() -> None:
    worker, server = declared(WORKER), declared(SERVER)
    assert {name: str(each) for name, each in worker.items() if name in server} == {
        name: str(server[name]) for name in worker if name in server
    }
    assert set(worker) - set(server) == {"langchain-core"}
