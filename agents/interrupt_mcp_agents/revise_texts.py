"""Several interrupts in one invocation: two parallel nodes pause, and each gets its own answer."""

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict


class Input(TypedDict):
    text_1: str
    text_2: str


class State(Input):
    pass


def human_node_1(state: State) -> dict[str, str]:
    value = interrupt({"text_to_revise": state["text_1"]})
    return {"text_1": value}


def human_node_2(state: State) -> dict[str, str]:
    value = interrupt({"text_to_revise": state["text_2"]})
    return {"text_2": value}


builder = StateGraph(State, input_schema=Input)
builder.add_node("human_node_1", human_node_1)
builder.add_node("human_node_2", human_node_2)

# Both nodes start together, so both questions are open at once.
builder.add_edge(START, "human_node_1")
builder.add_edge(START, "human_node_2")

graph = builder.compile()
