"""The table of `make agents`: the page shows what was made, what failed is told, and what is no package is refused."""

import pytest

from tests.real_agents import __main__ as command
from tests.real_agents import report
from tests.real_agents.packages import Package
from tests.real_agents.running import Outcome
from tests.real_agents.trials import PACKAGES

ONE = Package("one", (), (), needs="a key")
OTHER = Package("other", (), ())


def test_the_page_shows_a_whole_table() -> None:
    page = report.PAGE.read_text()
    _, begin, rest = page.partition(report.BEGIN)
    shown, end, _ = rest.partition(report.END)
    assert begin
    assert end
    for package in PACKAGES:
        assert f"\n| {package.name} | " in shown
        for trial in package.trials:
            assert str(trial.__doc__).removesuffix(".") in shown


def test_a_package_is_named_once_and_what_failed_stands_in_its_row() -> None:
    found = [
        Outcome(ONE, "1.0", "1.2", "a start"),
        Outcome(ONE, "1.0", "1.2", "an end", ("2026-07-28: <nothing> | came",)),
        Outcome(OTHER, "", "", "installation", ("No matching distribution",)),
    ]
    assert report.table(found).splitlines()[2:] == [
        "| one | 1.0 | a start | as expected | a key |",
        "|  |  | an end | **not so**: 2026-07-28: &lt;nothing> \\| came |  |",
        "| other | none | installation | **not so**: No matching distribution | nothing |",
    ]


def test_a_new_table_takes_the_place_of_the_one_before() -> None:
    page = f"Before\n{report.BEGIN}\nold\n{report.END}\nAfter\n"
    new = report.section([Outcome(ONE, "1.0", "1.2", "a start")])
    assert report.with_section(page, new) == f"Before\n{new}\nAfter\n"
    assert "with LangGraph 1.2 and Python" in new


@pytest.mark.parametrize("given", [["nothing"], ["langmem", "--write"]])
def test_what_is_no_package_and_a_part_of_a_table_are_refused(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.read_arguments(given)
    assert "package" in capsys.readouterr().err


def test_every_package_can_be_named() -> None:
    names = [package.name for package in PACKAGES]
    assert command.read_arguments(names).packages == names
