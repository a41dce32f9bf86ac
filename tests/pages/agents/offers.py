"""Tools that ask with something to choose from."""

from typing import Any

from langchain.agents import create_agent
from langchain.tools import tool
from langgraph.types import interrupt

from interrupt_mcp_agents.offline import OfflineModel
from tests.scripted import effect


@tool
def visit(day: str) -> str:
    "Arrange a visit."
    answer = interrupt({"day": day, "slots": ["9:00", "10", 11]})
    effect(f"visit {day} {answer!r}")
    return f"arranged {answer}"


offers: Any = create_agent(OfflineModel(), [visit])
