"""README.md on a package index: its links lead to the repository, or are no links."""

import re

import pytest

from release import badges
from release.place import Place
from release.readme import Readme, relative_links
from release.refused import Refused
from tests.conformance.foreign import ROOT

TEXT = (ROOT / "README.md").read_text("utf-8")
LED_TO = {target.partition("#")[0] for target in relative_links(TEXT)}
FILES = frozenset({"docs/page.md", "docs/picture.png", "LICENSE", *LED_TO})
NOWHERE = Readme(None, "1.2.3", FILES)
THERE = Readme(Place("some", "thing"), "1.2.3", FILES)
RAW = "https://raw.githubusercontent.com/some/thing/v1.2.3"
BLOB = "https://github.com/some/thing/blob/v1.2.3"


def test_the_readme_leads_to_the_repository_at_this_version_and_names_the_server() -> None:
    shown = THERE.for_an_index(TEXT)
    assert relative_links(shown) == []
    assert f"]({RAW}/docs/" in shown
    assert f"]({BLOB}/docs/" in shown
    assert shown.endswith("\n\n<!-- mcp-name: io.github.some/interrupt-mcp -->\n")


def test_without_a_repository_the_readme_leads_nowhere_but_to_clients() -> None:
    shown = NOWHERE.for_an_index(TEXT)
    assert relative_links(shown) == []
    assert "mcp-name" not in shown
    assert not re.search(r"github\.com|githubusercontent", shown)


@pytest.mark.parametrize(
    ("written", "there", "nowhere"),
    [
        ("[a](docs/page.md#part)", f"[a]({BLOB}/docs/page.md#part)", "a"),
        ("[a](./docs/)", f"[a]({BLOB}/docs)", "a"),
        ("![a](docs/picture.png)", f"![a]({RAW}/docs/picture.png)", ""),
        ("[![a](docs/picture.png)](LICENSE)", f"[![a]({RAW}/docs/picture.png)]({BLOB}/LICENSE)", ""),
        ("[see `x[0]` there](LICENSE)", f"[see `x[0]` there]({BLOB}/LICENSE)", "see `x[0]` there"),
        ("`[a](gone.md)`", "`[a](gone.md)`", "`[a](gone.md)`"),
        ("```\n[a](gone.md)\n```\n", "```\n[a](gone.md)\n```\n", "```\n[a](gone.md)\n```\n"),
        ("[a](#part)", "[a](#part)", "[a](#part)"),
        ("[a](https://example.org)", "[a](https://example.org)", "[a](https://example.org)"),
        ('<img alt="" src="docs/picture.png">', f'<img alt="" src="{RAW}/docs/picture.png">', ""),
        ('<a href="LICENSE">a</a>', f'<a href="{BLOB}/LICENSE">a</a>', "<a>a</a>"),
    ],
)
def test_each_way_to_lead_to_a_file_is_known(written: str, there: str, nowhere: str) -> None:
    assert THERE.for_an_index(written).partition("\n\n<!--")[0] == there.rstrip()
    assert NOWHERE.for_an_index(written) == nowhere


@pytest.mark.parametrize("written", ["[a](gone.md)", "![a](../a.png)", "[a]: docs/page.md", "[a](<docs/page.md>)"])
def test_what_would_lead_nowhere_is_refused(written: str) -> None:
    with pytest.raises(Refused, match=r"leads to|lead nowhere"):
        THERE.for_an_index(written)


def test_badges_install_what_the_readme_has_clients_start() -> None:
    shown = badges.badges()
    assert shown.count("[![Install in ") == len(badges.links()) == 2
    assert all(link in shown for link in badges.links().values())
    assert "once `uvx interrupt-mcp` finds the package on an index" in shown
