"""A form that trustcall fills in from what is said, and that a person sees before it is filed."""

from typing import Any

from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, Field
from trustcall import create_extractor

from tests.real_agents.agents.bank import model
from tests.scripted import effect


class Order(BaseModel):
    """What somebody orders."""

    item: str
    count: int = Field(ge=1)


class Extracted(MessagesState, total=False):
    order: dict[str, Any]


_extractor = create_extractor(model(), tools=[Order], tool_choice="Order")


async def extract(state: Extracted) -> dict[str, Any]:
    known = {"existing": {"Order": state["order"]}} if "order" in state else {}
    found = await _extractor.ainvoke({"messages": state["messages"], **known})
    return {"order": found["responses"][0].model_dump()}


def file(state: Extracted) -> dict[str, Any]:
    order = interrupt(state["order"])
    effect(f"ordered {order['count']} {order['item']}")
    return {"order": order}


orders = (
    StateGraph(Extracted)
    .add_node("extract", extract)
    .add_node("file", file)
    .add_edge(START, "extract")
    .add_edge("extract", "file")
    .compile()
)
