"""What tests of workers share: what is released of this checkout, built once, and programs that run it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from release.packages import SERVER, WORKER, Package
from tests.conformance.foreign import ROOT
from tests.patience import PATIENCE
from tests.processes import ran, surroundings

NOT_THERE = ("mcp", "mcp_types", "starlette", "uvicorn", "jinja2", "jwt", "ruamel", "tomlkit", "langchain")
"""Libraries that a worker does without, as modules."""


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[Package, Path]:
    """The wheel of each package."""
    folder = tmp_path_factory.mktemp("wheels")
    return {package: _built(package, folder / package.name) for package in (SERVER, WORKER)}


def _built(package: Package, into: Path) -> Path:
    program = "import os, sys; os.chdir(sys.argv[1]); from hatchling import build; build.build_wheel(sys.argv[2])"
    into.mkdir()
    done = ran([sys.executable, "-c", program, str(ROOT / package.folder), str(into)], PATIENCE)
    assert done.returncode == 0, done.stderr
    (wheel,) = into.iterdir()
    return wheel


@pytest.fixture(scope="session")
def unpacked(wheels: dict[Package, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worker's wheel as an installer unpacks it."""
    folder = tmp_path_factory.mktemp("unpacked")
    unpack(wheels[WORKER], folder)
    return folder


def unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        files.extractall(folder)


def python_in(folder: Path, home: Path, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """A Python that was run to its end, and that finds what is unpacked in the folder before all else."""
    variables = surroundings(home, PYTHONPATH=str(folder), **environ)
    return ran([sys.executable, *arguments], PATIENCE, variables)
