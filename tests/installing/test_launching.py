"""What a client starts: this installation, however it came here; tried with uv, and for Windows by what is known."""

import os
from collections.abc import Mapping
from typing import Any

import pytest
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client

from interrupt_mcp.errors import ConfigError
from interrupt_mcp.installing.launch import Installation, Launch, launch, starts_us
from tests.conformance.foreign import ROOT
from tests.environments import uv
from tests.installing.machine import Machine
from tests.processes import connected, ran, surroundings

pytestmark = pytest.mark.anyio
UVX = ("/bin/uvx",)
_INSTALL_SECONDS = 300.0


@pytest.mark.parametrize("how", ["uvx", "uv tool"])
async def test_what_uv_runs_is_started_again_by_what_lasts(how: str, machine: Machine) -> None:
    folder, kept = uv()
    variables = {
        **kept,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "UV_TOOL_DIR": str(machine.home / "tools"),
        "UV_TOOL_BIN_DIR": str(machine.home / "bin"),
    }
    if how == "uvx":
        program = (str(folder / "uvx"), "--from", str(ROOT), "interrupt-mcp")
        expected = (str(folder / "uvx"), ["--from", str(ROOT), "interrupt-mcp"])
    else:
        installed = ran(
            [str(folder / "uv"), "tool", "install", str(ROOT)], _INSTALL_SECONDS, machine.environ(**variables)
        )
        assert installed.returncode == 0, installed.stderr
        program = (str(machine.home / "bin" / "interrupt-mcp"),)
        expected = (str(machine.home / "tools" / "interrupt-mcp" / "bin" / "interrupt-mcp"), [])
    there = Machine(machine.home, variables, program)
    there.done("codex", "--write")
    entry = there.entry("codex")
    assert (entry["command"], entry["args"]) == expected
    environ = surroundings(machine.home, **kept)
    server = StdioServerParameters(command=entry["command"], args=entry["args"], env=environ, cwd="/")
    async with connected(stdio_client(server), "2025-06-18", {}) as door:
        assert (await door.client.list_tools()).tools


@pytest.mark.parametrize(
    ("installation", "expected"),
    [
        (Installation("/py", "/v/bin/interrupt-mcp"), Launch("/v/bin/interrupt-mcp")),
        (
            Installation(r"C:\py.exe", r"C:\v\Scripts\interrupt-mcp.exe", windows=True),
            Launch(r"C:\v\Scripts\interrupt-mcp.exe"),
        ),
        (Installation("/py", None), Launch("/py", ("-m", "interrupt_mcp"))),
        (Installation("/py", "/x", True, UVX), Launch("/bin/uvx", ("interrupt-mcp",))),
        (
            Installation("/py", "/x", True, ("/bin/uv", "tool", "run")),
            Launch("/bin/uv", ("tool", "run", "interrupt-mcp")),
        ),
    ],
)
@pytest.mark.posix
def test_an_installation_is_started_by_its_absolute_path(installation: Installation, expected: Launch) -> None:
    assert launch(installation) == expected


@pytest.mark.parametrize(
    ("origin", "windows", "source"),
    [
        ({"url": "file:///a%20b/c", "dir_info": {}}, False, "/a b/c"),
        ({"url": "file:///C:/a%20b/c", "dir_info": {}}, True, r"C:\a b\c"),
        ({"url": "file://box/share/c", "dir_info": {}}, True, r"\\box\share\c"),
        ({"url": "https://e.org/x.whl", "archive_info": {}}, False, "https://e.org/x.whl"),
        (
            {
                "url": "https://ann:secret@e.org/x",
                "vcs_info": {"vcs": "git", "commit_id": "c", "requested_revision": "v1"},
            },
            *(False, "git+https://e.org/x@v1"),
        ),
        (
            {"url": "ssh://git@e.org/x", "vcs_info": {"vcs": "git", "commit_id": "c"}, "subdirectory": "s"},
            *(False, "git+ssh://git@e.org/x#subdirectory=s"),
        ),
    ],
)
def test_uvx_is_told_where_the_package_came_from(origin: Mapping[str, Any], windows: bool, source: str) -> None:
    installation = Installation("/py", "/x", True, UVX, origin, windows)
    assert launch(installation).args == ("--from", source, "interrupt-mcp")


def test_an_environment_that_will_not_last_is_not_put_into_a_configuration() -> None:
    with pytest.raises(ConfigError, match="uv tool install"):
        launch(Installation("/py", "/cache/archive-v0/x/bin/interrupt-mcp", passing=True))


@pytest.mark.parametrize(
    ("command", "args", "ours"),
    [
        ("/v/bin/interrupt-mcp", [], True),
        (r"C:\v\Scripts\Interrupt-MCP.EXE", ["serve"], True),
        ("uvx", ["interrupt-mcp@latest"], True),
        ("/opt/uv", ["tool", "run", "--from", "/x", "interrupt-mcp"], True),
        ("python3.12", ["-m", "interrupt_mcp"], True),
        ("npx", ["interrupt-mcp"], False),
        ("uvx", ["other"], False),
        ("/bin/interrupt-mcp-proxy", [], False),
        ("", [], False),
    ],
)
@pytest.mark.posix
def test_an_entry_is_ours_where_it_starts_this_program(command: str, args: list[Any], ours: bool) -> None:
    assert starts_us(command, args) is ours
