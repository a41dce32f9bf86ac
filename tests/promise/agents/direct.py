"""Agents whose code calls tools by itself: in nodes, in tools, in threads, in tool nodes that go their own way."""

import asyncio
import contextvars
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

from langchain.agents import create_agent
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from typing_extensions import TypedDict

from tests.scripted import Scripted, call, effect


@tool
def send(to: str, body: str = "hello") -> str:
    """Send a mail."""
    effect(f"send {to} {body}")
    return f"sent to {to}"


@tool
async def send_async(to: str, body: str = "hello") -> str:
    """Send a mail."""
    effect(f"send {to} {body}")
    return f"sent to {to}"


@tool
def look(what: str) -> str:
    """Look."""
    effect(f"look {what}")
    return f"saw {what}"


class State(TypedDict, total=False):
    said: Annotated[list[Any], lambda old, new: [*old, *new]]


def one_node(node: Callable[..., Any], **more: Any) -> Any:
    return StateGraph(State).add_node("node", node, **more).add_edge(START, "node").compile()


def by_invoke(state: State) -> State:
    return {"said": [send.invoke({"to": "ann"})]}


async def by_ainvoke(state: State) -> State:
    return {"said": [await send_async.ainvoke({"to": "ann"})]}


async def sync_by_ainvoke(state: State) -> State:
    return {"said": [await send.ainvoke({"to": "ann"})]}


def by_run(state: State) -> State:
    return {"said": [send.run({"to": "ann"})]}


def by_tool_call(state: State) -> State:
    found = send.invoke({"name": "send", "args": {"to": "ann"}, "id": "1", "type": "tool_call"})
    assert isinstance(found, ToolMessage)
    return {"said": [found.text]}


def by_batch(state: State) -> State:
    return {"said": send.batch([{"to": "ann"}])}


async def in_a_thread_with_context(state: State) -> State:
    return {"said": [await asyncio.to_thread(send.invoke, {"to": "ann"})]}


def in_a_pool_with_config(state: State, config: RunnableConfig) -> State:
    with ThreadPoolExecutor() as pool:
        return {"said": [pool.submit(send.invoke, {"to": "ann"}, config).result()]}


def in_a_pool_with_context(state: State) -> State:
    with ThreadPoolExecutor() as pool:
        return {"said": [pool.submit(contextvars.copy_context().run, send.invoke, {"to": "ann"}).result()]}


FOUND = {
    "by_invoke": by_invoke,
    "by_ainvoke": by_ainvoke,
    "sync_by_ainvoke": sync_by_ainvoke,
    "by_run": by_run,
    "by_tool_call": by_tool_call,
    "by_batch": by_batch,
    "in_a_thread_with_context": in_a_thread_with_context,
    "in_a_pool_with_config": in_a_pool_with_config,
    "in_a_pool_with_context": in_a_pool_with_context,
}
"""Nodes whose one call reaches the gate."""
for _name, _node in FOUND.items():
    globals()[_name] = one_node(_node)


class OwnWay(ToolNode):
    """A tool node that does all by itself."""

    async def _arun_one(self, call: Any, input_type: Any, tool_runtime: Any) -> Any:
        return await self.tools_by_name[call["name"]].ainvoke({**call, "type": "tool_call"}, tool_runtime.config)


def hand_built(node: Any, *calls: Any) -> Any:
    model = Scripted(turns=[list(calls)])
    builder = StateGraph(MessagesState)
    builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node("tools", node)
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()


own_way = hand_built(OwnWay([send, look]), call("send", to="ann"), call("look", what="a"), call("send", to="bob"))


def mail_node(state: MessagesState) -> Any:
    """The best-known tutorial's: asks, and then calls the tool, for each call of a message."""
    done = []
    last = state["messages"][-1]
    assert isinstance(last, AIMessage)
    for each in last.tool_calls:
        answer = interrupt(f"Send to {each['args']['to']}?")
        said = send.invoke(each["args"]) if answer == "yes" else "not sent"
        done.append(ToolMessage(said, tool_call_id=each["id"]))
    return {"messages": done}


tutorial = hand_built(mail_node, call("send", to="ann"), call("send", to="bob"))


@tool
def outer(to: str) -> str:
    """Calls another tool by itself."""
    effect("outer begins")
    said = send.invoke({"to": to})
    effect("outer ends")
    return f"outer: {said}"


@tool
async def outer_async(to: str) -> str:
    """Calls another tool by itself."""
    effect("outer begins")
    said = await send_async.ainvoke({"to": to})
    effect("outer ends")
    return f"outer: {said}"


inside_a_tool = create_agent(Scripted(turns=[[call("outer", to="ann")]]), [outer])
inside_an_async_tool = create_agent(Scripted(turns=[[call("outer_async", to="ann")]]), [outer_async])


def _asking(number: int, is_async: bool) -> BaseTool:
    if is_async:

        @tool(f"act_{number}")
        async def act(word: str) -> str:
            """Asks and acts."""
            answer = interrupt(f"act {number} {word}?")
            effect(f"act {number} {answer}")
            return f"{number}:{answer}"

        return act

    @tool(f"act_{number}")
    def act_sync(word: str) -> str:
        """Asks and acts."""
        answer = interrupt(f"act {number} {word}?")
        effect(f"act {number} {answer}")
        return f"{number}:{answer}"

    return act_sync


MIXED = [_asking(number, number % 2 == 0) for number in range(6)]


async def _gathers(state: State) -> State:
    order = list(MIXED)
    random.shuffle(order)
    said = await asyncio.gather(*(each.ainvoke({"word": "x"}) for each in order))
    return {"said": [sorted(said)]}


gathers = one_node(_gathers)
in_one_tool_node = hand_built(ToolNode(MIXED), *(call(f"act_{number}", word="x") for number in range(6)))


tries: list[int] = []


def _polls(state: State) -> State:
    """Raises until what it looks for is there: tried again, it must look again."""
    tries.append(1)
    seen = look.invoke({"what": "door"})
    if len(tries) % 2:
        raise ConnectionError("not yet")
    return {"said": [seen]}


polls = one_node(_polls)


def _loops(state: State) -> State:
    """Three alike calls, and questions of the node's own before, between and after."""
    answers = [interrupt("first?")]
    for _ in range(2):
        send.invoke({"to": "ann"})
    answers.append(interrupt("second?"))
    send.invoke({"to": "ann"})
    answers.append(interrupt("third?"))
    return {"said": [answers]}


loops = one_node(_loops)
