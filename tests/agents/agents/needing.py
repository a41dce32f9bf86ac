"""Agents that bring along a context, a store, files in messages, MCP tools of their own, or their own limit."""

from dataclasses import dataclass
from typing import Annotated, Any

from langchain.agents import create_agent
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedStore
from langgraph.runtime import Runtime
from langgraph.types import interrupt
from mcp import Client
from mcp.server import MCPServer
from typing_extensions import TypedDict

from interrupt_mcp_agents.offline import OfflineModel

# A context


@dataclass
class Context:
    language: str


class Said(TypedDict, total=False):
    said: str


def say(state: Said, runtime: Runtime[Context]) -> Said:
    return {"said": {"en": "hello", "de": "hallo"}[runtime.context.language]}


talker = StateGraph(Said, context_schema=Context).add_node("say", say).add_edge(START, "say").compile()


# LangGraph's store


@tool
async def remember(what: str, store: Annotated[Any, InjectedStore()]) -> str:
    """Keep it for later."""
    await store.aput(("notes",), what, {"text": what})
    return "kept"


@tool
def recall(store: Annotated[Any, InjectedStore()]) -> str:
    """Say all that is kept."""
    found = store.search(("notes",))
    return ", ".join(sorted(i.value["text"] for i in found)) + f" in {sorted({i.namespace for i in found})}"


@tool
async def places(store: Annotated[Any, InjectedStore()]) -> str:
    """Say where things are kept."""
    return str(await store.alist_namespaces(max_depth=1))


notes = create_agent(OfflineModel(rules=[]), tools=[remember, recall, places])


# Files in messages


def look(state: MessagesState) -> dict[str, Any]:
    blocks: Any = state["messages"][-1].content
    return {"messages": [("ai", f"{blocks[1]['type']} of {len(blocks[1]['base64'])} characters")]}


eye = StateGraph(MessagesState).add_node("look", look).add_edge(START, "look").compile()


# MCP tools

server = MCPServer("files", version="1")


@server.tool()
def delete(path: str) -> str:
    return f"deleted {path}"


@tool
async def delete_file(path: str) -> str:
    """Delete a file through an MCP server of the agent's own."""
    interrupt({"action": "delete_file", "path": path})
    async with Client(server) as client:
        result = await client.call_tool("delete", {"path": path})
    return str(result.content[0].text)  # type: ignore[union-attr]


files = create_agent(OfflineModel(rules=[]), tools=[delete_file])


# A limit


class Count(TypedDict, total=False):
    count: int


builder = StateGraph(Count)
builder.add_node("again", lambda state: {"count": state.get("count", 0) + 1})
builder.add_edge(START, "again")
builder.add_edge("again", "again")
looper = builder.compile().with_config({"recursion_limit": 7, "tags": ["mine"]})
