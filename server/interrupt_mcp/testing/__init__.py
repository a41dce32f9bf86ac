"""A pytest plugin: the fixture `agents`, the agents of a `langgraph.json` under test, decided in code.

It is there as soon as interrupt-mcp is installed. Loading it loads neither LangGraph nor MCP, and starts nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from interrupt_mcp.testing.effects import Effect
from interrupt_mcp.testing.finding import INI, project_of
from interrupt_mcp.testing.under_test import AgentFailed, Agents

__all__ = ["AgentFailed", "Agents", "Effect", "agents"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the suite name its `langgraph.json`."""
    parser.addini(INI, "the langgraph.json of the fixture `agents`; else the nearest above the test file", default="")


@pytest.fixture
def agents(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agents]:
    """The agents of the nearest `langgraph.json`, in a store of the test's own: start, decide, see what they did."""
    with Agents(*project_of(request), database=tmp_path / "interrupt-mcp-state.db") as found:
        yield found
