"""Environments of agents: what they need, and the worker of this checkout beside it."""

import hashlib
import re
import tomllib
from pathlib import Path

from release.packages import WORKER
from release.version import version_of
from tests.conformance.foreign import ROOT
from tests.environments import python_with

OLDER_MCP = ("mcp==1.30.0", "langchain-mcp-adapters==0.3.2")
"""What an agent with MCP tools needs, and no environment of the server's can have."""


def worker_python(*requirements: str) -> Path:
    """The Python of an environment with these and the worker, which follows the checkout; made on first use.

    What the worker needs is there as constraints.txt has it, unless a requirement says otherwise.
    """
    project = tomllib.loads(WORKER.project(ROOT))["project"]
    asked = {_name(each) for each in requirements}
    needed = [_pinned(each) for each in project["dependencies"] if _name(each) not in asked]
    place = hashlib.sha256("\n".join([version_of(ROOT), *requirements]).encode()).hexdigest()[:12]
    return python_with(f"workers/{place}", *requirements, *needed, "--editable", str(ROOT / WORKER.folder))


def _pinned(requirement: str) -> str:
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line)
    name = _name(requirement)
    marker = requirement.partition(";")[1:]
    return f"{name}=={pins[name]}{''.join(marker)}"


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None, requirement
    return found[0]
