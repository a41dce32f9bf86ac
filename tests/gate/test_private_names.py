"""Every name of LangGraph's that is not public and that the server relies on, and what breaks without it."""

import inspect
from asyncio import CancelledError
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph._internal import _constants as names
from langgraph._internal._scratchpad import PregelScratchpad
from langgraph.checkpoint.base import WRITES_IDX_MAP
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde import types as channels
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer, _create_msgpack_ext_hook
from langgraph.errors import GraphBubbleUp, GraphInterrupt, ParentCommand, UnknownInterruptError
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, ToolRuntime
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.pregel._retry import _reset_interrupt_counter
from langgraph.types import Command, _interrupt_id, interrupt

from interrupt_mcp.effects.doors import install
from interrupt_mcp.execution.advance import STRICT

pytestmark = pytest.mark.anyio

PINNED = {
    "scratchpad": (
        names.CONFIG_KEY_SCRATCHPAD,
        "__pregel_scratchpad",
        "calls of one task would get each other's answers",
    ),
    "send": (names.CONFIG_KEY_SEND, "__pregel_send", "answers that a later call of the task had would not be saved"),
    "resume": (names.RESUME, "__resume__", "answers of a task that raised would be kept, and its thread stuck"),
    "saved resume": (
        channels.RESUME,
        "__resume__",
        "answers of a task that raised would be kept, and its thread stuck",
    ),
    "saved error": (channels.ERROR, "__error__", "a task that failed once would look failed after it went on"),
    "saved interrupt": (
        channels.INTERRUPT,
        "__interrupt__",
        "questions of agents inside tools would not be told apart",
    ),
    "what is sent": (
        names.TASKS + names.PUSH,
        "__pregel_tasks__pregel_push",
        "a breakpoint before tools would not show their calls",
    ),
    "no writes": (
        names.NO_WRITES,
        "__no_writes__",
        "a node that is taken as done, and changed nothing, would run again",
    ),
    "checkpointer": (
        names.CONFIG_KEY_CHECKPOINTER,
        "__pregel_checkpointer",
        "a breakpoint of a graph within would be skipped after a crash",
    ),
    "separators": (
        names.NS_SEP + names.NS_END,
        "|:",
        "a breakpoint of a graph within would be skipped after a crash",
    ),
    "strict": (names.CONFIG_KEY_STRICT_RESUME, STRICT, "answers to questions that are gone would be ignored silently"),
}


@dataclass
class PinnedType:
    x: int


def scratchpad(answers: list[Any]) -> PregelScratchpad:
    counters = {name: lambda: 0 for name in ("call_counter", "interrupt_counter", "subgraph_counter")}
    return PregelScratchpad(step=0, stop=0, get_null_resume=lambda _: None, resume=answers, **counters)


@pytest.mark.parametrize("name", PINNED)
def test_names_of_channels_and_config_keys(name: str) -> None:
    found, expected, breaks = PINNED[name]
    assert found == expected, f"Otherwise {breaks}."


def test_ids_of_interrupts_are_made_from_the_namespace_and_the_number_of_answers() -> None:
    ids = [_interrupt_id(ns, n) for ns in ("tools:1", "tools:2") for n in range(3)]
    assert len(set(ids)) == 6, "Otherwise the decision about one call would be taken for another's."
    assert ids == [_interrupt_id(ns, n) for ns in ("tools:1", "tools:2") for n in range(3)]


def test_fixed_places_of_control_writes() -> None:
    """Otherwise a question that is asked again would not replace the one before, and both would look pending."""
    assert {channels.ERROR, channels.INTERRUPT, channels.RESUME} <= WRITES_IDX_MAP.keys()


def test_the_scratchpad_can_be_replaced_with_counters_of_our_own() -> None:
    """Otherwise a call that is skipped, or comes earlier than before, would take another call's answer."""
    assert is_dataclass(PregelScratchpad)
    assert {"interrupt_counter", "subgraph_counter", "resume"} <= {f.name for f in fields(PregelScratchpad)}


def test_another_try_of_a_node_has_another_scratchpad() -> None:
    """Otherwise calls that a retried node makes again would look like further calls with the same ids."""
    pad = scratchpad([])
    config: Any = {"configurable": {names.CONFIG_KEY_SCRATCHPAD: pad}}
    assert _reset_interrupt_counter(config)["configurable"][names.CONFIG_KEY_SCRATCHPAD] is not pad


@pytest.mark.parametrize("step", [ToolNode._execute_tool_async, ToolNode._execute_tool_sync])
def test_the_last_step_before_a_tool(step: Any) -> None:
    """Otherwise the gate would not be called, or with something else than the call."""
    install()
    original = inspect.unwrap(step)
    assert list(inspect.signature(original).parameters) == ["self", "request", "input_type", "config"]


def test_what_a_tool_node_hands_to_the_last_step() -> None:
    """Otherwise the gate could not give the tool edited arguments, or its own answers."""
    assert {"tool_call", "tool", "state", "runtime"} == {f.name for f in fields(ToolCallRequest)}
    assert "config" in {f.name for f in fields(ToolRuntime)}
    assert ToolNode([], messages_key="talk")._messages_key == "talk"


