"""`interrupt-mcp install` on files as users have them: what it puts in starts the server, and all else stays."""

import json
import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.installing.configurations import FILES
from tests.installing.machine import Machine, read
from tests.processes import command, connected, surroundings
from tests.workers.venvs import virtual, worker

pytestmark = pytest.mark.anyio
clients = pytest.mark.parametrize("client", FILES)
BACKUP = ".before-interrupt-mcp"
BY_THE_USER = {
    "claude-desktop": [],
    "claude-code": [],
    "codex": [("tool_timeout_sec = 60", "tool_timeout_sec = 999\nenabled = false # for now")],
    "goose": [("    timeout: 300\n  # more", "    timeout: 999 # slow\n    bundled: false\n  # more")],
}
"""What a user did to an entry of ours; in JSON, which two of the clients take without comments, it is a comment."""


@clients
@pytest.mark.posix
async def test_what_is_written_starts_the_server_and_all_else_stays_as_it_was(client: str, machine: Machine) -> None:
    kept, file = FILES[client], machine.write(client)
    file.chmod(0o640)
    before = file.read_bytes()
    told = machine.done(client, "--write")
    after = file.read_bytes()
    assert str(file) in told
    assert stat.S_IMODE(file.stat().st_mode) == 0o640

    entry = machine.entry(client)
    variables = {**surroundings(machine.home), **entry.get(kept.env, {})}
    server = StdioServerParameters(command=entry[kept.command], args=entry["args"], env=variables, cwd="/")
    assert os.path.isabs(entry[kept.command])
    async with connected(stdio_client(server), "2025-11-25", {}) as door:
        assert "start_run" in [tool.name for tool in (await door.client.list_tools()).tools]

    # Every character that was there is there still, in its order, and means what it meant.
    rest = iter(after)
    assert all(each in rest for each in before)
    there = read(client, after.decode("utf-8-sig"))
    del there[kept.servers]["interrupt-mcp"]
    was = read(client, before.decode("utf-8-sig"))
    assert there == {kept.servers: {}, **was}
    ends = {line[-2:] == b"\r\n" for line in after.splitlines(keepends=True)}
    assert len(ends) == 1

    backup = file.with_name(file.name + BACKUP)
    assert backup.read_bytes() == before
    assert stat.S_IMODE(backup.stat().st_mode) == 0o640

    assert "nothing was changed" in machine.done(client, "--write")
    assert "It is there already." in machine.done(client)
    assert file.read_bytes() == after
    assert machine.below(client) == sorted([file.name, backup.name])

    machine.done(client, "--remove")
    assert file.read_bytes() == before
    assert "nothing was changed" in machine.done(client, "--remove")
    assert backup.read_bytes() == before


@clients
@pytest.mark.posix
def test_without_a_file_there_is_one_and_it_goes_when_nothing_else_is_in_it(client: str, machine: Machine) -> None:
    file = machine.file(client)
    printed = machine.done(client)
    assert not file.exists()
    machine.done(client, "--write")
    assert file.read_text() in printed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert machine.below(client) == [file.name] or client == "claude-code"
    machine.done(client, "--remove")
    assert not file.exists()


@clients
def test_an_entry_of_ours_is_brought_up_to_date_with_what_the_user_added(client: str, machine: Machine) -> None:
    kept = FILES[client]
    file = machine.write(client)
    machine.done(client, "--write", PATH=f"{machine.home}:{os.environ['PATH']}")
    (machine.home / "langgraph.json").write_text('{"graphs": {}}')
    text = file.read_bytes().decode("utf-8").replace(command(), "/gone/bin/interrupt-mcp")
    for by_us, by_user in BY_THE_USER.get(client, [('"/gone', '/* mine */ "/gone')]):
        assert by_us in text
        text = text.replace(by_us, by_user)
    file.write_bytes(text.encode())
    assert "brought up to date" in machine.done(client)
    told = machine.done(client, "--write", "--database", "sqlite:///runs.db", cwd=machine.home)
    entry = machine.entry(client)
    assert "up to date" in told
    assert entry[kept.command] == command()
    assert entry[kept.env] == {
        "INTERRUPT_MCP_CONFIG": f"{machine.home}/langgraph.json",
        "INTERRUPT_MCP_DATABASE": f"sqlite:///{machine.home}/runs.db",
    }
    after = file.read_text("utf-8")
    if client == "codex":
        assert (entry["tool_timeout_sec"], entry["enabled"]) == (999, False)
        assert "# for now" in after
    if client == "goose":
        assert (entry["timeout"], entry["bundled"]) == (999, False)
        assert "# slow" in after
    if "mine" in text:
        assert "/* mine */" in after
    assert "nothing was changed" in machine.done(client, "--write", "--database", "sqlite:///runs.db")
    # In another folder nothing is said of a project, so what is there stays.
    assert "nothing was changed" in machine.done(client, "--write", cwd=Path("/"))


