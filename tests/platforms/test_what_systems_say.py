"""What systems call the same thing differently: words of a command, errors of a port, a pipe that nobody reads."""

import errno
import socket
from pathlib import Path

import pytest

from interrupt_mcp.http.address import is_kept, listen
from interrupt_mcp.peers import telling
from interrupt_mcp.presence.command import words
from interrupt_mcp.process.exit_code import nobody_reads
from interrupt_mcp.store.sqlite.database import Database
from interrupt_mcp.store.sqlite.secret import secret_of


@pytest.mark.parametrize(
    ("command", "on_windows", "elsewhere"),
    [
        ("code --wait", ["code", "--wait"], ["code", "--wait"]),
        (
            '"C:\\Program Files\\N\\n.exe" -m',
            ["C:\\Program Files\\N\\n.exe", "-m"],
            ["C:\\Program Files\\N\\n.exe", "-m"],
        ),
        ("C:\\Tools\\e.exe %s", ["C:\\Tools\\e.exe", "%s"], ["C:Toolse.exe", "%s"]),
        ("vi -c 'set tw=0'", ["vi", "-c", "'set", "tw=0'"], ["vi", "-c", "set tw=0"]),
        ("e # f", ["e", "#", "f"], ["e", "#", "f"]),
    ],
)
def test_a_command_has_words_as_the_system_writes_them(
    command: str, on_windows: list[str], elsewhere: list[str]
) -> None:
    assert (words(command, "win32"), words(command, "linux")) == (on_windows, elsewhere)


@pytest.mark.parametrize("platform", ["win32", "linux"])
def test_a_command_with_an_open_quote_is_none(platform: str) -> None:
    with pytest.raises(ValueError, match="quot"):
        words('"C:\\Program Files', platform)


def test_a_port_that_windows_keeps_is_taken_as_one_that_is_in_use() -> None:
    assert is_kept(PermissionError(errno.EACCES, "forbidden"), "win32")
    assert not is_kept(PermissionError(errno.EACCES, "forbidden"), "linux")
    assert not is_kept(OSError(errno.EADDRNOTAVAIL, "none"), "win32")


def test_a_pipe_that_nobody_reads_is_known_by_what_each_system_raises() -> None:
    assert nobody_reads(BrokenPipeError(errno.EPIPE, "broken"), "linux")
    assert nobody_reads(OSError(errno.EINVAL, "invalid"), "win32")
    assert not nobody_reads(OSError(errno.EINVAL, "invalid"), "linux")
    assert not nobody_reads(OSError(errno.ENOSPC, "full"), "win32")


def test_a_listener_has_its_port_alone() -> None:
    listener = listen("127.0.0.1", 0)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", listener.port))
            other.listen()
            refused = 0
        except OSError as error:
            refused = error.errno or 0
    listener.close()
    assert refused in (errno.EADDRINUSE, errno.EACCES)


def test_what_is_told_is_whole_for_who_reads_while_it_is_told_anew(tmp_path: Path) -> None:
    file = tmp_path / "it.address"
    for number in range(200):
        telling.tell(file, f"{number}" * 100)
        assert file.read_text() == f"{number}" * 100
    telling.take_back(file)
    telling.take_back(file)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.sqlite
def test_what_is_acknowledged_is_asked_of_the_drive_and_not_of_its_memory(tmp_path: Path) -> None:
    database = Database(tmp_path / "state.db")
    try:
        settings = ("synchronous", "fullfsync", "checkpoint_fullfsync")
        assert [tuple(database.read(f"PRAGMA {each}")[0]) for each in settings] == [(2,), (1,), (1,)]
    finally:
        database.close()


@pytest.mark.sqlite
def test_the_secret_is_found_whatever_characters_the_path_has(tmp_path: Path) -> None:
    folder = tmp_path / "a %20 b#c é"
    Database(folder / "state.db").close()
    assert secret_of(folder / "state.db") == secret_of(folder / "state.db")
