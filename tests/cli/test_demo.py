"""The demo: the main job in one command, with nobody to ask and with somebody."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import CTRL_C, Command, typed_at_a_terminal
from tests.processes import command


def test_without_a_terminal_it_asks_nothing_and_tells_the_whole_story(run: Command, tmp_path: Path) -> None:
    (tmp_path / "langgraph.json").write_text("not for the demo")
    ended = run("demo")
    assert (ended.code, ended.err) == (0, "")
    told = ended.out
    assert "\x1b" not in told
    assert max(map(len, told.splitlines())) <= 80
    story = ("book_hotel", "hotel_name: McKittrick hotel", "kill -9", "Nothing is lost", "hotel_name: The Plaza")
    places = [told.index(part) for part in (*story, "Successfully booked a stay at The Plaza")]
    assert places == sorted(places)
    assert "Bookings really made: The Plaza." in told
    first, second = re.findall(r"(?:kill -9|process) (\d+)", told)
    assert first != second
    for step in re.findall(r"^     (\S+) (?:install|init) ", told, re.MULTILINE):
        assert Path(step).samefile(command())
    assert [file.name for file in tmp_path.iterdir()] == ["langgraph.json"]


@pytest.mark.posix
def test_at_a_terminal_the_person_decides(tmp_path: Path) -> None:
    told, code = typed_at_a_terminal(tmp_path, "demo", typed=["x", "e", "Hotel Chelsea"])
    assert code == 0
    assert "Successfully booked a stay at Hotel Chelsea." in told
    assert "\x1b[1m" in told


@pytest.mark.posix
def test_ctrl_c_at_a_question_ends_the_demo_at_once(tmp_path: Path) -> None:
    told, code = typed_at_a_terminal(tmp_path, "demo", typed=[CTRL_C])
    assert code == 130
    assert "Traceback" not in told
