"""A conversation does not grow with the square of its length, and its last runs can be gone back to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door, Serve
from tests.keeping.conftest import Kept, converse, sayings

pytestmark = pytest.mark.anyio


async def beginnings(door: Door, thread_id: str) -> list[dict[str, Any]]:
    """The checkpoints at which runs of the thread began, newest first."""
    found: list[dict[str, Any]] = []
    page = await door.call("get_thread", thread_id=thread_id, limit=100)
    while page["checkpoints"]:
        found += page["checkpoints"]
        page = await door.call("get_thread", thread_id=thread_id, limit=100, before=found[-1]["checkpoint_id"])
    return [checkpoint for checkpoint in found if checkpoint["source"] == "input"]


async def test_fifty_turns_of_text_take_two_megabytes_and_the_last_ten_can_be_gone_back_to(
    serve: Serve, talk: Path, kept: Kept
) -> None:
    says = sayings(50)
    async with serve(talk) as door:
        runs = await converse(door, "talk", says)
        assert runs[-1]["answer"].startswith("I have noted 50 things")
        began = await beginnings(door, "talk")
        assert len(began) == 10
        again = await door.call("rewind_thread", thread_id="talk", checkpoint_id=began[-1]["checkpoint_id"])
        assert again["answer"].startswith(f"I have noted 41 things, the last of which is {says[40][:50]}")
    assert kept.size < 2_000_000


@pytest.mark.parametrize(("keep", "begun"), [("2", 2), ("0", 8)])
async def test_as_many_runs_can_be_gone_back_to_as_the_setting_says(
    serve: Serve, talk: Path, keep: str, begun: int
) -> None:
    async with serve(talk, environ={"INTERRUPT_MCP_KEEP_CHECKPOINTS": keep}) as door:
        await converse(door, "talk", sayings(8, 20))
        assert len(await beginnings(door, "talk")) == begun


async def test_a_thread_keeps_its_state_through_runs_that_fail_before_they_begin(
    serve: Serve, project: Callable[..., Path], tmp_path: Path
) -> None:
    config = project(moody=MOODY)
    mood = {"MOOD": str(tmp_path / "bad")}
    async with serve(config, environ=mood) as door:
        await converse(door, "moody", ["Hello", "again"], "t")
        (tmp_path / "bad").touch()
        for _ in range(14):
            run = await door.call("start_run", agent="moody", message="Lost", thread_id="t")
            assert run["status"] == "error"
        (tmp_path / "bad").unlink()
        run = await door.call("start_run", agent="moody", message="And now?", thread_id="t")
        assert run["answer"].startswith("Hello again")


MOODY = """
    import os
    from pathlib import Path
    from langgraph.graph import START, MessagesState, StateGraph

    BAD = Path(__file__).parents[1] / "bad"

    def think(state):
        if BAD.exists():
            raise RuntimeError("not now")
        return {"messages": [("ai", " ".join(m.text for m in state["messages"] if m.type == "human"))]}

    graph = StateGraph(MessagesState).add_node("think", think).add_edge(START, "think").compile()
"""


COUNTING = """
    from typing import Annotated, TypedDict
    from langgraph.graph import START, MessagesState, StateGraph

    class Count(TypedDict):
        seen: Annotated[int, lambda old, new: old + new]

    class Whole(MessagesState):
        seen: int

    inner = StateGraph(Count).add_node("count", lambda state: {"seen": 1}).add_edge(START, "count")
    counter = inner.compile(checkpointer=True)

    def often(state):
        return "counter" if state["messages"][-1].text == "count" else "say"

    def say(state):
        return {"messages": [("ai", str(state.get("seen", 0)))]}

    def count(state):
        return {"seen": counter.invoke({"seen": 0})["seen"]}

    builder = StateGraph(Whole)
    builder.add_node("counter", count)
    builder.add_node("say", say)
    builder.add_conditional_edges(START, often, ["counter", "say"])
    builder.add_edge("counter", "say")
    graph = builder.compile()
"""


async def test_a_subgraph_that_remembers_keeps_what_it_learnt_long_ago(
    serve: Serve, project: Callable[..., Path]
) -> None:
    async with serve(project(counting=COUNTING)) as door:
        says = ["count", "count", *["something else"] * 14, "count"]
        runs = await converse(door, "counting", says, "t")
        assert [runs[0]["answer"], runs[1]["answer"], runs[-1]["answer"]] == ["1", "2", "3"]


DELTA = """
    from typing import Annotated, TypedDict
    from langgraph.channels.delta import DeltaChannel
    from langgraph.graph import START, StateGraph
    from langgraph.graph.message import _messages_delta_reducer

    class State(TypedDict):
        messages: Annotated[list, DeltaChannel(_messages_delta_reducer)]

    def think(state):
        return {"messages": [("ai", str(sum(m.type == "human" for m in state["messages"])))]}

    graph = StateGraph(State).add_node("think", think).add_edge(START, "think").compile()
"""


async def test_a_thread_whose_checkpoints_build_on_each_other_is_left_alone(
    serve: Serve, project: Callable[..., Path], kept: Kept
) -> None:
    async with serve(project(delta=DELTA)) as door:
        runs = await converse(door, "delta", sayings(14, 30), "t")
        assert runs[-1]["answer"] == "14"
        assert len(await beginnings(door, "t")) == 14


ASKING = """
    from langgraph.graph import START, MessagesState, StateGraph
    from langgraph.types import interrupt

    def ask(state):
        if state["messages"][-1].text == "ask":
            return {"messages": [("ai", str(interrupt("Well?")))]}
        return {"messages": [("ai", "fine")]}

    graph = StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile()
"""


async def test_what_was_asked_long_ago_but_within_the_last_runs_can_be_asked_again(
    serve: Serve, project: Callable[..., Path]
) -> None:
    async with serve(project(asking=ASKING)) as door:
        run = await door.call("start_run", agent="asking", message="ask", thread_id="t")
        decided = {"decisions": [{"type": "respond", "value": "first"}]}
        await door.call("resume_run", run_id=run["run_id"], **decided)
        await converse(door, "asking", ["go on"] * 9, "t")
        page = await door.call("get_thread", thread_id="t", limit=100)
        (asked,) = [checkpoint for checkpoint in page["checkpoints"] if checkpoint["interrupts"]]
        again = await door.call("rewind_thread", thread_id="t", checkpoint_id=asked["checkpoint_id"])
        assert again["status"] == "interrupted"
        run = await door.call("resume_run", run_id=again["run_id"], decisions=[{"type": "respond", "value": "second"}])
        assert run["answer"] == "second"


FETCHING = """
    import random
    from langchain_core.tools import tool
    from langgraph.graph import START, MessagesState, StateGraph

    @tool
    def fetch(page: str) -> str:
        \"\"\"Fetch a page.\"\"\"
        return random.randbytes(50_000).hex()

    def read(state):
        return {"messages": [("ai", f"It has {len(fetch.invoke({'page': 'home'}))} letters")]}

    graph = StateGraph(MessagesState).add_node("read", read).add_edge(START, "read").compile()
"""


async def test_what_a_node_fetches_by_itself_is_not_kept_once_its_run_is_over(
    serve: Serve, project: Callable[..., Path], kept: Kept
) -> None:
    async with serve(project(fetching=FETCHING)) as door:
        runs = await converse(door, "fetching", sayings(30, 30), "t")
    assert runs[-1]["answer"] == "It has 100000 letters"
    assert kept.size < 1_000_000
