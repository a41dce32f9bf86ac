"""The agents of one process, checked against policy as they are entered and as each is loaded."""

from contextlib import AsyncExitStack
from functools import partial

from interrupt_mcp.agents import Agents
from interrupt_mcp.agents.fitting import check_names, check_patterns
from interrupt_mcp.config import Settings


async def agents_of(stack: AsyncExitStack, settings: Settings) -> Agents:
    """Return the agents of the settings, to be ended by `stack`.

    Raises:
        ConfigError: policy names an agent that there is not.
    """
    loaded = partial(check_patterns, settings.policy)
    agents = await stack.enter_async_context(
        Agents(settings.config_path, settings.offers, loaded=loaded, project=settings.project)
    )
    check_names(settings.policy, agents)
    return agents
