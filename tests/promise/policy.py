"""Policy for tools of agents, as `interrupt-mcp.toml` has it."""


def sensitive(agent: str, tool: str = "send*") -> str:
    """Return policy that has a person asked about these tools of the agent."""
    return f'[agents.{agent}.tools."{tool}"]\nsensitive = true\n'
