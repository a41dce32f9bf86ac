"""The tests that docs/security.md names exist."""

import re
from dataclasses import fields
from pathlib import Path

from interrupt_mcp.config.limits import Limits
from interrupt_mcp.config.oauth import OAuth

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


def test_each_setting_of_a_shared_server_is_told_with_what_it_closes_and_its_test() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    (table,) = re.findall(r"^## What each setting of a shared server closes\n(.*?)^## ", page, re.DOTALL | re.MULTILINE)
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    assert all(len(row) == 4 and "::test_" in row[3] for row in rows)
    told = " ".join(row[0] for row in rows)
    variables = ("INTERRUPT_MCP_AUTH", "INTERRUPT_MCP_URL", "INTERRUPT_MCP_PROXIES")
    keys = [each.name for table in (OAuth, Limits) for each in fields(table)]
    for setting in (*variables, *keys, "[groups]", "deciders", "require_other_person"):
        assert f"`{setting}`" in told, setting
    for words in ("scopes", "expiry", "revoke"):
        assert words in told
