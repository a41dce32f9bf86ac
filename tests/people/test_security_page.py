"""The tests that docs/security.md names exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_security_page_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    text, named = "", 0
    for file, name in re.findall(r"((?:\w+/)+test_\w+\.py)|::(test_\w+)", page):
        if file:
            text = (ROOT / "tests" / file).read_text()
        else:
            assert f"def {name}(" in text, name
            named += 1
    assert named > 30
