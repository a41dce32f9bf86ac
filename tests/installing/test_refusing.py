"""What cannot be changed safely is left alone, and one sentence says why and what to do."""

import os
import re
from pathlib import Path

import pytest

from interrupt_mcp.installing.kept_file import Changed, KeptFile
from tests.installing.configurations import FILES
from tests.installing.machine import Machine

DO = "Nothing was changed; put that right and run it again, or put in by hand what it prints without --write."
DEEP = 100_000


@pytest.mark.parametrize(
    ("client", "text", "said"),
    [
        ("cursor", '{"mcpServers": {', "is no JSON in line 1, where a text in double quotes should be"),
        ("cursor", '{\n"a": 1\n"b": 2}', "is no JSON in line 3"),
        ("cursor", "{'a': 1}", "is no JSON in line 1"),
        ("cursor", '{"mcpServers": []}', "has a list at 'mcpServers', not servers by name"),
        ("cursor", '{"mcpServers": null}', "has null at 'mcpServers'"),
        ("cursor", "[]", "holds a list"),
        ("cursor", '{"a": 1, "a": 2}', "has the key 'a' twice"),
        ("cursor", '{"a": "\\', "is no JSON in line 1"),
        ("cursor", '{"a": /* never closed', "is no JSON in line 1"),
        ("cursor", '{"a":' * DEEP, "is nested more than 200 levels deep"),
        ("cursor", "[" * DEEP, "is nested more than 200 levels deep"),
        ("cursor", '{"a": "\x1b[31m"}', "is no JSON in line 1"),
        ("claude-desktop", '{"a": 1} // c', "has a comment in line 1, and its client takes none"),
        ("claude-code", '{"a": 1,}', "where no comma before } should be"),
        ("codex", "a = [", "is no TOML"),
        ("codex", "a = 1\na = 2\n", "is no TOML"),
        ("codex", f"a = {'[' * DEEP}", "is nested too deep"),
        ("codex", "mcp_servers = 1\n", "has a single value at 'mcp_servers'"),
        ("goose", "a: [", "is no YAML in line"),
        ("goose", "a: 1\na: 2\n", "has a key twice"),
        ("goose", "a: 1\n---\nb: 2\n", "is no YAML"),
        ("goose", "[" * 2000, "is nested too deep"),
        ("goose", "- a\n", "holds a list"),
        ("goose", "extensions: [a]\n", "has a list at 'extensions'"),
        ("goose", "a: " + "&x [" * 3 + "]" * 3 + "\n\tb: 1", "is no YAML"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_left_alone(client: str, text: str, said: str, machine: Machine) -> None:
    file = machine.write(client, text)
    refusal = machine.refused(client, "--write")
    assert said in refusal
    assert refusal.startswith(str(file))
    assert refusal.endswith(DO)
    assert "\x1b" not in refusal
    assert file.read_text("utf-8") == text
    assert machine.below(client) == [file.name] or client == "claude-code"


@pytest.mark.parametrize("client", ["cursor", "codex", "goose"])
def test_what_would_be_written_is_printed_even_where_it_cannot_be(client: str, machine: Machine) -> None:
    file = machine.write(client, "[{")
    ended = machine.install(client)
    assert ended.returncode == 1
    assert "interrupt-mcp" in ended.stdout
    assert DO in ended.stderr
    assert machine.refused(client, "--remove").endswith(DO)
    assert file.read_text() == "[{"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": 1}'.encode("utf-16"), "is UTF-16"),
        (b'{"a": "\xff"}', "is no text: at byte 7 it is not UTF-8"),
    ],
)
def test_a_file_in_another_encoding_is_left_alone(content: bytes, said: str, machine: Machine) -> None:
    file = machine.write("zed")
    file.write_bytes(content)
    assert said in machine.refused("zed", "--write")
    assert file.read_bytes() == content


def test_what_is_used_in_several_places_is_left_alone(machine: Machine) -> None:
    file = machine.write("goose", "a: &x {b: {}}\nextensions: *x\n")
    assert "cannot be changed without changing more" in machine.refused("goose", "--write")
    assert file.read_text() == "a: &x {b: {}}\nextensions: *x\n"
    deep = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    bomb = f"a0: &a0 [x]\n{deep}"
    file.write_text(bomb)
    machine.done("goose", "--write")
    assert file.read_text().startswith(bomb)


def test_an_entry_that_starts_something_else_is_left_alone(machine: Machine) -> None:
    for entry in (
        '{"command": "npx", "args": ["interrupt-mcp"]}',
        '{"url": "http://127.0.0.1:8321/mcp"}',
        "[]",
        "null",
    ):
        file = machine.write("cursor", f'{{"mcpServers": {{"interrupt-mcp": {entry}}}}}')
        before = file.read_bytes()
        for option in ("--write", "--remove"):
            refusal = machine.refused("cursor", option)
            assert "has an entry 'interrupt-mcp' that does not start this server" in refusal
            assert "choose another name with --name" in refusal
        assert file.read_bytes() == before
    machine.done("cursor", "--write", "--name", "other")
    assert machine.entry("cursor", "other")["command"].endswith("interrupt-mcp")


@pytest.mark.parametrize("name", ["", "a.b", "a b", "é", "a\x1b[2J", "a\nb", '"', "x" * 41, "../a", "a]"])
def test_a_name_that_some_client_does_not_take_is_refused(name: str, machine: Machine) -> None:
    refusal = machine.refused("codex", "--write", f"--name={name}")
    assert "it must be 1 to 40 letters, digits, hyphens or underscores" in refusal
    assert list(machine.home.iterdir()) == []


@pytest.mark.linux
def test_what_is_no_plain_file_or_too_large_is_left_alone(machine: Machine) -> None:
    file = machine.file("cursor")
    file.mkdir(parents=True)
    assert "is a folder" in machine.refused("cursor", "--write")
    file.rmdir()
    os.mkfifo(file)
    assert "is no plain file" in machine.refused("cursor", "--write")
    file.unlink()
    file.symlink_to(file.name)
    assert "cannot be read: Too many levels of symbolic links" in machine.refused("cursor", "--write")
    assert "cannot be read: Too many levels of symbolic links" in machine.refused("cursor")
    assert file.is_symlink()
    file.unlink()
    with file.open("wb") as large:
        large.truncate(100_000_000)
    assert "has more than 32,000,000 bytes" in machine.refused("cursor", "--write")
    assert file.stat().st_size == 100_000_000
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text("a file where the folder should be")
    assert "cannot be" in machine.refused("cursor", "--write")
    assert "cannot be" in machine.refused("cursor", "--write", HOME="/proc")


@pytest.mark.posix
def test_a_file_that_somebody_made_read_only_is_left_alone(machine: Machine) -> None:
    file = machine.write("vscode")
    file.chmod(0o444)
    before = file.read_bytes()
    assert "is read-only" in machine.refused("vscode", "--write")
    assert file.read_bytes() == before
    assert machine.below("vscode") == [file.name]


def test_a_home_that_is_not_known_and_files_that_are_not_there_are_named(machine: Machine) -> None:
    assert "set HOME" in machine.refused("cursor", "--write", HOME="")
    assert "set HOME" in machine.refused("cursor", "--write", HOME="relative")
    variables = machine.environ()
    del variables["HOME"]
    there = Machine(machine.home, variables, ("env", "--unset=HOME", *machine.program))
    assert "reads /" in there.done("cursor")
    assert "nothing.json" in machine.refused("cursor", "--write", "--config", "nothing.json")
    assert "${" in machine.refused("cursor", "--write", "--database", "sqlite:///${HOME}/a.db")
    assert "cannot be seen" in machine.refused("cursor", "--write", "--database", "sqlite:///a\x1b.db")
    assert "give one of them" in machine.refused("cursor", "--write", "--remove")
    assert not machine.file("cursor").exists()


def test_a_file_that_changed_since_it_was_read_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("theirs")
    file = KeptFile.named(path)
    for before, after in ((b"read before", b"ours"), (None, b"ours"), (b"read before", None)):
        with pytest.raises(Changed):
            file.replace(before, after)
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]
    assert path.read_text() == "theirs"


@pytest.mark.posix
def test_a_backup_is_never_written_over_nor_followed(machine: Machine) -> None:
    file = machine.write("windsurf")
    elsewhere = machine.home / "elsewhere"
    first = file.with_name(f"{file.name}.before-interrupt-mcp")
    first.symlink_to(elsewhere)
    os.mkfifo(file.with_name(f"{first.name}-2"))
    said = machine.done("windsurf", "--write")
    (kept,) = re.findall(r"is kept in (\S+)\.\n", said)
    assert kept == f"{first}-3"
    assert Path(kept).read_text() == FILES["windsurf"].text
    assert not elsewhere.exists()
    machine.done("windsurf", "--remove")
    assert file.read_text() == FILES["windsurf"].text
