"""An agent of your own: looks people up freely, and asks a person before it writes a letter into `outbox/`."""

import os
import re
from pathlib import Path

from interrupt_mcp import sensitive
from interrupt_mcp_agents.offline import Rule, model
from langchain.agents import create_agent
from langchain.tools import tool

PEOPLE = {"ada": "Ada Lovelace, of London, likes engines", "alan": "Alan Turing, of Manchester, likes riddles"}

# What the offline model understands. A real model needs none of this: set INTERRUPT_MCP_MODEL, see .env.example.
RULES = [
    Rule("Who is Ada?", r"who is (?P<name>\w+)", tool="look_up"),
    Rule("Write to Ada: Tea at five?", r"write to (?P<to>\w+): ?(?P<text>.+)", tool="write_letter"),
]


@tool
def look_up(name: str) -> str:
    """Look up who somebody is."""
    return PEOPLE.get(name.lower(), f"Nobody called {name} is known.")


@tool
@sensitive(description="Write a letter")
def write_letter(to: str, text: str) -> str:
    """Write a letter to somebody."""
    outbox = Path(os.environ.get("OUTBOX") or Path(__file__).with_name("outbox"))
    outbox.mkdir(exist_ok=True)
    letter = outbox / f"{re.sub(r'[^a-z0-9]+', '-', to.lower()).strip('-') or 'letter'}.txt"
    letter.write_text(text + "\n", encoding="utf-8")
    return f"Wrote {letter.name}."


graph = create_agent(
    model(RULES),  # or any of LangChain's chat models
    [look_up, write_letter],
    system_prompt="You write letters for a person. A person is asked before one is written: call the tool, do not ask.",
)
