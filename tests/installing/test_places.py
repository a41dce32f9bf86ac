"""Where clients keep their files, on all three platforms: nothing of this machine decides it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from interrupt_mcp.errors import ConfigError
from interrupt_mcp.installing.clients import CLIENTS
from interrupt_mcp.installing.places import Machine

WINDOWS = {"APPDATA": r"D:\Roaming", "LOCALAPPDATA": r"C:\Users\ann\AppData\Local"}
PACKAGED = ("Microsoft.X_1", "Claude_pzs8sxrjxfjjc")


@pytest.mark.parametrize(
    ("client", "platform", "environ", "packages", "place"),
    [
        ("claude-desktop", "linux", {"XDG_CONFIG_HOME": "/x"}, (), "/x/Claude/claude_desktop_config.json"),
        (
            "claude-desktop",
            "linux",
            {"XDG_CONFIG_HOME": "relative"},
            (),
            "/h/.config/Claude/claude_desktop_config.json",
        ),
        ("claude-desktop", "win32", WINDOWS, (), r"D:\Roaming\Claude\claude_desktop_config.json"),
        ("claude-desktop", "win32", {}, (), r"C:\h\AppData\Roaming\Claude\claude_desktop_config.json"),
        (
            *("claude-desktop", "win32", WINDOWS, PACKAGED),
            r"C:\Users\ann\AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude\claude_desktop_config.json",
        ),
        ("claude-code", "darwin", {"CLAUDE_CONFIG_DIR": "/work/claude"}, (), "/work/claude/.claude.json"),
        ("claude-code", "win32", {}, (), r"C:\h\.claude.json"),
        ("cursor", "linux", {"XDG_CONFIG_HOME": "/x"}, (), "/h/.cursor/mcp.json"),
        ("vscode", "linux", {"XDG_CONFIG_HOME": "/x"}, (), "/x/Code/User/mcp.json"),
        ("vscode", "darwin", {"XDG_CONFIG_HOME": "/x"}, (), "/h/Library/Application Support/Code/User/mcp.json"),
        ("vscode", "win32", WINDOWS, (), r"D:\Roaming\Code\User\mcp.json"),
        ("zed", "linux", {"XDG_CONFIG_HOME": "/x"}, (), "/x/zed/settings.json"),
        ("zed", "darwin", {"XDG_CONFIG_HOME": "/x"}, (), "/h/.config/zed/settings.json"),
        ("codex", "win32", {}, (), r"C:\h\.codex\config.toml"),
        ("codex", "linux", {"CODEX_HOME": "/c"}, (), "/c/config.toml"),
        ("goose", "darwin", {"XDG_CONFIG_HOME": "/x"}, (), "/x/goose/config.yaml"),
        ("goose", "linux", {"GOOSE_PATH_ROOT": "/g", "XDG_CONFIG_HOME": "/x"}, (), "/g/config/config.yaml"),
        ("goose", "win32", WINDOWS, (), r"D:\Roaming\Block\goose\config\config.yaml"),
    ],
)
def test_a_client_keeps_its_file_there(
    client: str, platform: Any, environ: Mapping[str, str], packages: Sequence[str], place: str
) -> None:
    home = r"C:\h" if platform == "win32" else "/h"
    assert str(CLIENTS[client].place(Machine(platform, home, environ, packages))) == place


def test_a_clients_own_variable_has_to_be_absolute() -> None:
    with pytest.raises(ConfigError, match="CODEX_HOME"):
        CLIENTS["codex"].place(Machine("linux", "/h", {"CODEX_HOME": "here"}))
