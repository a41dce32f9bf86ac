"""Agents of every kind whose acts are counted: each act has a key of its own, and leaves a line in the file of EFFECTS.

What they are to do is in the message, as JSON: `{"turns": [[key, …], …]}`, or in `keys` of their state.
"""

import asyncio
import json
import os
import random
import time
from collections.abc import Sequence
from operator import add
from typing import Annotated, Any, TypedDict

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt

from interrupt_mcp import Rejected, sensitive
from tests.scripted import told

AMOUNT = 1
"""What the agents ask for; whoever edits chooses another."""
ALL_OVER = 3
"""Nodes side by side in the agents that call no tools."""
_LONGEST, _LINGERING = 0.08, 3.0
"""Seconds; how many of the acts linger is in `LINGER`."""


def did(key: str, amount: int) -> str:
    """Act, and say so."""
    line = json.dumps({"key": key, "amount": amount, "pid": os.getpid()})
    file = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)
    return f"did {key}"


def _moment() -> float:
    longest = _LINGERING if random.random() < float(os.environ.get("LINGER", "0")) else _LONGEST
    return random.random() * longest


async def act(key: str, amount: int) -> str:
    """Somewhere between the beginning and the end of this, the process may be killed."""
    await asyncio.sleep(_moment())
    said = did(key, amount)
    await asyncio.sleep(_moment())
    return said


def act_now(key: str, amount: int) -> str:
    """The same in a thread that nobody can stop."""
    time.sleep(_moment())
    said = did(key, amount)
    time.sleep(_moment())
    return said


class Planned(BaseChatModel):
    """Calls its tools in turn for the keys that the last message of a person names; in the end says what came of it."""

    names: list[str]

    @property
    def _llm_type(self) -> str:
        return "planned"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> "Planned":  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        asked = max(at for at, message in enumerate(messages) if isinstance(message, HumanMessage))
        turns = json.loads(messages[asked].text)["turns"]
        said = sum(isinstance(message, AIMessage) for message in messages[asked:])
        if said == len(turns):
            return _generation(AIMessage(told(messages)))
        return _generation(AIMessage("", tool_calls=[self._call(n, key) for n, key in enumerate(turns[said])]))

    def _call(self, number: int, key: str) -> ToolCall:
        name = self.names[number % len(self.names)]
        return ToolCall(name=name, args={"key": key, "amount": AMOUNT}, id=f"call-{key}", type="tool_call")


