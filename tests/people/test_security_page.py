"""The tests that docs/security.md names exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_security_page_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named = 0
    for cell in re.findall(r"`(\w+/test_\w+\.py[^|]*)\|", page):
        file, *names = re.findall(r"\w+/test_\w+\.py|::(?:test_\w+)", cell)
        text = (ROOT / "tests" / file).read_text()
        for name in names:
            assert f"def {name.removeprefix('::')}(" in text, (file, name)
            named += 1
    assert named > 20
