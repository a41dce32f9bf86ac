"""Policy as an operator writes it beside a `langgraph.json`."""

from pathlib import Path

from interrupt_mcp.config import Settings, read_settings

SENSITIVE = "[agents.bank.tools.pay]\nsensitive = true\n"


def say(config: Path, policy: str) -> Path:
    """Have the policy say this, and nothing else; the `langgraph.json` again."""
    config.with_name("interrupt-mcp.toml").write_text(policy)
    return config


def settings(config: Path, **environ: str) -> Settings:
    """The settings of a server of this project."""
    return read_settings({"HOME": str(config.parent), **environ}, config=str(config), cwd=config.parent)
