"""A graph without a model, as a user writes it: it shouts a text."""

GRAPH = """
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

class State(TypedDict):
    text: str

def shout(state):
    return {"text": state["text"].upper()}

builder = StateGraph(State)
builder.add_node("shout", shout)
builder.add_edge(START, "shout")
graph = builder.compile()
"""


def run(agent, text="hello"):
    return agent.graph.invoke({"text": text})["text"]


def counted(directory):
    """The beginning of a file that leaves a mark whenever it is imported."""
    return f"with open({str(directory / 'imports')!r}, 'a') as file:\n    file.write('x')\n"


def imports(directory):
    return len((directory / "imports").read_text())
