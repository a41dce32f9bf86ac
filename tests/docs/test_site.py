"""The documentation as a site: every link leads somewhere, every page is reached and listed, nothing is fetched."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.docs.site import DOCS, ROOT, with_mkdocs, with_zensical


class _Page(HTMLParser):
    """The addresses that a page has a browser load, beside those that it links to."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get("src") if tag in ("script", "img", "iframe", "source") else None
        if tag == "link" and given.get("rel") != "canonical":
            address = given.get("href")
        if address:
            self.loaded.append(address)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it is published, of a copy of the checkout's documentation."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    for path in DOCS.rglob("*"):
        if path.is_file():
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return with_zensical(folder)


@pytest.fixture(scope="module")
def built(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The site as each program builds it, which fails where a link leads nowhere."""
    return {"zensical": site, "mkdocs": with_mkdocs(tmp_path_factory.mktemp("mkdocs"))}


def pages() -> list[str]:
    """The pages, as paths in `docs`."""
    return sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def reached(entries: object) -> list[tuple[str, str]]:
    """The title and path of each page that the navigation has."""
    if isinstance(entries, dict):
        return [
            each
            for name, below in entries.items()
            for each in ([(name, below)] if isinstance(below, str) else reached(below))
        ]
    assert isinstance(entries, list)
    return [each for entry in entries for each in reached(entry)]


def navigation() -> list[tuple[str, str]]:
    return reached(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"])


def test_both_programs_build_every_page_without_a_warning(built: dict[str, Path]) -> None:
    for name, folder in built.items():
        for page in pages():
            assert (folder / page).with_suffix(".html").is_file(), (name, page)


def test_every_page_is_in_the_navigation_once() -> None:
    assert sorted(path for _, path in navigation()) == pages()


def test_a_page_has_a_browser_load_nothing_from_elsewhere(built: dict[str, Path]) -> None:
    for folder in built.values():
        for file in folder.rglob("*.html"):
            page = _Page()
            page.feed(file.read_text("utf-8"))
            assert page.loaded
            assert [each for each in page.loaded if re.match(r"\w+:|//", each)] == [], file.name


def test_the_site_can_be_searched(site: Path) -> None:
    found = json.dumps(json.loads((site / "search.json").read_text("utf-8")))
    for word in ("unknown_outcome", "INTERRUPT_MCP_APPROVER", "claude-desktop"):
        assert word in found


def test_llms_txt_lists_every_page_by_its_title_and_leads_to_its_markdown(site: Path) -> None:
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# interrupt-mcp\n\n> ")
    assert re.findall(r"^- \[(.+?)\]\((.+?)\): \S", text, re.MULTILINE) == navigation()
    for _, path in navigation():
        assert (site / path).read_text("utf-8") == (DOCS / path).read_text("utf-8")


def slug(heading: str) -> str:
    """The anchor of a heading, as the place that shows a repository makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", [path.name for path in sorted(ROOT.glob("*.md"))])
def test_every_link_of_a_page_at_the_root_leads_to_a_file_and_a_heading(name: str) -> None:
    for target in re.findall(r"\]\((?!https?:|goose:)([^)\s]+)\)", (ROOT / name).read_text("utf-8")):
        path, _, anchor = target.partition("#")
        file = ROOT / (path or name)
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), target
