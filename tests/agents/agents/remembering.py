"""An agent that keeps things and finds them by what they mean, and one that does not touch its memory."""

from typing import Annotated, Any

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, StateGraph
from langgraph.prebuilt import InjectedStore
from langgraph.store.base import BaseStore
from typing_extensions import TypedDict

from interrupt_mcp_agents.offline import OfflineModel

Memory = Annotated[Any, InjectedStore()]


@tool
async def keep(key: str, text: str, store: Memory, note: str = "") -> str:
    """Keep a text."""
    await store.aput(("texts",), key, {"text": text, "note": note})
    return "kept"


@tool
async def find(query: str, store: Memory) -> str:
    """Say what is nearest to the query, the nearest first."""
    found = await store.asearch(("texts",), query=query)
    return ", ".join(f"{each.key} {each.score:.3f}" for each in found)


@tool
def find_in_a_thread(query: str, store: Memory) -> str:
    """Say what is nearest to the query, from a function that is not asynchronous."""
    return ", ".join(each.key for each in store.search(("texts",), query=query))


@tool
async def count(store: Memory) -> str:
    """Say how much is kept."""
    return f"{len(await store.asearch(('texts',)))} kept"


memory = create_agent(OfflineModel(rules=[]), tools=[keep, find, find_in_a_thread, count])


class Text(TypedDict, total=False):
    text: str


def shout(state: Text, store: BaseStore) -> Text:
    return {"text": state["text"].upper()}


shouter = StateGraph(Text).add_node("shout", shout).add_edge(START, "shout").compile()
