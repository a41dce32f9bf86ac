"""Graphs that raise on an answer all the same, though nothing was wrong with its shape."""

import asyncio
import os
from collections.abc import Callable
from operator import add
from typing import Annotated, Any

from asking_effects import effect
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.func import entrypoint, task
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, field_validator
from typing_extensions import TypedDict

from interrupt_mcp_agents.offline import OfflineModel


class State(TypedDict):
    answers: Annotated[list[Any], add]


class Even(BaseModel):
    number: int

    @field_validator("number")
    @classmethod
    def even(cls, number: int) -> int:
        if number % 2:
            raise ValueError(f"{number} is odd")
        return number


def age() -> int:
    return int(interrupt("How old are you?"))


def big() -> int:
    number: int = interrupt("How much?", response_schema={"type": "integer"})
    if number < 10:
        raise ValueError(f"{number} is too small")
    return number


def even() -> int:
    return interrupt("Which even number?", response_schema=Even).number


def third() -> int:
    """The first two answers are good whatever they are."""
    return len([interrupt("First?"), interrupt("Second?")]) + int(interrupt("Third?"))


def keyed() -> int:
    return int(interrupt({"question": "How old are you?"})["age"])


def graph(*nodes: tuple[str, Callable[[State], Any]]) -> StateGraph:
    builder = StateGraph(State)
    for name, node in nodes:
        builder.add_node(name, node)
        builder.add_edge(START, name)
    return builder


def worker(_state: State) -> Any:
    """Runs beside the one who asks, and is done before anybody answers."""
    effect("worked", None)
    return {"answers": ["worked"]}


def kept(ask: Callable[[], int]) -> Callable[[State], Any]:
    def node(_state: State) -> Any:
        answer = ask()
        effect("kept", answer)
        return {"answers": [answer]}

    return node


def in_node(ask: Callable[[], int]) -> Any:
    return graph(("ask", kept(ask)), ("work", worker)).compile()


def in_subgraph(ask: Callable[[], int]) -> Any:
    return graph(("inner", graph(("ask", kept(ask))).compile()), ("work", worker)).compile()


def in_called_subgraph(ask: Callable[[], int]) -> Any:
    inner = graph(("ask", kept(ask))).compile()

    async def node(_state: State) -> Any:
        return {"answers": (await inner.ainvoke({"answers": []}))["answers"]}

    return graph(("inner", node), ("work", worker)).compile()


def in_entrypoint(ask: Callable[[], int]) -> Any:
    @task
    def work() -> str:
        effect("worked", None)
        return "worked"

    @entrypoint()
    async def workflow(_given: dict[str, Any]) -> Any:
        done = await work()
        answer = ask()
        effect("kept", answer)
        return {"answers": [answer, done]}

    return workflow


def in_task(ask: Callable[[], int]) -> Any:
    @task
    def work() -> str:
        effect("worked", None)
        return "worked"

    @task
    def asked() -> int:
        answer = ask()
        effect("kept", answer)
        return answer

    @entrypoint()
    async def workflow(_given: dict[str, Any]) -> Any:
        done = await work()
        return {"answers": [await asked(), done]}

    return workflow


for place in (in_node, in_subgraph, in_called_subgraph, in_entrypoint, in_task):
    for each in (age, big, even, third, keyed):
        globals()[f"{place.__name__}_{each.__name__}"] = place(each)


def happened(what: str) -> bool:
    try:
        with open(os.environ["ASKING_EFFECTS"], encoding="utf-8") as file:
            return f'["{what}"' in file.read()
    except FileNotFoundError:
        return False


async def until(what: str) -> None:
    """Wait until something happened, and those who did it have come to their end."""
    async with asyncio.timeout(5):
        while not happened(what):
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)


async def left(_state: State) -> Any:
    answer = interrupt("Left?")
    if not isinstance(answer, int):
        await until("right")
    effect("left", int(answer))
    return {"answers": [["left", answer]]}


async def right(_state: State) -> Any:
    answer = interrupt("Right?")
    effect("right", answer)
    return {"answers": [["right", answer]]}


siblings = graph(("left", left), ("right", right), ("work", worker)).compile()


async def asks(_state: State) -> Any:
    effect("asking", None)
    return {"answers": [interrupt("Beside?")]}


async def breaks_once(_state: State) -> Any:
    if not happened("broke"):
        await until("asking")
        effect("broke", None)
        raise RuntimeError("broken pipe")
    return {"answers": ["mended"]}


async def always_breaks(_state: State) -> Any:
    await until("asking")
    raise RuntimeError("broken for good")


beside = graph(("ask", asks), ("break", breaks_once)).compile()
beside_for_good = graph(("ask", asks), ("break", always_breaks)).compile()


@tool
async def shaky(to: str) -> str:
    """Breaks the first time, once the other tool has asked."""
    if not happened("broke"):
        await until("asking")
        effect("broke", None)
        raise RuntimeError("broken pipe")
    effect("shaken", to)
    return "mended"


@tool
async def asking_tool(to: str) -> str:
    """Asks."""
    effect("asking", None)
    answer = interrupt(f"May asking_tool pay {to}?")
    effect("paid", [to, answer])
    return f"paid {to}"


tools_beside = create_agent(OfflineModel(), [shaky, asking_tool])


@tool
def fragile(to: str) -> str:
    """Does its work, then breaks."""
    answer = interrupt(f"May fragile pay {to}?")
    effect("paid", [to, answer])
    raise RuntimeError("no reply from the bank")


@tool
def unasked(to: str) -> str:
    """Does its work, then breaks."""
    effect("paid", [to])
    raise RuntimeError("no reply from the bank")


fragile_tool = create_agent(OfflineModel(), [fragile])
fragile_batched = create_agent(
    OfflineModel(), [unasked], middleware=[HumanInTheLoopMiddleware(interrupt_on={"unasked": True})]
)
fragile_per_call = create_agent(
    OfflineModel(),
    [unasked],
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"unasked": True}, interrupt_mode="per_call")],
)


@tool
def plain(to: str) -> str:
    """Pays."""
    effect("paid", to)
    return f"paid {to}"


def sometimes(request: Any) -> bool:
    """Changes its mind about `flip` once it was asked."""
    if request.tool_call["args"]["to"] != "flip":
        return True
    first = not happened("flipped")
    effect("flipped", None)
    return first


flipping = create_agent(
    OfflineModel(),
    [plain],
    middleware=[
        HumanInTheLoopMiddleware(
            interrupt_on={"plain": {"allowed_decisions": ["approve", "edit", "reject", "respond"], "when": sometimes}}
        )
    ],
)


def _routed_once(_state: State) -> str:
    if not happened("lost"):
        effect("lost", None)
        raise RuntimeError("no way")
    return "end"


_routing = StateGraph(State)
_routing.add_node("begin", lambda _state: {"answers": ["begun"]})
_routing.add_node("end", lambda _state: {"answers": ["ended"]})
_routing.add_edge(START, "begin")
_routing.add_conditional_edges("begin", _routed_once, ["end"])
routing = _routing.compile()


def _handled(_state: State) -> Any:
    raise RuntimeError(str(interrupt("Which way?")))


_handling = StateGraph(State)
_handling.add_node("ask", _handled, error_handler=lambda _state: {"answers": ["handled"]})
_handling.add_edge(START, "ask")
handling = _handling.compile()


bad_siblings = graph(("left", kept(age)), ("right", kept(keyed)), ("work", worker)).compile()
