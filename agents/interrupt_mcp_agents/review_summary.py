"""Review and edit state: a person corrects what was generated before the rest of the graph uses it."""

import re

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict


class Input(TypedDict, total=False):
    text: str


class State(Input, total=False):
    summary: str
    report: str


def generate_summary(state: State) -> State:
    """Stand in for a model: the summary of a text is its first sentence."""
    text = state.get("text", "The cat sat on the mat and looked at the stars.")
    first_sentence, *_ = re.split(r"(?<=[.!?])\s+", text.strip(), maxsplit=1)
    return {"summary": first_sentence}


def human_review_edit(state: State) -> State:
    result = interrupt(
        {
            "task": "Please review and edit the generated summary if necessary.",
            "generated_summary": state["summary"],
        },
        response_schema={
            "type": "object",
            "properties": {"edited_summary": {"type": "string"}},
            "required": ["edited_summary"],
            # What it means to accept: the summary stays as it was generated.
            "default": {"edited_summary": state["summary"]},
        },
    )
    return {"summary": result["edited_summary"]}


def write_report(state: State) -> State:
    return {"report": f"Report\n\n{state['summary']}"}


builder = StateGraph(State, input_schema=Input)
builder.add_node("generate_summary", generate_summary)
builder.add_node("human_review_edit", human_review_edit)
builder.add_node("write_report", write_report)
builder.add_edge(START, "generate_summary")
builder.add_edge("generate_summary", "human_review_edit")
builder.add_edge("human_review_edit", "write_report")
builder.add_edge("write_report", END)

graph = builder.compile()
