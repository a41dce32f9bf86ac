"""Agents whose every act leaves a line in the file of effects, and that wait for the file that GO names."""

import asyncio
import os
import time
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from interrupt_mcp import sensitive
from tests.scripted import effect


async def until_told() -> None:
    while not Path(os.environ["GO"]).exists():
        await asyncio.sleep(0.01)


def block_until_told() -> None:
    while not Path(os.environ["GO"]).exists():
        time.sleep(0.01)


def _asking(*tools: Any) -> Any:
    """Calls the first tool with the number that the person said, and answers with what came of it."""

    def think(state: MessagesState) -> Any:
        last = state["messages"][-1]
        if isinstance(last, HumanMessage):
            call = {"name": tools[0].name, "args": {"number": int(last.text)}, "id": f"call-{last.text}"}
            return {"messages": [AIMessage("", tool_calls=[call])]}
        assert isinstance(last, ToolMessage)
        return {"messages": [AIMessage(f"{last.status}: {last.text}")]}

    builder = StateGraph(MessagesState)
    builder.add_node("think", think)
    builder.add_node("tools", ToolNode(list(tools)))
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()


@tool
@sensitive
async def refund(number: int) -> str:
    """Refund an order."""
    effect(f"refund {number}")
    return f"refunded {number}"


@tool
@sensitive
def slowly(number: int) -> str:
    """Refund an order, which takes until somebody says so, in a thread that nobody can stop."""
    effect(f"begin {number}")
    block_until_told()
    effect(f"refund {number}")
    return f"refunded {number}"


@tool
@sensitive
async def mark(number: int) -> str:
    """Mark an order, once somebody says so, by what needs no room on any disk: a directory's name."""
    effect(f"begin {number}")
    await until_told()
    Path(f"{os.environ['EFFECTS']}-{number}").mkdir()
    return f"marked {number}"


class Steps(TypedDict):
    steps: int
    done: Annotated[list[int], lambda old, new: old + new]


async def step(state: Steps) -> dict[str, list[int]]:
    """One of many steps, none of them asked about, and each of them done once."""
    number = len(state.get("done", []))
    await asyncio.sleep(0.05)
    effect(f"step {number}")
    await asyncio.sleep(0.05)
    return {"done": [number]}


HELD_AT = 8


async def held_step(state: Steps) -> dict[str, list[int]]:
    """Such a step, which once there are so many waits until somebody says so."""
    if len(state.get("done", [])) == HELD_AT:
        await until_told()
    return await step(state)


def more(state: Steps) -> str:
    return "step" if len(state["done"]) < state["steps"] else "__end__"


async def wait(state: MessagesState) -> Any:
    effect(f"wait in {os.getpid()}")
    await until_told()
    return {"messages": [("ai", "waited")]}


async def block(state: MessagesState) -> Any:
    """Lets nothing else happen in its process."""
    effect(f"wait in {os.getpid()}")
    block_until_told()
    return {"messages": [("ai", "waited")]}


async def then_step(state: MessagesState) -> Any:
    effect(f"then in {os.getpid()}")
    return {"messages": [("ai", "went on")]}


async def answer(state: MessagesState) -> Any:
    """A node that no tool call stands for: it asks, and then acts on the answer."""
    said = interrupt("How much?")
    effect(f"answered {said}")
    await until_told()
    return {"messages": [("ai", f"heard {said}")]}


refunds = _asking(refund)
slow_refunds = _asking(slowly)
marks = _asking(mark)
held_walk = StateGraph(Steps).add_node("step", held_step).add_edge(START, "step")
held_walk = held_walk.add_conditional_edges("step", more).compile()  # type: ignore[assignment]
waits = StateGraph(MessagesState).add_sequence([wait, then_step]).add_edge(START, "wait").compile()
blocks = StateGraph(MessagesState).add_sequence([block, then_step]).add_edge(START, "block").compile()
answers = StateGraph(MessagesState).add_node("answer", answer).add_edge(START, "answer").compile()
