"""The catalog: which agents are offered, and how, whether this process loads them or others do."""

from collections.abc import Mapping
from typing import Protocol

from interrupt_mcp.agents.agent import AgentCard
from interrupt_mcp.agents.manifest import Entry


class Catalog(Protocol):
    """The agents of a project, as they are offered."""

    def entries(self) -> Mapping[str, Entry]:
        """Return the agents by name, as the file has them now, in its order.

        Raises:
            ConfigError: the file is not as it should be.
        """

    def names(self) -> tuple[str, ...]:
        """Return the names of the agents, as `entries` has them."""

    def note(self, name: str) -> str:
        """Return what whoever looks at the agent's runs should know; empty where nothing."""

    async def describe(self, name: str) -> AgentCard:
        """Return the agent as it is offered; one that cannot be loaded says why."""
