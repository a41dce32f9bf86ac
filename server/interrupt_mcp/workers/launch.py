"""The launch: what a worker process is started with, and which variables of the server's it gets.

It starts nothing, and does not know what a worker does.
"""

import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from interrupt_mcp.config import Settings

_SERVERS = frozenset(
    (
        "INTERRUPT_MCP_SECRET",
        "INTERRUPT_MCP_AUTH",
        "INTERRUPT_MCP_URL",
        "INTERRUPT_MCP_PROXIES",
        "INTERRUPT_MCP_DRAIN",
        "INTERRUPT_MCP_WORKERS",
        "INTERRUPT_MCP_PYTHON",
    )
)
"""What only a process needs that has clients and pages, or starts workers."""
_INBOX = "INTERRUPT_MCP_INBOX"
_ENVIRONMENTS = frozenset(("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"))
"""What says where a Python finds its packages, and is wrong for another one."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What one worker process is started with."""

    python: Path
    arguments: tuple[str, ...]
    """All that follows the Python on its command line."""
    environ: Mapping[str, str] = field(repr=False)
    name: str
    """What the log calls it."""
    memory: int | None = None
    """Megabytes that it may take; none is no bound."""


def environ_for(settings: Settings, *, elsewhere: bool, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables of a worker: the server's own, without its secrets and what is for itself alone.

    `elsewhere` is whether the worker's Python is that of another environment.
    """
    left = set(_SERVERS)
    if settings.oauth is not None and settings.oauth.client_secret_env:
        left.add(settings.oauth.client_secret_env)
    kept = {name: value for name, value in _without(environ, left).items() if not _same(name).startswith(_INBOX)}
    return without_environment(kept) if elsewhere else kept


def without_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those that say where this Python finds its packages."""
    return _without(environ, _ENVIRONMENTS)


def _without(environ: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    left = {_same(each) for each in names}
    return {name: value for name, value in environ.items() if _same(name) not in left}


def _same(name: str) -> str:
    """Return the name as it is compared with others: Windows knows no case in it."""
    return name.upper() if sys.platform == "win32" else name
