"""Agents with a bank's tools, what policy says about them, and what they did."""

from collections.abc import Callable
from pathlib import Path

from interrupt_mcp.config import Settings, read_settings

SCRIPTED = """
import json
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.tools import tool
from langgraph.types import interrupt
from tests.scripted import Scripted, call, effect

@tool
def pay(amount: int) -> str:
    "Pay an amount."
    effect(f"pay {amount}")
    return f"paid {amount}"

@tool
def look(what: str) -> str:
    "Look something up."
    effect(f"look {what}")
    return f"saw {what}"

@tool
def ask_and_pay(amount: int) -> str:
    "Ask, then pay."
    answer = interrupt(f"ask_and_pay {amount}?")
    assert answer["type"] == "accept"
    effect(f"ask_and_pay {amount}")
    return f"paid {amount}"

"""
PLAIN = (
    SCRIPTED + "graph = create_agent(Scripted(turns=[[call('pay', amount=5), call('look', what='x')]]), [pay, look])\n"
)
ASKING = SCRIPTED + "graph = create_agent(Scripted(turns=[[call('ask_and_pay', amount=5)]]), [ask_and_pay])\n"
TWO = SCRIPTED + "graph = create_agent(Scripted(turns=[[call('pay', amount=1), call('pay', amount=2)]]), [pay])\n"
GATED = SCRIPTED + (
    "graph = create_agent(Scripted(turns=[[call('pay', amount=5)]]), [pay],"
    " middleware=[HumanInTheLoopMiddleware(interrupt_on={'pay': True})])\n"
)

Project = Callable[..., Path]
SENSITIVE = "[agents.bank.tools.pay]\nsensitive = true\n"


class Effects:
    def __init__(self, file: Path) -> None:
        self.file = file

    @property
    def done(self) -> list[str]:
        return self.file.read_text().splitlines() if self.file.exists() else []


def say(config: Path, policy: str) -> Path:
    (config.parent / "interrupt-mcp.toml").write_text(policy)
    return config


def settings(config: Path, **environ: str) -> Settings:
    return read_settings({"HOME": str(config.parent), **environ}, config=str(config), cwd=config.parent)
