"""The `.mcpb` bundle: a desktop client installs it with one click, and has uv fetch what the wheel in it needs.

It holds the wheel that is released, so nothing of ours is downloaded; the versions of what is, are the tested ones.
"""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from time import gmtime

from release.offered import DESCRIPTION, OPTIONS, TITLE, Option
from release.refused import Refused
from release.source import Release
from release.trying import Tool
from tests.conformance.foreign import program

MCPB = "@anthropic-ai/mcpb@2.1.2"
"""The official tool, from npm."""
SERVER = f"""\
import os
import sys

from interrupt_mcp.cli import main

# What was left empty is not set, so that files of the project's may say it.
for name in {json.dumps([option.variable for option in OPTIONS])}:
    if not os.environ.get(name, "").strip():
        os.environ.pop(name, None)

sys.exit(main())
"""
"""What a client starts."""


def manifest(release: Release, tools: Sequence[Tool]) -> dict[str, object]:
    """Return the manifest, of version 0.4."""
    repository = {} if release.place is None else {"repository": {"type": "git", "url": release.place.url}}
    env = {option.variable: f"${{user_config.{option.key}}}" for option in OPTIONS}
    start = {"command": "uv", "args": ["run", "--directory", "${__dirname}", "server.py"], "env": env}
    return {
        "manifest_version": "0.4",
        "name": "interrupt-mcp",
        "display_name": TITLE,
        "version": release.version,
        "description": DESCRIPTION,
        "author": {"name": "The interrupt-mcp authors"},
        **repository,
        "license": "MIT",
        "keywords": ["langgraph", "agents", "human-in-the-loop", "approval"],
        "server": {"type": "uv", "entry_point": "server.py", "mcp_config": start},
        "tools": [{"name": tool.name, "description": tool.title} for tool in tools],
        "user_config": {option.key: _asked(option) for option in OPTIONS},
        "compatibility": {"platforms": ["darwin", "win32", "linux"], "runtimes": {"python": ">=3.11"}},
    }


def _asked(option: Option) -> dict[str, object]:
    """Nothing is the default of each: a client leaves the place of what has none as it is written."""
    shown = {"title": option.title, "description": option.description, "default": ""}
    kind = "file" if option.is_file else "string"
    return {"type": kind, **shown, "required": False, "sensitive": option.is_secret}


def project(release: Release, wheel: str, constraints: str) -> str:
    """Return what uv reads: the wheel beside it, and the versions of all else."""
    pinned = [line for line in constraints.splitlines() if line and not line.startswith("#")]
    return "\n".join(
        [
            "[project]",
            'name = "interrupt-mcp-bundle"',
            f'version = "{release.version}"',
            'requires-python = ">=3.11"',
            'dependencies = ["interrupt-mcp"]',
            "",
            "[tool.uv]",
            "package = false",
            f"constraint-dependencies = {json.dumps(pinned, indent=4)}",
            "",
            "[tool.uv.sources]",
            f'interrupt-mcp = {{ path = "{wheel}" }}',
            "",
        ]
    )


def pack(release: Release, wheel: Path, tools: Sequence[Tool], scratch: Path, into: Path) -> Path:
    """Write the bundle, the same each time, and return where it is.

    Raises:
        Refused: the official tool finds fault with it.
    """
    root = release.commit.root
    folder = scratch / "bundle"
    folder.mkdir()
    constraints = (root / "constraints.txt").read_text("utf-8")
    texts = {
        "manifest.json": json.dumps(manifest(release, tools), indent=2) + "\n",
        "pyproject.toml": project(release, wheel.name, constraints),
        "server.py": SERVER,
        "LICENSE": (root / "LICENSE").read_text("utf-8"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    (folder / wheel.name).write_bytes(wheel.read_bytes())
    packed = scratch / "packed.mcpb"
    _mcpb("validate", folder / "manifest.json")
    _mcpb("pack", folder, packed)
    bundle = into / f"interrupt-mcp-{release.version}.mcpb"
    _stamp(packed, bundle, release.commit.seconds, {*texts, wheel.name})
    return bundle


def unpack(bundle: Path, folder: Path) -> list[str]:
    """Unpack the bundle with the official tool, and return the command with which a client starts what is in it."""
    _mcpb("unpack", bundle, folder)
    start = json.loads((folder / "manifest.json").read_text("utf-8"))["server"]["mcp_config"]
    return [word.replace("${__dirname}", str(folder)) for word in (start["command"], *start["args"])]


def _stamp(packed: Path, bundle: Path, seconds: int, wanted: set[str]) -> None:
    """Copy the archive with the commit's time on each file: the tool writes the hour at which it packs."""
    with zipfile.ZipFile(packed) as found, zipfile.ZipFile(bundle, "w") as stamped:
        if set(found.namelist()) != wanted:
            raise Refused(f"The bundle should hold {sorted(wanted)}, but holds {sorted(found.namelist())}.")
        for name in sorted(wanted):
            entry = zipfile.ZipInfo(name, gmtime(seconds)[:6])
            entry.external_attr = 0o644 << 16
            stamped.writestr(entry, found.read(name), zipfile.ZIP_DEFLATED)


def _mcpb(*words: str | Path) -> None:
    done = program(MCPB, *map(str, words))
    if done.returncode:
        raise Refused(f"mcpb {words[0]} finds fault: {done.stdout}{done.stderr}")
