"""What agents bring along: a context, LangGraph's store, files in messages, their own MCP tools, their own limits."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Serve

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]

CONTEXT = """
    from dataclasses import dataclass
    from langgraph.graph import START, StateGraph
    from langgraph.runtime import Runtime
    from typing_extensions import TypedDict

    @dataclass
    class Context:
        language: str

    class State(TypedDict, total=False):
        said: str

    def say(state: State, runtime: Runtime[Context]) -> State:
        return {"said": {"en": "hello", "de": "hallo"}[runtime.context.language]}

    builder = StateGraph(State, context_schema=Context)
    builder.add_node("say", say)
    builder.add_edge(START, "say")
    graph = builder.compile()
"""

REMEMBERS = """
    from typing import Annotated, Any
    from langchain.agents import create_agent
    from langchain_core.tools import tool
    from langgraph.prebuilt import InjectedStore
    from langgraph.store.base import BaseStore
    from interrupt_mcp_agents.offline import OfflineModel

    @tool
    async def remember(what: str, store: Annotated[Any, InjectedStore()]) -> str:
        '''Keep it for later.'''
        await store.aput(("notes",), what, {"text": what})
        return "kept"

    @tool
    def recall(store: Annotated[Any, InjectedStore()]) -> str:
        '''Say all that is kept.'''
        found = store.search(("notes",))
        return ", ".join(sorted(i.value["text"] for i in found)) + f" in {sorted({i.namespace for i in found})}"

    @tool
    async def places(store: Annotated[Any, InjectedStore()]) -> str:
        '''Say where things are kept.'''
        return str(await store.alist_namespaces(max_depth=1))

    graph = create_agent(OfflineModel(rules=[]), tools=[remember, recall, places])
"""

SEES = """
    from langgraph.graph import START, MessagesState, StateGraph

    def look(state: MessagesState) -> dict:
        blocks = state["messages"][-1].content
        return {"messages": [("ai", f"{blocks[1]['type']} of {len(blocks[1]['base64'])} characters")]}

    builder = StateGraph(MessagesState)
    builder.add_node("look", look)
    builder.add_edge(START, "look")
    graph = builder.compile()
"""

USES_MCP = """
    import sys
    from langchain.agents import create_agent
    from langchain_core.tools import tool
    from langgraph.types import interrupt
    from mcp import Client
    from mcp.server import MCPServer
    from interrupt_mcp_agents.offline import OfflineModel

    files = MCPServer("files", version="1")

    @files.tool()
    def delete(path: str) -> str:
        return f"deleted {path}"

    @tool
    async def delete_file(path: str) -> str:
        '''Delete a file through an MCP server of the agent's own.'''
        interrupt({"action": "delete_file", "path": path})
        async with Client(files) as client:
            result = await client.call_tool("delete", {"path": path})
        return result.content[0].text

    graph = create_agent(OfflineModel(rules=[]), tools=[delete_file])
"""

LOOPS = """
    from langgraph.graph import START, StateGraph
    from typing_extensions import TypedDict

    class State(TypedDict, total=False):
        count: int

    builder = StateGraph(State)
    builder.add_node("again", lambda state: {"count": state.get("count", 0) + 1})
    builder.add_edge(START, "again")
    builder.add_edge("again", "again")
    graph = builder.compile().with_config({"recursion_limit": 7, "tags": ["mine"]})
"""


async def test_a_context_reaches_the_graph_and_one_that_does_not_fit_is_refused(
    serve: Serve, project: Project, era: str
) -> None:
    async with serve(project(talker=CONTEXT), mode=era) as door:
        run = await door.call("start_run", agent="talker", input={}, context={"language": "de"})
        refused = await door.error("start_run", agent="talker", input={}, context={"language": 5})
        needless = await door.error("start_run", agent="talker", message="hi", context={"language": "de"})
    assert run["output"] == {"said": "hallo"}
    assert refused.startswith("invalid_input: context.language")
    assert needless.startswith("invalid_input: ")


async def test_an_injected_store_keeps_items_across_threads_and_restarts(serve: Serve, project: Project) -> None:
    config = project(notes=REMEMBERS)
    async with serve(config) as door:
        await door.call("start_run", agent="notes", message='call remember {"what": "milk"}')
        await door.call("start_run", agent="notes", message='call remember {"what": "bread"}')
    async with serve(config) as door:
        run = await door.call("start_run", agent="notes", message="call recall {}")
        where = await door.call("start_run", agent="notes", message="call places {}")
    assert "bread, milk in [('notes',)]" in run["answer"]
    assert "[('notes',)]" in where["answer"]


async def test_two_projects_on_one_database_do_not_see_each_others_items(serve: Serve, project: Project) -> None:
    config = project(notes=REMEMBERS)
    settings = config.parent / "interrupt-mcp.toml"
    settings.write_text('project = "first"')
    async with serve(config) as door:
        await door.call("start_run", agent="notes", message='call remember {"what": "milk"}')
    settings.write_text('project = "second"')
    async with serve(config) as door:
        run = await door.call("start_run", agent="notes", message="call recall {}")
    assert "milk" not in run["answer"]


async def test_an_image_in_a_message_is_passed_through(serve: Serve, project: Project) -> None:
    image = {"type": "image", "base64": "A" * 400, "mime_type": "image/png"}
    message = {"role": "user", "content": [{"type": "text", "text": "what is this?"}, image]}
    async with serve(project(eye=SEES)) as door:
        run = await door.call("start_run", agent="eye", input={"messages": [message]})
    assert run["answer"] == "image of 400 characters"


async def test_an_agent_uses_mcp_tools_of_its_own_behind_an_approval(serve: Serve, project: Project) -> None:
    async with serve(project(files=USES_MCP)) as door:
        run = await door.call("start_run", agent="files", message='call delete_file {"path": "a.txt"}')
        assert run["interrupts"][0]["requests"][0]["args"] == {"path": "a.txt"}
        decision = {"type": "edit", "args": {"path": "b.txt"}}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
    assert "deleted b.txt" in run["answer"]


async def test_a_recursion_limit_set_by_the_agent_is_respected(serve: Serve, project: Project) -> None:
    async with serve(project(looper=LOOPS)) as door:
        run = await door.call("start_run", agent="looper", input={})
    assert run["status"] == "error"
    assert run["error"]["code"] == "recursion_limit"
    assert "Recursion limit of 7" in run["error"]["message"], json.dumps(run)


async def test_what_agents_are_given_is_gone_when_the_server_is(serve: Serve) -> None:
    """A task that is left to the event loop is complained about on stderr when it closes."""
    before = asyncio.all_tasks()
    async with serve() as door:
        await door.call("start_run", agent="revise_text", input={"some_text": "draft"})
    assert asyncio.all_tasks() <= before
