"""The surroundings of agents: the import path and variables that the manifest wants the process to have."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from interrupt_mcp.agents.manifest import Manifest


def prepare(manifest: Manifest) -> None:
    """Add to the process what is missing; take nothing away and change nothing that is there."""
    for directory in map(str, (*manifest.directories, *manifest.agent_folders)):
        if directory not in sys.path:
            # Last, as LangGraph's own server does: a user's file must not hide a library that is imported later.
            sys.path.append(directory)
    for name, value in variables(manifest.env).items():
        os.environ.setdefault(name, value)


def variables(env: Path | Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that a manifest gives its agents; none where its file of them is not there.

    Raises:
        OSError, ValueError: the file cannot be read.
    """
    if not isinstance(env, Path):
        return env
    from dotenv import dotenv_values

    # A file that is not there is no mistake: often it is kept out of git, and the client sets the variables.
    return {name: value for name, value in dotenv_values(env).items() if value is not None}
