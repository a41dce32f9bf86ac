"""Agents with static breakpoints in graphs within: in nodes, in nodes of those, in tools, and side by side."""

import asyncio
import os
from operator import add
from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt

from tests.scripted import Scripted, call, die_at, effect


class State(TypedDict, total=False):
    done: Annotated[list[str], add]


def acting(name: str) -> Any:
    def node(state: State) -> State:
        die_at(f"in {name}")
        effect(name)
        return {"done": [name]}

    return node


def asking(state: State) -> State:
    return {"done": [str(interrupt("which?"))]}


def chain(nodes: dict[str, Any], **breakpoints: Any) -> Any:
    """The nodes, one after the other."""
    builder = StateGraph(State)
    before = START
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(before, name)
        before = name
    return builder.compile(**breakpoints)


def acts(names: str) -> dict[str, Any]:
    return {name: acting(name) for name in names}


def around(inner: Any, **breakpoints: Any) -> Any:
    return chain({"first": acting("first"), "inner": inner, "last": acting("last")}, **breakpoints)


before = around(chain(acts("abc"), interrupt_before=["b"]))
twice = around(chain(acts("abc"), interrupt_before=["b", "c"]))
after = around(chain(acts("abc"), interrupt_after=["a"]))
after_its_end = around(chain(acts("abc"), interrupt_after=["c"]))
everywhere = around(chain(acts("ab"), interrupt_before="*"))
deep = around(chain({"x": acting("x"), "deeper": chain(acts("ab"), interrupt_before=["b"]), "y": acting("y")}))
both = around(chain(acts("ab"), interrupt_before=["b"]), interrupt_before=["inner"])


def side_by_side(**nodes: Any) -> Any:
    builder = StateGraph(State)
    builder.add_node("last", acting("last"))
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(START, name)
    builder.add_edge([*nodes], "last")
    return builder.compile()


parallel = side_by_side(left=chain(acts("ab"), interrupt_before=["b"]), right=chain(acts("cd"), interrupt_before=["d"]))
beside_a_question = side_by_side(left=chain(acts("ab"), interrupt_before=["b"]), right=asking)

keeping = around(chain(acts("abc"), interrupt_before=["b"], checkpointer=True))


async def _failing(state: State) -> State:
    # The other one stands at its breakpoint by then, as far as anybody can wait for it.
    while not os.path.exists(os.environ["EFFECTS"]):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    raise RuntimeError("it fails")


beside_a_failure = side_by_side(left=chain(acts("ab"), interrupt_before=["b"]), right=_failing)

_fanned = StateGraph(State)
_fanned.add_node("each", chain(acts("ab"), interrupt_before=["b"]))
_fanned.add_conditional_edges(START, lambda _: [Send("each", {"done": []}) for _ in range(3)])
fanned = _fanned.compile()

_called = chain(acts("ab"), interrupt_before=["b"])


async def _calling(state: State) -> State:
    effect("calling")
    return {"done": (await _called.ainvoke({"done": []}))["done"]}


in_a_function = around(_calling)


@tool
async def work(name: str) -> str:
    """Work."""
    effect(f"work {name}")
    return f"worked on {name}"


_worker = create_agent(Scripted(turns=[[call("work", name="it")]]), [work], interrupt_before=["tools"])


@tool
async def delegate(to: str) -> str:
    """Have another agent do it."""
    return str((await _worker.ainvoke({"messages": [("user", "go")]}))["messages"][-1].text)


in_a_tool = create_agent(Scripted(turns=[[call("delegate", to="it")]]), [delegate])

_hidden = {"worker": _worker.ainvoke}


@tool
async def delegate_unseen(to: str) -> str:
    """Have another agent do it, which nobody sees from outside."""
    worker = getattr(__import__("tests.crash.agents.breaking", fromlist=["_hidden"]), "_" + "hidden")[to]
    return str((await worker({"messages": [("user", "go")]}))["messages"][-1].text)


in_a_tool_unseen = create_agent(Scripted(turns=[[call("delegate_unseen", to="worker")]]), [delegate_unseen])
