"""What the pages of the documentation print: their code blocks, taken out as they stand."""

import re
from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
_BLOCK = re.compile(r'^```(\w*)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def block(language: str, containing: str, page: Path) -> str:
    """Return the page's only code block of that language with these words in it."""
    blocks = [text for kind, _, text in _BLOCK.findall(page.read_text("utf-8")) if kind == language]
    (found,) = [each for each in blocks if containing in each]
    return found


def files(page: Path) -> Mapping[str, str]:
    """Return the files that the page prints, by their names, which stand as `title` over their blocks."""
    named = [(title, text) for _, title, text in _BLOCK.findall(page.read_text("utf-8")) if title]
    assert len(dict(named)) == len(named), "the page prints two files of one name"
    return dict(named)


def untitled(page: Path) -> list[tuple[str, str]]:
    """Return language and text of each block that is no file."""
    return [(kind, text) for kind, title, text in _BLOCK.findall(page.read_text("utf-8")) if not title]


def write(page: Path, folder: Path) -> Path:
    """Write the page's files into the folder, and return the `langgraph.json` there."""
    for name, text in files(page).items():
        (folder / name).write_text(text, "utf-8")
    return folder / "langgraph.json"
