"""One of several fails: what was decided about the others holds, and only what may have happened is asked about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Serve
from tests.gate.conftest import Effects, decision

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]

TOOLS = '''
import asyncio
from pathlib import Path
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import interrupt
from typing import Annotated, TypedDict
from operator import add
from tests.scripted import Scripted, call, effect

repaired = Path(__file__).with_name("repaired")

async def act(name, how):
    effect(f"begin {name}")
    if how == "break" and not repaired.exists():
        raise RuntimeError("broken")
    if how == "hang" and not repaired.exists():
        await asyncio.sleep(60)
    effect(f"end {name}")
    return f"did {name}"

@tool
async def do(name: str, how: str) -> str:
    """Do."""
    if interrupt(f"do {name}?")["type"] != "accept":
        return "not done"
    return await act(name, how)

@tool
async def plain(name: str, how: str) -> str:
    """Do without asking."""
    return await act(name, how)

CALLS = [call("TOOL", name="a", how="fine"), call("TOOL", name="b", how="break"), call("TOOL", name="c", how="hang")]
'''
WAYS = {
    "tools that ask": TOOLS.replace("TOOL", "do") + "graph = create_agent(Scripted(turns=[CALLS]), [do, plain])\n",
    "batched": TOOLS.replace("TOOL", "plain")
    + 'asking = HumanInTheLoopMiddleware(interrupt_on={"plain": True})\n'
    + "graph = create_agent(Scripted(turns=[CALLS]), [do, plain], middleware=[asking])\n",
    "per call": TOOLS.replace("TOOL", "plain")
    + 'asking = HumanInTheLoopMiddleware(interrupt_on={"plain": True}, interrupt_mode="per_call")\n'
    + "graph = create_agent(Scripted(turns=[CALLS]), [do, plain], middleware=[asking])\n",
}


def all_requests(run: dict[str, Any]) -> dict[str, tuple[dict[str, Any], int]]:
    return {
        request["args"]["name"]: (interrupt, request["index"])
        for interrupt in run["interrupts"]
        for request in interrupt["requests"]
    }


@pytest.mark.parametrize("way", WAYS)
async def test_only_the_call_that_failed_and_the_one_it_cut_off_are_in_doubt(
    serve: Serve, project: Project, effects: Effects, way: str
) -> None:
    config = project(desk=WAYS[way])
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        asked = all_requests(run)
        words = [decision(interrupt, "accept", index=index) for interrupt, index in asked.values()]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
        doubts = all_requests(run)
        assert run["status"] == "interrupted"
        assert run["error"]["code"] == "agent_error"
        assert set(doubts) == {"b", "c"}
        assert {i["status"] for i, _ in doubts.values()} == {"unknown_outcome"}
        assert all(doubts[name][0]["interrupt_id"] == asked[name][0]["interrupt_id"] for name in doubts)
        assert effects.lines.count("end a") == 1
        config.with_name("repaired").touch()
        words = [
            decision(doubts["b"][0], "accept", index=doubts["b"][1]),
            decision(doubts["c"][0], "respond", index=doubts["c"][1], value="c was done"),
        ]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
    assert run["status"] == "success"
    assert sorted(line for line in effects if line.startswith("end")) == ["end a", "end b"]
    assert [line for line in effects if line == "begin c"] == ["begin c"]
    assert run["answer"].splitlines() == ["success: did a", "success: did b", "success: c was done"]


NODES = """
class State(TypedDict, total=False):
    done: Annotated[list[str], add]

def node(name, how):
    async def ask(state):
        answer = interrupt({"which": name})
        if answer == "bad":
            raise ValueError("bad answer")
        return {"done": [await act(f"{name} {answer}", how)]}
    return ask

builder = StateGraph(State)
for name, how in HOWS.items():
    builder.add_node(name, node(name, how))
    builder.add_edge(START, name)
    builder.add_edge(name, END)
