"""The guides are all listed, all that they lead to is there, and each block is a file, arguments, or for a shell."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.printed import DOCS, files, untitled

GUIDES = DOCS / "guides"
PAGES = sorted(GUIDES.glob("*.md"))
_RUN = {"py", "toml", "json"}


def test_the_index_lists_every_guide() -> None:
    listed = set(re.findall(r"\]\((\w+\.md)\)", (GUIDES / "index.md").read_text("utf-8")))
    assert listed == {page.name for page in PAGES} - {"index.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_within_the_documentation_leads_somewhere(page: Path) -> None:
    for target, _, place in re.findall(r"\]\(([^)#:]*)(#([^)]*))?\)", page.read_text("utf-8")):
        there = page.parent / target if target else page
        assert there.exists(), target
        if place:
            heads = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.MULTILINE)
            assert place in [re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_is_a_file_that_can_be_read_or_a_line_for_a_shell(page: Path) -> None:
    for name, text in files(page).items():
        match Path(name).suffix:
            case ".py":
                compile(text, name, "exec")
            case ".json":
                json.loads(text)
            case ".toml":
                tomllib.loads(text)
            case other:
                raise AssertionError(other)
    for language, text in untitled(page):
        assert language in ("", "json")
        if language == "json":
            json.loads(text)
