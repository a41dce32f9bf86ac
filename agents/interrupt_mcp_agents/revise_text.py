"""The basic `interrupt`: the graph pauses with a text, and a person's answer takes its place."""

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict


class Input(TypedDict):
    some_text: str


class State(Input):
    pass


def human_node(state: State) -> State:
    value = interrupt({"text_to_revise": state["some_text"]})
    return {"some_text": value}


builder = StateGraph(State, input_schema=Input)
builder.add_node("human_node", human_node)
builder.add_edge(START, "human_node")

# Compiled without a checkpointer: the server brings its own.
graph = builder.compile()
