"""Loading the agent that a caller named, which may take long the first time."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from interrupt_mcp.errors import AgentError, Unavailable
from interrupt_mcp.model import JsonObject

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


@asynccontextmanager
async def made_for(
    agents: "Agents", name: str, context: JsonObject | None, run_id: str, thread_id: str
) -> "AsyncIterator[Agent]":
    """Give the agent as a run with that context has it, within this context.

    Raises:
        Unavailable: it cannot be made for it.
    """
    async with AsyncExitStack() as stack:
        made = agents.for_run(name, context, run_id=run_id, thread_id=thread_id)
        try:
            agent = await stack.enter_async_context(made)
        except AgentError as error:
            raise Unavailable(str(error).rstrip(".")) from error
        yield agent
