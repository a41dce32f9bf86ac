"""Where each client keeps its configuration, on each platform. It does not know whether it is there."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Literal, TypeAlias

from interrupt_mcp.errors import ConfigError

Platform: TypeAlias = Literal["linux", "darwin", "win32"]
_PACKAGE = "Claude_"
"""How the name of Claude Desktop's folder among Windows' packages begins."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides where files are."""

    platform: Platform
    """As Python names it; other systems keep files as Linux does."""
    home: str
    environ: Mapping[str, str]
    packages: Sequence[str] = ()
    """The folders of installed packages, of Windows alone."""

    def path(self, *parts: str) -> PurePath:
        """Return the path of this platform."""
        return (PureWindowsPath if self.platform == "win32" else PurePosixPath)(*parts)

    def folder(self, variable: str) -> PurePath | None:
        """Return the folder that a client's own variable names.

        Raises:
            ConfigError: it is relative, and so depends on where the client is started.
        """
        named = self.environ.get(variable)
        if named and not self.path(named).is_absolute():
            raise ConfigError(f"{variable} is {named!r}; it must be an absolute path")
        return self.path(named) if named else None

    def at_home(self, *parts: str) -> PurePath:
        """Return a path in the user's home."""
        return self.path(self.home, *parts)

    def xdg(self) -> PurePath:
        """Return where applications keep their configuration on Linux; a relative path is not taken, as XDG says."""
        named = self.path(self.environ.get("XDG_CONFIG_HOME", ""))
        return named if named.is_absolute() else self.at_home(".config")

    def roaming(self) -> PurePath:
        """Return the same of Windows."""
        return self.path(self.environ.get("APPDATA") or str(self.at_home("AppData", "Roaming")))

    def local(self) -> PurePath:
        """Return where Windows keeps what does not roam."""
        return self.path(self.environ.get("LOCALAPPDATA") or str(self.at_home("AppData", "Local")))

    def applications(self) -> PurePath:
        """Return where applications with a window keep their configuration."""
        if self.platform == "win32":
            return self.roaming()
        return self.at_home("Library", "Application Support") if self.platform == "darwin" else self.xdg()


def this_machine(environ: Mapping[str, str]) -> Machine:
    """Return the machine that this process runs on.

    Raises:
        ConfigError: it is not known where the user's home is.
    """
    home = os.path.expanduser("~")
    if environ.get("HOME") == "" or not os.path.isabs(home):
        raise ConfigError("The home directory is not known; set HOME to its absolute path")
    platform: Platform = "win32" if sys.platform == "win32" else "darwin" if sys.platform == "darwin" else "linux"
    machine = Machine(platform, home, environ)
    packages = Path(machine.local()) / "Packages"
    if platform != "win32" or not packages.is_dir():
        return machine
    return replace(machine, packages=[each.name for each in packages.iterdir()])


Place: TypeAlias = Callable[[Machine], PurePath]


def claude_desktop(machine: Machine) -> PurePath:
    """Return Claude Desktop's file. As a package of Windows' it has a folder of its own in place of %APPDATA%."""
    package = next((each for each in sorted(machine.packages) if each.startswith(_PACKAGE)), None)
    if machine.platform == "win32" and package:
        folder = machine.local() / "Packages" / package / "LocalCache" / "Roaming"
    else:
        folder = machine.applications()
    return folder / "Claude" / "claude_desktop_config.json"


def claude_code(machine: Machine) -> PurePath:
    """Return Claude Code's file for all projects of the user."""
    return (machine.folder("CLAUDE_CONFIG_DIR") or machine.at_home()) / ".claude.json"


def cursor(machine: Machine) -> PurePath:
    """Return Cursor's file for all projects."""
    return machine.at_home(".cursor", "mcp.json")


def vscode(machine: Machine) -> PurePath:
    """Return VS Code's file of the user's default profile."""
    return machine.applications() / "Code" / "User" / "mcp.json"


def windsurf(machine: Machine) -> PurePath:
    """Return Windsurf's file."""
    return machine.at_home(".codeium", "windsurf", "mcp_config.json")


def zed(machine: Machine) -> PurePath:
    """Return Zed's settings."""
    if machine.platform == "win32":
        return machine.roaming() / "Zed" / "settings.json"
    folder = machine.at_home(".config") if machine.platform == "darwin" else machine.xdg()
    return folder / "zed" / "settings.json"


def codex(machine: Machine) -> PurePath:
    """Return Codex's file."""
    return (machine.folder("CODEX_HOME") or machine.at_home(".codex")) / "config.toml"


def goose(machine: Machine) -> PurePath:
    """Return goose's file."""
    if root := machine.folder("GOOSE_PATH_ROOT"):
        return root / "config" / "config.yaml"
    if machine.platform == "win32":
        return machine.roaming() / "Block" / "goose" / "config" / "config.yaml"
    return machine.xdg() / "goose" / "config.yaml"
