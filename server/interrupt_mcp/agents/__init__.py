"""The agents of a project: named in `langgraph.json`, loaded when first wanted. They do not know how they are run."""

from interrupt_mcp.agents.agent import Agent, AgentCard
from interrupt_mcp.agents.registry import Agents
from interrupt_mcp.agents.validation import validate_context, validate_input, validate_values

__all__ = ["Agent", "AgentCard", "Agents", "validate_context", "validate_input", "validate_values"]
