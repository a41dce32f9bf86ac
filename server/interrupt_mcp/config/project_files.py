"""The files of a project: which `langgraph.json` is served, the settings beside it, whose they are, its own folder.

It does not know what a `langgraph.json` says, nor whether it is there.
"""

import hashlib
import os
import re
from importlib.util import find_spec
from pathlib import Path

from interrupt_mcp import paths, private
from interrupt_mcp.config.given import Given
from interrupt_mcp.config.kinds import text
from interrupt_mcp.errors import ConfigError

SETTINGS_FILE = "interrupt-mcp.toml"


def langgraph_file(named: Given | None, cwd: Path) -> Path:
    """Return the `langgraph.json` that was named, else the one in the working directory, else the bundled one.

    Raises:
        ConfigError: there is none, or what names it is no text.
    """
    if named is not None:
        return named.path(os.path.expanduser(text(named)))
    if (cwd / "langgraph.json").is_file():
        return cwd / "langgraph.json"
    # The package is found, not imported: importing an agent would load LangGraph.
    bundled = find_spec("interrupt_mcp_agents")
    if bundled is None or bundled.origin is None:
        raise ConfigError(f"There is no langgraph.json in {cwd}, and the bundled agents are not installed")
    return Path(bundled.origin).parent / "langgraph.json"


def refuse_strangers(config_path: Path, file: Path, *, found: bool) -> None:
    """Refuse files of another user's, which say what code runs and who decides, unless they were named.

    `found` is whether the `langgraph.json` is only there because it lies in the working directory.

    Raises:
        ConfigError: another user could have put them there, or could change them.
    """
    if found:
        other = private.changeable(config_path) or private.changeable(file)
    else:
        other = file if private.planted(file, config_path) else None
    if other is not None:
        raise ConfigError(
            f"{config_path} and {file.name} are not read: another user could change {other}, and so have anything"
            " run as you. If that is right, name the langgraph.json with --config or INTERRUPT_MCP_CONFIG"
        )


def read_file(file: Path) -> dict[str, Given]:
    """Return what the settings file says, by key; nothing where there is no file.

    Raises:
        ConfigError: it cannot be read. A link that leads nowhere, or a folder in its place, is a policy that is
            missing, not one that says nothing.
    """
    if not os.path.lexists(file):
        return {}
    try:
        if file.exists() and not file.is_file():
            raise ConfigError(f"{file} is no file")
        return entries_in(file.read_text(encoding="utf-8-sig"), file)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error


def entries_in(text: str, file: Path) -> dict[str, Given]:
    """Return what the text says, by key, which is that of the file.

    Raises:
        ValueError: it is no TOML.
    """
    import tomllib

    return Given("", tomllib.loads(text), file.parent, file).entries()


def project_of(config_path: Path) -> str:
    """Return the project's name where none was chosen: made from the directory and the file's real place."""
    real = paths.true_name(config_path)
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", real.parent.name).strip(".-") or "project"
    return f"{slug[:48]}-{hashlib.sha256(str(real).encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def folder_of(project: str) -> Path:
    """Return where the project keeps its files where nothing else is said: in the user's data directory."""
    from platformdirs import user_data_path

    return user_data_path("interrupt-mcp", appauthor=False) / paths.folder_name(project)
