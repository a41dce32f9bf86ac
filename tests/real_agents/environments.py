"""The environment of one package: the package as its index has it now, and this checkout's server beside it."""

import json
import tomllib
from pathlib import Path

from tests.conformance.foreign import ROOT
from tests.environments import python_with
from tests.processes import ran

_SECONDS = 60.0


def python_of(name: str, *requirements: str) -> Path:
    """Return the Python of the environment with that name, made on first use; an AssertionError says what failed."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return python_with(f"agents/{name}", *requirements, *declared, "--editable", str(ROOT))


def version_in(python: Path, distribution: str) -> str:
    """Return which version of the distribution that Python has."""
    program = "import importlib.metadata, json, sys; print(json.dumps(importlib.metadata.version(sys.argv[1])))"
    done = ran([str(python), "-c", program, distribution], _SECONDS)
    assert done.returncode == 0, done.stderr
    version: str = json.loads(done.stdout)
    return version
