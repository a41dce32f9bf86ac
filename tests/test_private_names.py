"""Private names of libraries that others than the gate rely on: each is there, and does what it is relied on for."""

import asyncio
import atexit
import inspect
import uuid
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.base import id as ids
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import NodeInterrupt
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel._loop import PregelLoop
from langgraph.store.sqlite.aio import AsyncSqliteStore
from mcp.server.mcpserver import MCPServer
from mcp.server.session import ServerSession
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.dispatcher import CallOptions

from interrupt_mcp.execution import durability

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_checkpoints_are_numbered_on_from_the_last_number_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    far = uuid.UUID(str(ids.uuid6())).time + 10**9
    monkeypatch.setattr(ids, "_last_v6_timestamp", far)
    first, second = ids.uuid6(), ids.uuid6()
    assert ids._last_v6_timestamp is not None
    assert ids._last_v6_timestamp > far
    assert str(first) < str(second)


async def test_langgraphs_store_for_agents_has_a_task_of_its_own(tmp_path: Path) -> None:
    async with aiosqlite.connect(tmp_path / "store.db", isolation_level=None) as connection:
        store = AsyncSqliteStore(connection)
        await store.setup()
        await store.aput(("a",), "b", {"c": 1})
        task = store._task
        assert isinstance(task, asyncio.Task)
        task.cancel()
        await asyncio.wait([task])


def test_a_tools_functions_are_told_from_those_of_its_class() -> None:
    @tool
    def look(door: str) -> str:
        """Look."""
        return door

    assert type(look)._run is not BaseTool._run
    assert callable(BaseTool._arun)


def test_a_server_has_its_tools_and_its_lower_half_under_private_names() -> None:
    server: MCPServer[Any] = MCPServer("name")

    @server.tool()
    def look() -> str:
        return "seen"

    found = server._tool_manager.get_tool("look")
    assert found is not None
    assert found.fn is look
    assert callable(server._lowlevel_server.add_request_handler)
    assert callable(server._lowlevel_server.create_initialization_options)


def test_a_question_to_a_client_has_the_id_that_is_given() -> None:
    assert "_request_outbound" in inspect.getsource(ServerSession.__init__)
    assert "request_id" in CallOptions.__annotations__


def test_sessions_over_http_are_known_by_id_and_can_be_discarded() -> None:
    server: MCPServer[Any] = MCPServer("name")
    manager = StreamableHTTPSessionManager(server._lowlevel_server)
    assert manager._server_instances == {}
    assert manager._session_owners == {}
    assert asyncio.iscoroutinefunction(manager._discard_session)


@pytest.mark.parametrize("door", ["invoke", "ainvoke"])
async def test_a_graph_without_checkpoints_fails_under_sync_durability_unless_it_is_helped(
    monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    """Once LangGraph runs it by itself, `execution/durability.py` can go."""
    inner: Any = StateGraph(MessagesState).add_node("rest", lambda _: {}).add_edge(START, "rest")
    inner = inner.compile(checkpointer=False)

    async def work(state: MessagesState) -> Any:
        return await inner.ainvoke(state) if door == "ainvoke" else inner.invoke(state)

    outer: Any = StateGraph(MessagesState).add_node("work", work).add_edge(START, "work")
    outer = outer.compile(checkpointer=InMemorySaver())
    monkeypatch.delattr(PregelLoop, "_put_checkpoint_fut", raising=False)
    at = {"configurable": {"thread_id": "1"}}
    with pytest.raises(AttributeError, match="_put_checkpoint_fut"):
        await outer.ainvoke({"messages": []}, at, durability="sync")
    durability.install()
    assert await outer.ainvoke({"messages": [("user", "hi")]}, at, durability="sync")


def test_what_is_to_be_done_at_exit_can_be_done_before_it() -> None:
    assert callable(atexit._run_exitfuncs)


def test_an_interrupt_that_takes_no_answer_is_known_by_its_id() -> None:
    with pytest.warns(DeprecationWarning, match="NodeInterrupt is deprecated"):
        raised = NodeInterrupt("too long")
    assert [each.id for each in raised.args[0]] == ["placeholder-id"]
