"""Approve or reject: a person's answer decides which way the graph goes."""

from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from typing_extensions import TypedDict


class Input(TypedDict, total=False):
    topic: str
    llm_output: str


class State(Input, total=False):
    decision: Literal["approved", "rejected"]
    result: str


def generate_llm_output(state: State) -> State:
    """Stand in for a model; an output that is handed in is taken as it is."""
    announcement = f"We are happy to announce {state.get('topic', 'something new')}."
    return {"llm_output": state.get("llm_output", announcement)}


def human_approval(state: State) -> Command[Literal["approved_path", "rejected_path"]]:
    decision = interrupt(
        {"question": "Do you approve the following output?", "llm_output": state["llm_output"]},
        response_schema={"type": "string", "enum": ["approve", "reject"]},
    )
    # Whatever is not a clear yes is a no.
    if decision == "approve":
        return Command(goto="approved_path", update={"decision": "approved"})
    return Command(goto="rejected_path", update={"decision": "rejected"})


def approved_path(state: State) -> State:
    return {"result": f"Published: {state['llm_output']}"}


def rejected_path(state: State) -> State:
    return {"result": f"Not published: {state['llm_output']}"}


builder = StateGraph(State, input_schema=Input)
builder.add_node("generate_llm_output", generate_llm_output)
builder.add_node("human_approval", human_approval)
builder.add_node("approved_path", approved_path)
builder.add_node("rejected_path", rejected_path)
builder.add_edge(START, "generate_llm_output")
builder.add_edge("generate_llm_output", "human_approval")
builder.add_edge("approved_path", END)
builder.add_edge("rejected_path", END)

graph = builder.compile()
