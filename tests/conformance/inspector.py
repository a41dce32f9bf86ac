"""The Inspector's command line, which calls one method each time it is run and shows no forms."""

import json
from typing import Any

from tests.conformance import foreign

VERSION = next(name.rpartition("@")[2] for name in foreign.PACKAGES if "/inspector@" in name)


def inspect(era: str, target: list[str], method: str, *options: str) -> dict[str, Any]:
    """What it prints; it exits with another code than 0 where something is wrong."""
    common = ["--protocol-era", era, "--format", "json", "--method", method]
    done = foreign.node("@modelcontextprotocol/inspector#mcp-inspector", "--cli", *target, *common, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["result"]
    return found


def call(era: str, target: list[str], tool: str, /, **arguments: Any) -> dict[str, Any]:
    options = ["--tool-name", tool, "--tool-args-json", json.dumps(arguments)]
    found: dict[str, Any] = inspect(era, target, "tools/call", *options)["structuredContent"]
    return found