graph = builder.compile()
"""


def nodes(**hows: str) -> str:
    return TOOLS + f"HOWS = {hows!r}" + NODES


async def test_a_node_that_raises_on_its_answer_is_asked_again_and_the_other_answer_holds(
    serve: Serve, project: Project, effects: Effects
) -> None:
    async with serve(project(desk=nodes(a="fine", b="fine"))) as door:
        run = await door.call("start_run", agent="desk", input={"done": []})
        by_name = {i["value"]["which"]: i for i in run["interrupts"]}
        words = [decision(by_name["a"], "respond", value="good"), decision(by_name["b"], "respond", value="bad")]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
        (again,) = run["interrupts"]
        assert again["value"] == {"which": "b"}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "respond", "value": "good"}])
    assert run["status"] == "success"
    assert effects.lines.count("end a good") == effects.lines.count("end b good") == 1


async def test_a_node_that_was_cut_off_with_its_answer_is_in_doubt(
    serve: Serve, project: Project, effects: Effects
) -> None:
    """What a node does that is no tool leaves no record: it may have acted, so a person is asked."""
    config = project(desk=nodes(a="hang", b="fine"))
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", input={"done": []})
        by_name = {i["value"]["which"]: i for i in run["interrupts"]}
        words = [decision(by_name["a"], "respond", value="good"), decision(by_name["b"], "respond", value="bad")]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
        by_name = {i["value"]["which"]: i for i in run["interrupts"]}
        assert {name: i["status"] for name, i in by_name.items()} == {"a": "unknown_outcome", "b": "pending"}
        config.with_name("repaired").touch()
        words = [decision(by_name["a"], "accept"), decision(by_name["b"], "respond", value="good")]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words)
    assert run["status"] == "success"
    assert [line for line in effects if line.startswith("end")] == ["end a good", "end b good"]


async def test_a_model_that_fails_after_the_effect_does_not_have_it_repeated(
    serve: Serve, project: Project, effects: Effects
) -> None:
    failing = """
class Failing(Scripted):
    def _generate(self, messages, *more, **named):
        if len(messages) > 2 and not repaired.exists():
            raise ConnectionError("no model")
        return super()._generate(messages, *more, **named)
graph = create_agent(Failing(turns=[[call("do", name="a", how="fine")]]), [do])
"""
    config = project(desk=TOOLS + failing)
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        assert run["status"] == "error"
        config.with_name("repaired").touch()
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[])
    assert run["status"] == "success"
    assert effects.lines == ["begin a", "end a"]


async def test_a_call_that_is_cut_off_by_the_time_limit_is_asked_about_when_the_run_is_tried_again(
    serve: Serve, project: Project, effects: Effects
) -> None:
    config = project(desk=TOOLS + 'graph = create_agent(Scripted(turns=[[call("do", name="a", how="hang")]]), [do])\n')
    async with serve(config, environ={"INTERRUPT_MCP_RUN_TIMEOUT": "2"}) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        assert run["error"]["code"] == "timeout"
        assert effects.lines == ["begin a"]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[])
        assert run["status"] == "interrupted"
        assert run["interrupts"][0]["status"] == "unknown_outcome"
        config.with_name("repaired").touch()
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    assert run["status"] == "success"
    assert effects.lines == ["begin a"]


async def test_a_run_that_is_cancelled_in_the_middle_leaves_a_thread_that_answers(
    serve: Serve, project: Project, effects: Effects
) -> None:
    source = TOOLS.replace("TOOL", "do") + "graph = create_agent(Scripted(turns=[CALLS]), [do, plain])\n"
    async with serve(project(desk=source.replace('"break"', '"hang"'))) as door:
        run = await door.call("start_run", agent="desk", message="go")
        words = [decision(i, "accept") for i in run["interrupts"]]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=words, wait_seconds=0)
        while effects.lines.count("begin c") == 0 or effects.lines.count("end a") == 0:
            run = await door.call("get_run", run_id=run["run_id"], wait_seconds=1)
        await door.call("cancel_run", run_id=run["run_id"])
        again = await door.call("start_run", agent="desk", message="and now?", thread_id=run["thread_id"])
        thread = await door.call("get_thread", thread_id=run["thread_id"])
    assert again["status"] == "success"
    assert again["interrupts"] == []
    messages = thread["values"]["messages"]
    called = [c["id"] for m in messages for c in m.get("tool_calls", [])]
    results = [m["tool_call_id"] for m in messages if m["type"] == "tool"]
    assert sorted(called) == sorted(results)
