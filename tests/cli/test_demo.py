"""The demo: the main job in one command, with nobody to ask and with somebody."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.cli.conftest import Command
from tests.processes import PATIENCE, command, surroundings

AT_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
"""Makes standard input the terminal that Ctrl-C is typed at."""


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
    snippet = json.loads(told[told.index("     {") : told.rindex("}") + 1])
    assert Path(snippet["mcpServers"]["interrupt-mcp"]["command"]).is_file()
    assert [file.name for file in tmp_path.iterdir()] == ["langgraph.json"]


def test_at_a_terminal_the_person_decides(tmp_path: Path) -> None:
    told, code = at_a_terminal(tmp_path, ["x", "e", "Hotel Chelsea"])
    assert code == 0
    assert "Successfully booked a stay at Hotel Chelsea." in told
    assert "\x1b[1m" in told


def test_ctrl_c_at_a_question_ends_the_demo_at_once(tmp_path: Path) -> None:
    told, code = at_a_terminal(tmp_path, ["\x03"])
    assert code == 130
    assert "Traceback" not in told


def at_a_terminal(home: Path, typed: list[str]) -> tuple[str, int]:
    """What a terminal shows, when each of these is typed at the next question; and the exit code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", AT_TERMINAL, command(), "demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=home,
        env=surroundings(home, TERM="xterm"),
        start_new_session=True,
    )
    os.close(theirs)
    told, asked = "", 0
    deadline = time.monotonic() + PATIENCE
    while select.select([ours], [], [], deadline - time.monotonic())[0]:
        try:
            told += os.read(ours, 4096).decode("utf-8", "replace")
        except OSError:
            break
        if told[asked:].endswith((": ", "? ")) and typed:
            asked = len(told)
            line = typed.pop(0)
            os.write(ours, line.encode() if line == "\x03" else line.encode() + b"\n")
    os.close(ours)
    return told, process.wait(PATIENCE)