@pytest.mark.parametrize("name", ["wrap_tool_call", "awrap_tool_call"])
def test_what_a_tool_node_has_around_its_calls(name: str) -> None:
    """Otherwise calls would be asked about as the message has them, and come as a wrapper made them."""

    def wrap(request: Any, execute: Any) -> Any:
        return execute(request)

    found: Any = {name: wrap}
    assert getattr(ToolNode([]), f"_{name}") is None
    assert getattr(ToolNode([], **found), f"_{name}") is wrap


def test_which_calls_a_tool_node_makes() -> None:
    """Otherwise calls that other tasks make would be asked about in this one, or those of this one by themselves."""
    made: Any = [{"name": "look", "args": {}, "id": id_, "type": "tool_call"} for id_ in "ab"]
    message, node = AIMessage("", tool_calls=made), ToolNode([])
    for given, kind in (({"messages": [message]}, "dict"), ([message], "list")):
        assert node._parse_input(given) == (message.tool_calls, kind)
    sent: Any = {"__type": "tool_call_with_context", "tool_call": made[1], "state": {"messages": [message]}}
    assert node._parse_input(sent) == ([made[1]], "tool_calls")
    assert node._parse_input(made) == (made, "tool_calls")


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("drive", ["invoke", "ainvoke"])
async def test_all_ways_to_a_tool_end_in_the_last_step(
    wrapped: bool, drive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise calls would go past the gate."""
    passed = []

    @tool
    def look() -> str:
        """Look."""
        return "looked"

    for name in ("_execute_tool_async", "_execute_tool_sync"):
        original = getattr(ToolNode, name)

        def watched(*given: Any, original: Any = original, name: str = name) -> Any:
            passed.append(name)
            return original(*given)

        monkeypatch.setattr(ToolNode, name, watched)

    async def awrap(request: Any, execute: Any) -> Any:
        return await execute(request)

    node = ToolNode([look], wrap_tool_call=lambda r, e: e(r), awrap_tool_call=awrap) if wrapped else ToolNode([look])
    builder = StateGraph(MessagesState)
    builder.add_node("tools", node)
    builder.add_edge(START, "tools")
    graph: Any = builder.compile()
    given = {"messages": [AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}])]}
    output = await graph.ainvoke(given) if drive == "ainvoke" else graph.invoke(given)
    assert output["messages"][-1].text == "looked"
    assert passed == ["_execute_tool_async" if drive == "ainvoke" else "_execute_tool_sync"]


def test_what_bubbles_up_is_no_failure() -> None:
    """Otherwise an agent's retries and error handling would swallow that a call must be asked about first."""
    assert issubclass(GraphInterrupt, GraphBubbleUp)
    assert issubclass(ParentCommand, GraphBubbleUp)
    handled = inspect.getsource(ToolNode._arun_one)
    assert handled.index("except GraphBubbleUp") < handled.index("except Exception")


async def test_strict_resume_refuses_what_is_not_pending() -> None:
    def ask(state: MessagesState) -> dict[str, Any]:
        return {"messages": [str(interrupt("?"))]}

    builder = StateGraph(MessagesState)
    builder.add_node("ask", ask)
    builder.add_edge(START, "ask")
    graph: Any = builder.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1", STRICT: True}}
    await graph.ainvoke({"messages": []}, config)
    with pytest.raises(UnknownInterruptError):
        await graph.ainvoke(Command(resume={"0" * 32: "an answer to nothing"}), config)


async def test_a_node_that_is_cut_off_by_another_one_says_so_in_its_checkpoint() -> None:
    """Otherwise a decision whose node was only cut off would be asked for again."""
    import asyncio

    async def fail(state: MessagesState) -> None:
        await asyncio.sleep(0)
        raise ValueError("no")

    async def hang(state: MessagesState) -> None:
        await asyncio.sleep(60)

    builder = StateGraph(MessagesState)
    for node in (fail, hang):
        builder.add_node(node.__name__, node)
        builder.add_edge(START, node.__name__)
    graph: Any = builder.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    with pytest.raises(ValueError, match="no"):
        await graph.ainvoke({"messages": []}, config)
    errors = {task.name: str(task.error) for task in (await graph.aget_state(config)).tasks}
    assert errors["hang"].startswith(CancelledError.__name__)
    assert not errors["fail"].startswith(CancelledError.__name__)


def test_replacing_keeps_the_answers() -> None:
    """Otherwise an answer given to one call would be missing in the list that the others save."""
    answers: list[Any] = []
    pad = scratchpad(answers)
    assert replace(pad, interrupt_counter=lambda: 1).resume is answers


def test_the_serializer_asks_a_container_whether_a_type_is_allowed() -> None:
    """Otherwise values of an agent's own types would come back as plain data, or those of any type as themselves."""
    asked: list[object] = []

    class Allowed:
        def __contains__(self, key: object) -> bool:
            asked.append(key)
            return False

    hook = _create_msgpack_ext_hook(Allowed())  # type: ignore[arg-type]
    reader = JsonPlusSerializer(__unpack_ext_hook__=hook)
    assert reader.loads_typed(reader.dumps_typed(PinnedType(1))) == {"x": 1}
    assert asked == [(PinnedType.__module__, "PinnedType")]