def test_the_project_is_absolute_and_nothing_secret_goes_along(machine: Machine) -> None:
    project = machine.home / "pro ject é"
    project.mkdir()
    (project / "langgraph.json").write_text('{"graphs": {}}')
    told = machine.done("cursor", cwd=project, INTERRUPT_MCP_SECRET="s" * 40, OPENAI_API_KEY="sk-secret")
    assert "found in the working directory" in told
    assert "INTERRUPT_MCP_SECRET" in told
    assert "ssss" not in told
    assert "sk-secret" not in told
    machine.done("cursor", "--write", "--config", "pro ject é/langgraph.json", INTERRUPT_MCP_DATABASE="sqlite:///a.db")
    assert machine.entry("cursor")["env"] == {
        "INTERRUPT_MCP_CONFIG": str(project / "langgraph.json"),
        "INTERRUPT_MCP_DATABASE": f"sqlite:///{machine.home}/a.db",
    }


def test_where_agents_run_that_nobody_chose_is_said_and_a_python_that_is_not_there(machine: Machine) -> None:
    project = machine.home / "project"
    virtual(project / ".venv", no_such_package="2.1", **worker())
    described = {"graphs": {"a": "./a.py:graph"}, "dependencies": ["no-such-package"]}
    (project / "langgraph.json").write_text(json.dumps(described))
    assert "since it has no-such-package, which" in machine.done("cursor", cwd=project)
    (project / "interrupt-mcp.toml").write_text("python = 'none/bin/python'")
    assert "until then no server starts" in machine.done("cursor", cwd=project)


def test_a_second_entry_stands_beside_the_first_under_a_name_of_its_own(machine: Machine) -> None:
    file = machine.write("codex")
    before = file.read_bytes()
    machine.done("codex", "--write")
    machine.done("codex", "--write", "--name", "other_agents")
    assert machine.entry("codex") == machine.entry("codex", "other_agents")
    machine.done("codex", "--remove")
    machine.done("codex", "--remove", "--name", "other_agents")
    assert file.read_bytes() == before


def test_older_backups_stay_and_what_changed_meanwhile_stays_too(machine: Machine) -> None:
    file = machine.write("zed")
    machine.done("zed", "--write")
    changed = file.read_text().replace('"vim_mode": true', '"vim_mode": false')
    file.write_text(changed)
    machine.done("zed", "--remove")
    assert read("zed", file.read_text()) == {**read("zed", FILES["zed"].text), "vim_mode": False, "context_servers": {}}
    first, second = file.with_name(file.name + BACKUP), file.with_name(f"{file.name}{BACKUP}-2")
    assert first.read_text() == FILES["zed"].text
    assert second.read_text() == changed


@pytest.mark.posix
def test_a_linked_file_is_changed_where_it_is_and_stays_linked(machine: Machine) -> None:
    dotfiles = machine.home / "dotfiles"
    dotfiles.mkdir()
    real = dotfiles / "settings.json"
    real.write_text(FILES["zed"].text)
    link = machine.file("zed")
    link.parent.mkdir(parents=True)
    link.symlink_to(os.path.relpath(real, link.parent))
    machine.done("zed", "--write")
    assert link.is_symlink()
    assert '"interrupt-mcp"' in real.read_text()
    assert (dotfiles / f"settings.json{BACKUP}").exists()
    machine.done("zed", "--remove")
    assert real.read_text() == FILES["zed"].text

    real.unlink()
    machine.done("zed", "--write")
    assert link.is_symlink()
    assert machine.entry("zed")


def test_many_at_once_lose_nothing(machine: Machine) -> None:
    machine.write("cursor")
    names = [f"agents-{number}" for number in range(6)]
    with ThreadPoolExecutor(6) as together:
        list(together.map(lambda name: machine.done("cursor", "--write", "--name", name), names))
    there = read("cursor", machine.file("cursor").read_text("utf-8-sig"))["mcpServers"]
    assert set(there) == {"linear", *names}


@pytest.mark.posix
def test_the_clients_own_commands_are_printed_as_a_shell_takes_them(machine: Machine) -> None:
    config = machine.home / "a b" / "langgraph.json"
    config.parent.mkdir()
    config.write_text('{"graphs": {}}')
    folder = machine.home / "bin"
    folder.mkdir()
    for name in ("claude", "code"):
        (folder / name).write_text('#!/bin/sh\nfor each; do printf "%s\\n" "$each"; done\n')
        (folder / name).chmod(0o755)
    words = {}
    for client, program in (("claude-code", "claude "), ("vscode", "code ")):
        line = next(
            each for each in machine.done(client, "--config", str(config)).splitlines() if each.startswith(program)
        )
        ran = subprocess.run(line, shell=True, env={"PATH": str(folder)}, capture_output=True, text=True, check=True)
        words[client] = ran.stdout.splitlines()
    variable = f"INTERRUPT_MCP_CONFIG={config}"
    assert words["claude-code"] == ["mcp", "add", "interrupt-mcp", "-s", "user", "-e", variable, "--", command()]
    added = json.loads(words["vscode"][1])
    machine.done("vscode", "--config", str(config), "--write")
    assert added == {"name": "interrupt-mcp", **machine.entry("vscode")}