def _generation(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


def _refused(answer: object) -> str | None:
    return None if isinstance(answer, dict) and answer.get("type") == "accept" else f"not done: {answer}"


@tool
async def ask_and_pay(key: str, amount: int) -> str:
    """Ask, and pay."""
    return _refused(interrupt({"action": "ask_and_pay"})) or await act(key, amount)


@tool
def ask_and_wire(key: str, amount: int) -> str:
    """Ask, and wire money, in a thread."""
    return _refused(interrupt(f"wire {amount}?")) or act_now(key, amount)


@tool
@sensitive
async def send(key: str, amount: int) -> str:
    """Send."""
    return await act(key, amount)


@tool
async def pay(key: str, amount: int) -> str:
    """Pay."""
    return await act(key, amount)


@tool
def wire(key: str, amount: int) -> str:
    """Wire money."""
    return act_now(key, amount)


@tool
async def ask_and_fail(key: str, amount: int) -> str:
    """Ask, act, and every other time not know what came of it."""
    return _refused(interrupt(f"risk {amount}?")) or _or_fail(await act(key, amount))


@tool
def risk(key: str, amount: int) -> str:
    """The same in a thread, asked about by a middleware."""
    return _or_fail(act_now(key, amount))


def _or_fail(said: str) -> str:
    if random.random() < 0.5:
        raise ConnectionError("no answer came back")
    return said


@sensitive
async def charge(key: str, amount: int) -> str:
    """Charge."""
    return await act(key, amount)


@tool
async def order(key: str, amount: int) -> str:
    """Ask, charge, which is asked about by itself, and order."""
    if said := _refused(interrupt(f"order {amount}?")):
        return said
    charged = await charge(f"{key}.f", AMOUNT)
    return f"{charged} {await act(key, amount)}"


def _guard(mode: str) -> Any:
    return HumanInTheLoopMiddleware(interrupt_on=dict.fromkeys(["pay", "wire", "risk"], True), interrupt_mode=mode)


def _asking() -> Any:
    return create_agent(Planned(names=["ask_and_pay", "ask_and_wire", "send"]), [ask_and_pay, ask_and_wire, send])


def _guarded(mode: str) -> Any:
    return create_agent(Planned(names=["pay", "wire"]), [pay, wire], middleware=[_guard(mode)])


def _by_hand() -> Any:
    """All calls of a message in one task."""
    model = Planned(names=["ask_and_pay", "send", "ask_and_wire"])
    builder = StateGraph(MessagesState)
    builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node("tools", ToolNode([ask_and_pay, send, ask_and_wire]))
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile()


def _handing_on(inner: Any) -> Any:
    """An agent, one of whose tools is another agent."""

    @tool
    async def delegate(key: str, amount: int) -> str:
        """Have another agent do it."""
        keys = [f"{key}.x", f"{key}.y"]
        said = await inner.ainvoke({"messages": [("user", json.dumps({"turns": [keys]}))]})
        return str(said["messages"][-1].text)

    return create_agent(Planned(names=["delegate", "ask_and_pay"]), [delegate, ask_and_pay])


def _handing_to_a_thread(inner: Any) -> Any:
    """The same, where the other agent runs in a thread, synchronously."""

    @tool
    async def delegate(key: str, amount: int) -> str:
        """Have another agent do it."""
        keys = [f"{key}.x", f"{key}.y"]
        said = await asyncio.to_thread(inner.invoke, {"messages": [("user", json.dumps({"turns": [keys]}))]})
        return str(said["messages"][-1].text)

    return create_agent(Planned(names=["delegate", "ask_and_wire"]), [delegate, ask_and_wire])


def _supervising(inner: Any) -> Any:
    """A tool that is decided itself, then has another agent work, and acts in the end."""

    @tool
    async def supervise(key: str, amount: int) -> str:
        """Ask, have another agent do two things, and do one more."""
        if said := _refused(interrupt(f"supervise {amount}?")):
            return said
        given = json.dumps({"turns": [[f"{key}.x"], [f"{key}.y"]]})
        found = await inner.ainvoke({"messages": [("user", given)]})
        texts = " ".join(str(message.text) for message in found["messages"])
        return f"{texts} {await act(key, amount)}"

    return create_agent(Planned(names=["supervise"]), [supervise])


class State(TypedDict, total=False):
    keys: list[str]
    done: Annotated[list[str], add]


def _side_by_side(work: Any) -> Any:
    builder = StateGraph(State)
    for number in range(ALL_OVER):
        builder.add_node(f"node{number}", work(number))
        builder.add_edge(START, f"node{number}")
    return builder.compile()


def _plain(number: int) -> Any:
    async def node(state: State) -> dict[str, Any]:
        if number >= len(state["keys"]):
            return {}
        key = state["keys"][number]
        answer = interrupt({"key": key})
        if not answer["do"]:
            return {"done": [f"not done: {answer}"]}
        return {"done": [await act(key, AMOUNT)]}

    return node


@sensitive
async def dispatch(key: str, amount: int) -> str:
    """Dispatch."""
    return await act(key, amount)


def _calling(number: int) -> Any:
    async def node(state: State) -> dict[str, Any]:
        done = []
        for key in state["keys"][number::ALL_OVER]:
            try:
                done.append(str(await dispatch(key, AMOUNT)))
            except Rejected as no:
                done.append(f"not done: {no}")
        return {"done": done}

    return node


asks = _asking()
by_hand = _by_hand()
batched = _guarded("batched")
per_call = _guarded("per_call")
inside_asks = _handing_on(_asking())
inside_batched = _handing_on(_guarded("batched"))
inside_thread = _handing_to_a_thread(create_agent(Planned(names=["ask_and_wire"]), [ask_and_wire]))
supervised = _supervising(_guarded("batched"))
ordering = create_agent(Planned(names=["order"]), [order])
failing = create_agent(Planned(names=["ask_and_fail", "risk"]), [ask_and_fail, risk], middleware=[_guard("batched")])
plain = _side_by_side(_plain)
function = _side_by_side(_calling)

TALKING = (
    *("asks", "by_hand", "batched", "per_call", "inside_asks", "inside_batched"),
    *("inside_thread", "supervised", "ordering", "failing"),
)
SILENT = ("plain", "function")
"""Agents without messages: what they are to do is in their state."""
