"""Which Python has a client library: they want different versions of the same packages."""

import sys
from pathlib import Path

from tests.environments import python_with

REQUIREMENTS = {
    "fastmcp": "fastmcp-slim[client]==4.2.1",
    "langchain-mcp-adapters": "langchain-mcp-adapters==0.3.2",
    "openai-agents": "openai-agents==0.24.0",
    "pydantic-ai": "pydantic-ai-slim[mcp]==2.68.0",
}


def python_of(client: str) -> Path:
    """The Python in which that client library is installed; this one, where it is installed with the server."""
    if client not in REQUIREMENTS:
        return Path(sys.executable)
    return python_with(f"clients/{client}", REQUIREMENTS[client])
