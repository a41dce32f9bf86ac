"""What the doctor says of a database in every condition, and that it leaves each as it was."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from interrupt_mcp.database import SqliteFile
from interrupt_mcp.store.opening import open_database
from tests.doctor.looking import looked
from tests.keeping.test_upgrading import laid_out_by_version_3

pytestmark = pytest.mark.sqlite


def current(file: Path) -> None:
    open_database(SqliteFile(file)).close()


def newer(file: Path) -> None:
    current(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 4711")


def corrupt(file: Path) -> None:
    current(file)
    content = file.read_bytes()
    file.write_bytes(content[:-4096] + b"x" * 4096)


def cut_off(file: Path) -> None:
    current(file)
    file.write_bytes(file.read_bytes()[: 4096 * 2])


def no_database(file: Path) -> None:
    file.write_text("Buy milk. " * 500)


def folder(file: Path) -> None:
    file.mkdir()


def forged(file: Path) -> None:
    current(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO audit (at, project, event, detail, previous_hash, hash)"
            " VALUES ('2026-01-01', 'bundled', 'e', '{}', '', 'no')"
        )


CONDITIONS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "current": (current, "ok", "laid out as this version has it"),
    "newer": (newer, "problem", "Upgrade interrupt-mcp"),
    "older": (laid_out_by_version_3, "note", "brings it up to date"),
    "corrupt": (corrupt, "problem", "damaged"),
    "cut off": (cut_off, "problem", "malformed"),
    "no database": (no_database, "problem", "file is not a database"),
    "a folder": (folder, "problem", "is no file"),
    "a forged record": (forged, "problem", "was changed"),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_database_is_told_of_and_stays_as_it_is(tmp_path: Path, condition: str) -> None:
    make, level, told = CONDITIONS[condition]
    file = tmp_path / "state.db"
    make(file)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    said = looked(tmp_path)
    assert told in said.text("database", level=level)
    assert "journal mode" not in said.text("database")
    assert (level == "problem") == (said.code == 1)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    said = looked(tmp_path)
    assert said.code == 0
    assert "is made when something is first kept" in said.text("database", level="ok")
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_there_can_be_none_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = looked(tmp_path, "--database", f"sqlite:///{tmp_path}/file/state.db")
    assert "None can be made there" in said.text("database", level="problem")


@pytest.mark.posix
def test_a_folder_that_everybody_writes_to_is_warned_of(tmp_path: Path) -> None:
    current(tmp_path / "state.db")
    tmp_path.chmod(0o777)
    assert "chmod go-w" in looked(tmp_path).text("database", level="warning")
