"""Loading the agent that a caller named, which may take long the first time."""

from typing import TYPE_CHECKING

from interrupt_mcp.errors import AgentError, Unavailable

if TYPE_CHECKING:
    from interrupt_mcp.agents import Agent, Agents
    from interrupt_mcp.runs.caller import Progress


async def load(agents: "Agents", name: str, progress: "Progress") -> "Agent":
    """Return the agent, after telling `progress` that it is being loaded.

    Raises:
        UnknownAgent: the project has no such agent.
        Unavailable: it cannot be loaded.
    """
    await progress(f"loading {name}")
    try:
        return await agents.load(name)
    except AgentError as error:
        raise Unavailable(str(error).rstrip(".")) from error
