"""A copy of a thread is no way round a person: what was decided on the thread it was made of is behind it too."""

from typing import Any

import pytest

from tests.conftest import Serve
from tests.people.person import Person, fill_in
from tests.threads.past import before

pytestmark = pytest.mark.anyio
YES = fill_in("respond", value_json="yes")
HUMAN = {"INTERRUPT_MCP_APPROVER": "human"}
ASKS_THEN_ACTS = """
import os
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing import TypedDict

class State(TypedDict, total=False):
    go: str

class Settings(TypedDict, total=False):
    tone: str

def ask(state):
    return {"go": interrupt("Shall I?")}

def act(state):
    with open(os.environ["EFFECTS"], "a") as file:
        file.write(f"{state.get('go')}\\n")
    return {}

made = StateGraph(State, Settings).add_node("ask", ask).add_node("act", act)
graph = made.add_edge(START, "ask").add_edge("ask", "act").compile()
"""


@pytest.mark.parametrize("copies", [1, 2])
async def test_a_copy_made_behind_a_decision_does_not_make_it_count_again(
    serve: Serve, project: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, copies: int
) -> None:
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    config = project(asks=ASKS_THEN_ACTS)
    async with serve(config, environ=HUMAN, elicitation_callback=Person(otherwise=YES)) as door:
        run = await door.call("start_run", agent="asks", input={"go": "?"})
        assert run["status"] == "success"
    async with serve(config, environ=HUMAN) as door:
        point = await before(door, run["thread_id"], "act")
        there = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=point)
        copy = {"thread_id": run["thread_id"]}
        for _ in range(copies):
            copy = await door.call("fork_thread", thread_id=copy["thread_id"], checkpoint_id=point)
            point = await before(door, copy["thread_id"], "act")
        here = await door.error("rewind_thread", thread_id=copy["thread_id"], checkpoint_id=point)
    assert {text.partition(":")[0] for text in (there, here)} == {"needs_human"}
    assert (tmp_path / "effects").read_text() == "yes\n"


@pytest.mark.parametrize("given", [{}, {"go": "?"}])
async def test_a_start_on_a_copy_begins_anew_whatever_its_context_calls_itself(
    serve: Serve, project: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]
) -> None:
    monkeypatch.setenv("EFFECTS", str(tmp_path / "effects"))
    config = project(asks=ASKS_THEN_ACTS)
    start = {"agent": "asks", "input": given or {"go": "?"}, "context": {"run_id": "same"}}
    async with serve(config, environ=HUMAN, elicitation_callback=Person(otherwise=YES)) as door:
        run = await door.call("start_run", **start)
        assert run["status"] == "success"
    async with serve(config, environ=HUMAN) as door:
        point = await before(door, run["thread_id"], "act")
        copy = await door.call("fork_thread", thread_id=run["thread_id"], checkpoint_id=point)
        await door.client.call_tool("start_run", {**start, "input": given, "thread_id": copy["thread_id"]})
    assert (tmp_path / "effects").read_text() == "yes\n"
