"""The agent that shouts, whose file tests copy to wherever a user might have it."""

from pathlib import Path

SHOUTING = Path(__file__).parent / "agents" / "shouting.py"
GRAPH = SHOUTING.read_text()
"""Its source, which tests of what a file may be and do put other lines before or behind."""


def run(agent, text="hello"):
    return agent.graph.invoke({"text": text})["text"]


def counted(directory):
    """The beginning of a file that leaves a mark whenever it is imported."""
    return f"with open({str(directory / 'imports')!r}, 'a') as file:\n    file.write('x')\n"


def imports(directory):
    return len((directory / "imports").read_text())
