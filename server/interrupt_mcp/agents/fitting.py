"""Fitting: whether policy names agents and tools that there are. It does not know what policy says of them."""

import logging

from interrupt_mcp.agents.agent import Agent
from interrupt_mcp.agents.registry import Agents
from interrupt_mcp.config import SETTINGS_FILE
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.errors import ConfigError

log = logging.getLogger(__name__)


def check_names(policy: Policy, agents: Agents) -> None:
    """Refuse policy for agents that there are not.

    Raises:
        ConfigError: it names one.
    """
    if not policy.agents:
        return
    names = agents.names()
    if unknown := policy.unknown(names):
        raise ConfigError(f"`agents.{unknown[0]}` in {SETTINGS_FILE} is no agent; there are {', '.join(names)}")


def check_patterns(policy: Policy, agent: Agent) -> None:
    """Warn of patterns that fit no tool of the agent: they may still fit tools of agents inside its tools."""
    for pattern in policy.unmatched(agent.name, agent.tools):
        place = f'agents.{agent.name}.tools."{pattern}"'
        log.warning("`%s` in %s fits no tool that the agent shows; check the name", place, SETTINGS_FILE)
