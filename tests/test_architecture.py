"""ARCHITECTURE.md says what is so: its drawing is what import-linter enforces, its list of private names is whole."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
SERVER = ROOT / "server" / "interrupt_mcp"
_LIBRARIES = (
    "langgraph",
    "langchain",
    "langchain_core",
    "mcp",
    "concurrent",
    "atexit",
    "pydantic",
    "starlette",
    "uvicorn",
)


def layers() -> list[str]:
    """The layers as `make check` has them, each as its rooms in order."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["name"] == "Imports go one way only")
    return list(contract["layers"])


def test_the_drawing_is_what_import_linter_enforces() -> None:
    (drawing,) = re.findall(r"```layers\n(.*?)```", PAGE, re.DOTALL)
    assert [re.split(r"\s{2,}", line)[0] for line in drawing.splitlines()] == layers()


def test_every_package_and_module_is_in_a_layer() -> None:
    rooms = {room for layer in layers() for room in layer.split(" | ")}
    there = {path.stem for path in SERVER.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert there - {"__init__", "__main__"} == rooms


def test_every_path_that_the_page_names_is_there() -> None:
    rooms = "|".join(path.name for path in SERVER.iterdir() if path.is_dir())
    named = set(re.findall(rf"`((?:{rooms})/[\w/]+(?:\.py)?)`", PAGE))
    assert len(named) > 30
    assert [path for path in named if not (SERVER / path).exists()] == []


def private_names(tree: ast.Module) -> Iterator[str]:
    """Names with an underscore that the module takes from a library: imported, or of something imported."""
    taken: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in _LIBRARIES:
            taken |= {each.asname or each.name for each in node.names}
            inner = any(part.startswith("_") for part in (node.module or "").split("."))
            yield from (
                each.name for each in node.names if each.name.startswith("_") or (inner and each.name.islower())
            )
        elif isinstance(node, ast.Import):
            taken |= {each.asname or each.name for each in node.names if each.name.split(".")[0] in _LIBRARIES}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.fullmatch(r"_[a-z]\w*", node.attr):
            of = node.value
            own = isinstance(of, ast.Name) and of.id in ("self", "cls")
            if not own and (not isinstance(of, ast.Name) or of.id in taken or of.id in _OF_LIBRARIES):
                yield node.attr


_OF_LIBRARIES = ("server", "inner", "session", "ids", "node")
"""What variables are called that hold something of a library's."""
_OUR_OWN = {"_below", "_of_agent", "_of_tool", "_tools_of", "_replace"}
"""Of other objects of the same class; and `_replace`, which named tuples have for everybody."""


@pytest.mark.parametrize("path", sorted(SERVER.rglob("*.py")), ids=lambda path: path.relative_to(SERVER).as_posix())
def test_every_private_name_of_a_library_is_on_the_list(path: Path) -> None:
    listed = PAGE[PAGE.index("### Private names relied on") : PAGE.index("## Breakpoints")]
    found = set(private_names(ast.parse(path.read_text("utf-8")))) - _OUR_OWN
    assert {name for name in found if name not in listed} == set()
