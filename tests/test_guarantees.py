"""The tests that docs/guarantees.md names exist, for each of the rules."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "guarantees.md").read_text()
    rules = re.findall(r"^\d+\. .*?(?=^\d+\. |^\n)", page, re.DOTALL | re.MULTILINE)
    assert len(rules) == 10
    for rule in rules:
        assert re.search(r"`tests/\w", rule), rule
    for named in re.findall(r"`(tests/[\w/.]+)`", page):
        assert (ROOT / named).exists(), named
