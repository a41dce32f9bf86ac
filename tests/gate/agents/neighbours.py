"""Agents that do several things at once, of which one breaks or hangs until it is repaired: tools, nodes, the model."""

import asyncio
from collections.abc import Awaitable, Callable
from operator import add
from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from tests.scripted import Scripted, call, effect, turns, word_of


async def act(name: str, how: str) -> str:
    effect(f"begin {name}")
    if how == "break" and not word_of("repaired"):
        raise RuntimeError("broken")
    if how == "hang" and not word_of("repaired"):
        await asyncio.sleep(60)
    effect(f"end {name}")
    return f"did {name}"


@tool
async def do(name: str, how: str) -> str:
    """Do."""
    if interrupt(f"do {name}?")["type"] != "accept":
        return "not done"
    return await act(name, how)


@tool
async def plain(name: str, how: str) -> str:
    """Do without asking."""
    return await act(name, how)


def calls(tool: str, a: str = "fine", b: str = "break", c: str = "hang") -> Scripted:
    """Return a model that calls the tool three times, and says how it is to go each time."""
    return turns(call(tool, name="a", how=a), call(tool, name="b", how=b), call(tool, name="c", how=c))


TOOLS = [do, plain]
BATCHED = HumanInTheLoopMiddleware(interrupt_on={"plain": True})
PER_CALL = HumanInTheLoopMiddleware(interrupt_on={"plain": True}, interrupt_mode="per_call")

tools_that_ask = create_agent(calls("do"), TOOLS)
batched = create_agent(calls("plain"), TOOLS, middleware=[BATCHED])
per_call = create_agent(calls("plain"), TOOLS, middleware=[PER_CALL])
two_hang = create_agent(calls("do", b="hang"), TOOLS)
hangs = create_agent(turns(call("do", name="a", how="hang")), [do])


class Failing(Scripted):
    """Fails to say what came of its calls."""

    def _generate(self, messages: list[BaseMessage], *more: Any, **named: Any) -> ChatResult:
        if len(messages) > 2 and not word_of("repaired"):
            raise ConnectionError("no model")
        return super()._generate(messages, *more, **named)


model_fails = create_agent(Failing(turns=[[call("do", name="a", how="fine")]]), [do])


class State(TypedDict, total=False):
    done: Annotated[list[str], add]


def node(name: str, how: str) -> Callable[[State], Awaitable[State]]:
    async def ask(state: State) -> State:
        answer = interrupt({"which": name})
        if answer == "bad":
            raise ValueError("bad answer")
        return {"done": [await act(f"{name} {answer}", how)]}

    return ask


def nodes(**hows: str) -> Any:
    builder = StateGraph(State)
    for name, how in hows.items():
        builder.add_node(name, node(name, how))
        builder.add_edge(START, name)
        builder.add_edge(name, END)
    return builder.compile()


two_nodes = nodes(a="fine", b="fine")
one_node_hangs = nodes(a="hang", b="fine")
