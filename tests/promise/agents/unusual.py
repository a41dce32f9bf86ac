"""Agents of kinds that are seldom thought of: LangGraph's functions, caches, tools of MCP servers and of providers."""

from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import StructuredTool, tool
from langgraph.cache.memory import InMemoryCache
from langgraph.func import entrypoint, task
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import CachePolicy, interrupt

from tests.scripted import Scripted, call, effect


@tool
def send(to: str) -> str:
    """Send a mail."""
    effect(f"send {to}")
    return f"sent to {to}"


@entrypoint()
def workflow(given: dict[str, Any]) -> Any:
    """Sends, asks, and sends again, all in one function."""
    first = send.invoke({"to": "ann"})
    answer = interrupt("And bob?")
    second = send.invoke({"to": "bob"}) if answer == "yes" else "not sent"
    return {"said": [first, second]}


@task
def mail(to: str) -> str:
    return str(send.invoke({"to": to}))


@entrypoint()
async def tasks(given: dict[str, Any]) -> Any:
    """Has tasks send, asks, and has another one send."""
    first = await mail("ann")
    answer = interrupt("And bob?")
    second = await mail("bob") if answer == "yes" else "not sent"
    return {"said": [first, second]}


def _forgetful() -> Any:
    """A graph that keeps nothing of its own, as packages put them inside nodes and tools."""

    def work(state: MessagesState) -> Any:
        return {"messages": [("ai", send.invoke({"to": "ann"}))]}

    inner = StateGraph(MessagesState).add_node("rest", lambda _: {"messages": [("ai", "rested")]})
    inner = inner.add_node("work", work).add_edge(START, "rest").add_edge("rest", "work")
    graph = inner.compile(checkpointer=False)

    def called(state: MessagesState) -> Any:
        return {"messages": graph.invoke({"messages": state["messages"]})["messages"][-1:]}

    async def awaited(state: MessagesState) -> Any:
        return {"messages": (await graph.ainvoke({"messages": state["messages"]}))["messages"][-1:]}

    return StateGraph(MessagesState).add_sequence([called, awaited]).add_edge(START, "called").compile()


forgetful = _forgetful()


def _cached() -> Any:
    """What its tools gave is kept for the same calls, whoever makes them."""
    model = Scripted(turns=[[call("send", "always the same", to="ann")]])
    builder = StateGraph(MessagesState)
    builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
    builder.add_node(
        "tools",
        ToolNode([send]),
        cache_policy=CachePolicy(key_func=lambda state: str(state["messages"][-1].tool_calls)),
    )
    builder.add_edge(START, "think")
    builder.add_conditional_edges("think", tools_condition)
    builder.add_edge("tools", "think")
    return builder.compile(cache=InMemoryCache())


cached = _cached()


async def _of_mcp(**arguments: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    effect(f"delete {arguments['path']} {arguments.get('force')}")
    return [{"type": "text", "text": f"deleted {arguments['path']}"}], {"structured_content": {"ok": True}}


delete = StructuredTool(
    name="delete",
    description="As an adapter makes it of an MCP server's tool.",
    args_schema={
        "type": "object",
        "properties": {"path": {"type": "string"}, "force": {"type": "boolean", "default": False}},
        "required": ["path"],
    },
    coroutine=_of_mcp,
    response_format="content_and_artifact",
)
of_mcp = create_agent(Scripted(turns=[[call("delete", path="a.txt"), call("delete", path="b.txt")]]), [delete])


class Provider(BaseChatModel):
    """A model whose provider runs a tool by itself: what comes back has no call to make."""

    @property
    def _llm_type(self) -> str:
        return "provider"

    def bind_tools(self, tools: Any, **_: Any) -> "Provider":  # type: ignore[override]
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        content: list[Any] = [
            {"type": "server_tool_call", "id": "s1", "name": "send", "args": {"to": "ann"}},
            {"type": "server_tool_result", "tool_call_id": "s1", "status": "success", "output": "sent"},
            {"type": "text", "text": "I searched."},
        ]
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content))])


of_provider = create_agent(Provider(), [send])
