"""Virtual environments as they are found in a project's folder: what is noted in them, of which nothing can be run."""

import os
from pathlib import Path

from interrupt_mcp.distribution import SERVER, WORKER, version

LAYOUT = ("Scripts", "python.exe", "Lib") if os.name == "nt" else ("bin", "python", "lib/python3.12")


def virtual(folder: Path, **packages: str) -> Path:
    """Make one with these packages, `name="1.0"`, and return the path of its Python."""
    programs, python, lib = LAYOUT
    (folder / programs).mkdir(parents=True)
    (folder / programs / python).write_text("")
    (folder / lib / "site-packages").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.4\n")
    for name, number in packages.items():
        install(folder / lib / "site-packages", name, number)
    return folder / programs / python


def install(site_packages: Path, name: str, number: str) -> None:
    """Note a package as an installer does."""
    notes = site_packages / f"{name}-{number}.dist-info"
    notes.mkdir()
    (notes / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {number}\n")


def worker() -> dict[str, str]:
    """The worker's distribution, of this version."""
    return {WORKER.replace("-", "_"): version()}


def server() -> dict[str, str]:
    """The server's."""
    return {SERVER.replace("-", "_"): version()}
