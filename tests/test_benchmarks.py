"""What README and docs show of the measurements is what was found. Nothing is measured here."""

from pathlib import Path

import pytest

from tests.benchmarks.__main__ import BESIDE, ROWS, main
from tests.benchmarks.report import PAGES, RESULTS, Report, with_section


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_exactly_what_was_found(page: Path) -> None:
    text = page.read_text("utf-8")
    assert with_section(text, Report.read().section()) == text


def test_what_was_found_is_of_rows_that_can_be_measured_again() -> None:
    report = Report.read()
    assert {row.name for row in report.rows} <= set(ROWS)
    assert report.text() == RESULTS.read_text("utf-8")


def test_each_row_has_a_module_of_its_own() -> None:
    folder = Path(__file__).parent / "benchmarks"
    assert all((folder / f"{name}.py").exists() for name in (*ROWS, *BESIDE))


def test_a_row_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nothing"])
    assert ended.value.code == 2
    assert "'nothing'" in capsys.readouterr().err
