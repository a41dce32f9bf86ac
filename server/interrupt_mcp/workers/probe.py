"""The probe: whether a Python can run workers of this server, and what to do where it cannot."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from interrupt_mcp.agents.environment import Environment, environment_in, folder_of
from interrupt_mcp.config import SETTINGS_FILE
from interrupt_mcp.distribution import SERVER, WORKER, install_command, version
from interrupt_mcp.text.redaction import line_of, said
from interrupt_mcp.workers.launch import without_environment

_SECONDS = 20.0
"""How long a Python may take to answer; the first start after an installation takes longest."""
_LEAST = [3, 11]
_LONGEST = 300
# Whatever Python it is, it understands this, and nothing of the working directory is imported.
_SCRIPT = f"""
import sys
sys.path[:] = [each for each in sys.path if each]
import json
def of(name):
    try:
        from importlib.metadata import version
        return version(name)
    except Exception:
        return None
print(json.dumps([list(sys.version_info[:2]), {{each: of(each) for each in {[SERVER, WORKER]!r}}}]))
"""


def fault_of(python: Path) -> str:
    """Return why the Python of that path cannot run workers, as a sentence without its end; empty where it can.

    It may have the Python started, and wait for it.
    """
    if not python.is_file():
        return (
            f"There is no Python at {python}: make that environment, or name another with INTERRUPT_MCP_PYTHON or"
            f" python = ... in {SETTINGS_FILE}"
        )
    folder = folder_of(python)
    if folder is not None and not noted_fault(environment_in(folder)):
        return ""
    return _asked(python)


def noted_fault(environment: Environment) -> str:
    """Return why the environment cannot run workers, as far as its files say; empty where it can."""
    versions = {name: environment.version_of(name) for name in (SERVER, WORKER)}
    return _fault(environment.python, versions)


def _asked(python: Path) -> str:
    """Return what `fault_of` does, as the Python itself tells."""
    try:
        done = subprocess.run(
            [str(python), "-c", _SCRIPT],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=without_environment(os.environ),
            timeout=_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        return f"{python} did not answer within {_SECONDS:g} seconds"
    except (OSError, ValueError) as error:
        return f"{python} cannot be run: {said(error, _LONGEST)}"
    try:
        number, versions = json.loads(done.stdout)
        if number < _LEAST:
            return f"{python} is Python {number[0]}.{number[1]}, and workers need 3.11 or later"
        return _fault(str(python), {name: versions[name] for name in (SERVER, WORKER)})
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        told = line_of(done.stderr[-_LONGEST:].decode("utf-8", "replace"))
        return f"{python} does not answer as a Python does (exit code {done.returncode}){told and f': {told}'}"


def _fault(python: str, versions: Mapping[str, str | None]) -> str:
    own = version()
    if own in versions.values():
        return ""
    name, other = next(((name, other) for name, other in versions.items() if other), (WORKER, None))
    if other is None:
        return f"the environment of {python} lacks {WORKER}, which this installs: {install_command(python)}"
    if name == SERVER:
        return f"{python} has {SERVER} {other}, and this server is {own}: install that version there"
    return f"{python} has {WORKER} {other}, and this server is {own}: {install_command(python)}"
