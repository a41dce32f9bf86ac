"""The client for scripts: `Runs` around a connected `mcp.Client`, with typed results and errors that have a code.

Importing it loads neither LangGraph nor MCP.
"""

from interrupt_mcp.client.errors import AlreadyDecided, Busy, NeedsHuman, RunsError, StillRunning, Unreachable
from interrupt_mcp.client.nouns import AskedInside, Decision, Failure, Interrupt, Request, Run
from interrupt_mcp.client.runs import Runs

__all__ = [
    "AlreadyDecided",
    "AskedInside",
    "Busy",
    "Decision",
    "Failure",
    "Interrupt",
    "NeedsHuman",
    "Request",
    "Run",
    "Runs",
    "RunsError",
    "StillRunning",
    "Unreachable",
]
