"""The table of benchmarks: the pages show what was measured, and what is not a row is refused. No figure is judged."""

import json

import pytest

from tests.benchmarks import __main__ as command
from tests.benchmarks import report
from tests.benchmarks.pairs import Spread
from tests.benchmarks.row import Row, row_of, table


def test_the_pages_show_what_was_measured() -> None:
    body = json.loads(report.JSON.read_text())
    for page, few in report.PAGES.items():
        assert report.section(body, few) in page.read_text()
        assert report.with_section(page, body) == page.read_text()
    assert {row["what"] for row in body["rows"]} >= set(report.FEW)


def test_a_row_says_whether_it_is_within_its_target() -> None:
    slow = Row("start", "ms", 12.0, Spread(1.2, 1.1, 1.3, 9), 1.0, "a peer 1.0", 10.0)
    rich = Row("cycles", "/s", 250.0, Spread(2.0, 1.9, 2.2, 9), 2.0, "a peer 1.0", 125.0, at_least=True)
    free = Row("memory", "KB", 0.02, Spread(0.02, 0.02, 0.02, 1), 0, digits=1)
    assert [row.within for row in (slow, rich, free)] == [False, True, True]
    *_, first, second, third = table([slow, rich, free]).splitlines()
    assert first == "| start | 12.0 ms | 10.0 ms, a peer 1.0 | 1.20 (1.10 to 1.30) | at most 1 | **no** |"
    assert second == "| cycles | 250 /s | 125 /s, a peer 1.0 | 2.00 (1.90 to 2.20) | at least 2 | yes |"
    assert third == "| memory | 0.02 KB |  |  | at most 0 KB | yes |"
    assert row_of(json.loads(json.dumps(slow.as_json()))) == slow


@pytest.mark.parametrize("given", [["nothing"], ["cycle", "--write"]])
def test_what_is_no_row_and_a_part_of_a_table_are_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.read_arguments(given)
    assert "row" in capsys.readouterr().err


def test_every_row_can_be_asked_for() -> None:
    assert command.read_arguments([*command.ROWS, *command.BESIDES]).rows == [*command.ROWS, *command.BESIDES]
