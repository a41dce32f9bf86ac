"""Agents with several calls, of which the one named `b` can be made to die once others are done."""

import asyncio
import os
from pathlib import Path

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import BaseTool, tool
from langgraph.prebuilt import ToolNode
from langgraph.types import interrupt

from tests.effects import Effects
from tests.scripted import Scripted, call, die_at, effect, hand_built, turns


def acting(others: int) -> tuple[BaseTool, BaseTool]:
    """Return a tool that asks and does, and one that only does; `b` waits until so many others are done."""

    async def act(name: str) -> str:
        if name == "b" and os.environ.get("DIE"):
            # The others are done and on record, as far as anybody can wait for it.
            done = Effects(Path(os.environ["EFFECTS"]))
            while sum(line != "b" for line in done) < others:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
        effect(name)
        die_at(f"after {name}")
        return f"did {name}"

    @tool
    async def ask_and_do(name: str) -> str:
        """Ask, and do."""
        if interrupt(f"do {name}?")["type"] != "accept":
            return "not done"
        return await act(name)

    @tool
    async def do(name: str) -> str:
        """Do."""
        return await act(name)

    return ask_and_do, do


def calls(tool: str, names: str) -> Scripted:
    return turns(*(call(tool, name=name) for name in names))


ASKING = HumanInTheLoopMiddleware(interrupt_on={"do": True})
ASKING_EACH = HumanInTheLoopMiddleware(interrupt_on={"do": True}, interrupt_mode="per_call")

_ask_after_two, _do_after_two = acting(others=2)
tools_that_ask = create_agent(calls("ask_and_do", "abc"), [_ask_after_two])
batched = create_agent(calls("do", "abc"), [_do_after_two], middleware=[ASKING])
per_call = create_agent(calls("do", "abc"), [_do_after_two], middleware=[ASKING_EACH])

_ask_after_one, _ = acting(others=1)
in_one_task = hand_built(ToolNode([_ask_after_one]), calls("ask_and_do", "abc"))

_, _do_at_once = acting(others=0)
one_call = create_agent(calls("do", "a"), [_do_at_once], middleware=[ASKING])


@tool
def book(hotel: str) -> str:
    """Book."""
    interrupt(f"hold {hotel}?")
    effect(f"held {hotel}")
    die_at("between the two")
    interrupt(f"pay {hotel}?")
    effect(f"paid {hotel}")
    die_at("after both")
    return f"booked {hotel}"


asks_twice = create_agent(turns(call("book", hotel="Ritz")), [book])
