"""A process dies in one of several calls: only that one is in doubt, and what was decided about the others holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door
from tests.crash.conftest import Crash, Crashing
from tests.gate.conftest import Effects, decision

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]

TOOLS = '''
import asyncio
import os
from operator import add
from typing import Annotated, TypedDict
from interrupt_mcp import Rejected, sensitive
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt
from tests.scripted import Scripted, call, die_at, effect

async def act(name):
    if name == "b" and os.environ.get("DIE"):
        # The others are done and on record, as far as anybody can wait for it.
        while OTHERS and sum(line != "b" for line in open(os.environ["EFFECTS"]).read().split()) < OTHERS:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
    effect(name)
    die_at(f"after {name}")
    return f"did {name}"

@tool
async def ask_and_do(name: str) -> str:
    """Ask, and do."""
    if interrupt(f"do {name}?")["type"] != "accept":
        return "not done"
    return await act(name)

@tool
async def do(name: str) -> str:
    """Do."""
    return await act(name)

def calls(name):
    return [call(name, name=each) for each in "abc"]

OTHERS = 2
'''
WAYS = {
    "tools that ask": 'graph = create_agent(Scripted(turns=[calls("ask_and_do")]), [ask_and_do])',
    "batched": 'graph = create_agent(Scripted(turns=[calls("do")]), [do], middleware=[ASKING])'.replace(
        "ASKING", 'HumanInTheLoopMiddleware(interrupt_on={"do": True})'
    ),
    "per call": 'graph = create_agent(Scripted(turns=[calls("do")]), [do], middleware=[ASKING])'.replace(
        "ASKING", 'HumanInTheLoopMiddleware(interrupt_on={"do": True}, interrupt_mode="per_call")'
    ),
}


def requests(run: dict[str, Any]) -> dict[str, tuple[dict[str, Any], int]]:
    return {
        request["args"]["name"]: (interrupt, request["index"])
        for interrupt in run["interrupts"]
        for request in interrupt["requests"]
    }


async def settled(door: Door, run_id: str) -> dict[str, Any]:
    run = await door.call("get_run", run_id=run_id, wait_seconds=25)
    assert run["status"] not in ("pending", "running")
    return run


async def begun(crash: Crash, **more: Any) -> dict[str, Any]:
    async with crash.serve(crash.config) as door:
        given = more or {"message": "go"}
        return await door.call("start_run", agent="desk", thread_id="t", **given)


async def crashed(crash: Crash, moment: str, run: dict[str, Any], *words: dict[str, Any]) -> None:
    await crash.at(
        moment,
        lambda door: door.call("resume_run", run_id=run["run_id"], decisions=list(words), wait_seconds=0),
    )


@pytest.mark.parametrize("way", WAYS)
async def test_one_of_three_parallel_calls_is_in_doubt(
    crashing: Crashing, project: Project, effects: Effects, way: str
) -> None:
    crash = crashing(project(desk=TOOLS + WAYS[way] + "\n"))
    run = await begun(crash)
    asked = requests(run)
    await crashed(crash, "after b", run, *(decision(i, "accept", index=n) for i, n in asked.values()))
    assert sorted(effects) == ["a", "b", "c"]
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        doubts = requests(run)
        assert list(doubts) == ["b"]
        interrupt, index = doubts["b"]
        assert interrupt["status"] == "unknown_outcome"
        assert interrupt["interrupt_id"] == asked["b"][0]["interrupt_id"]
        await what_was_decided_about_a_stays(door, run["run_id"], *asked["a"])
        run = await door.call(
            "resume_run", run_id=run["run_id"], decisions=[decision(interrupt, "accept", index=index)]
        )
        assert run["status"] == "success", run.get("error")
        assert run["answer"].splitlines() == ["success: did a", "success: did b", "success: did c"]
    assert sorted(effects) == ["a", "b", "b", "c"]


async def what_was_decided_about_a_stays(door: Door, run_id: str, interrupt: dict[str, Any], index: int) -> None:
    """Also where another request of the same question is in doubt."""
    again = await door.call("resume_run", run_id=run_id, decisions=[decision(interrupt, "accept", index=index)])
    assert (again["status"], "was decided before: accept by" in again["next_step"]) == ("interrupted", True)
    other = decision(interrupt, "reject", index=index)
    assert (await door.error("resume_run", run_id=run_id, decisions=[other])).startswith("already_decided: ")


async def test_an_edited_call_in_doubt_is_shown_and_run_again_with_the_edited_arguments(
    crashing: Crashing, project: Project, effects: Effects
) -> None:
    source = TOOLS.replace("OTHERS = 2", "OTHERS = 0") + (
        'ASKING = HumanInTheLoopMiddleware(interrupt_on={"do": True})\n'
        'graph = create_agent(Scripted(turns=[[call("do", name="a")]]), [do], middleware=[ASKING])\n'
    )
    crash = crashing(project(desk=source))
    run = await begun(crash)
    await crashed(crash, "after b", run, {"type": "edit", "args": {"name": "b"}})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        assert run["interrupts"][0]["requests"][0]["args"] == {"name": "b"}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["b", "b"]


HAND_BUILT = """
model = Scripted(turns=[calls("ask_and_do")])
builder = StateGraph(MessagesState)
builder.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
builder.add_node("tools", ToolNode([ask_and_do]))
builder.add_edge(START, "think")
builder.add_conditional_edges("think", tools_condition)
builder.add_edge("tools", "think")
graph = builder.compile()
"""


async def test_the_second_of_three_calls_of_one_task_is_in_doubt(
    crashing: Crashing, project: Project, effects: Effects
) -> None:
    crash = crashing(project(desk=TOOLS.replace("OTHERS = 2", "OTHERS = 1") + HAND_BUILT))
    run = await begun(crash)
    async with crash.serve(crash.config) as door:
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    await crashed(crash, "after b", run, {"type": "accept"})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        ((interrupt, _),) = requests(run).values()
        assert interrupt["status"] == "unknown_outcome"
        run = await door.call(
            "resume_run", run_id=run["run_id"], decisions=[{"type": "respond", "value": "b was done"}]
        )
        ((interrupt, _),) = requests(run).values()
        assert (interrupt["status"], interrupt["value"]) == ("pending", "do c?")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject", "message": "no c"}])
        assert run["status"] == "success", run.get("error")
        assert run["answer"].splitlines() == [
            "success: did a",
            "success: b was done",
            "error: ask_and_do was not run: no c",
        ]
    assert effects.lines == ["a", "b"]


TWICE = '''
@tool
def book(hotel: str) -> str:
    """Book."""
    interrupt(f"hold {hotel}?")
    effect(f"held {hotel}")
    die_at("between the two")
    interrupt(f"pay {hotel}?")
    effect(f"paid {hotel}")
    die_at("after both")
    return f"booked {hotel}"
graph = create_agent(Scripted(turns=[[call("book", hotel="Ritz")]]), [book])
'''


async def test_a_tool_that_asks_twice_dies_between_its_questions(
    crashing: Crashing, project: Project, effects: Effects
) -> None:
    crash = crashing(project(desk=TOOLS + TWICE))
    run = await begun(crash)
    (first,) = run["interrupts"]
    await crashed(crash, "between the two", run, {"type": "edit", "args": {"hotel": "Plaza"}})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (first["interrupt_id"], "unknown_outcome")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        (second,) = run["interrupts"]
        assert (second["value"], second["status"]) == ("pay Plaza?", "pending")
        assert second["requests"][0]["args"] == {"hotel": "Plaza"}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["held Plaza", "held Plaza", "held Plaza", "paid Plaza"]


async def test_a_tool_that_asks_twice_dies_after_both_and_is_in_doubt_under_the_second(
    crashing: Crashing, project: Project, effects: Effects
) -> None:
    crash = crashing(project(desk=TOOLS + TWICE))
    run = await begun(crash)
    async with crash.serve(crash.config) as door:
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    (second,) = run["interrupts"]
    await crashed(crash, "after both", run, {"type": "accept"})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (second["interrupt_id"], "unknown_outcome")
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
    assert run["status"] == "success", run.get("error")
    assert effects.lines.count("paid Ritz") == 1


@pytest.mark.parametrize("moment", ["before pause 1", "before put_writes 1"])
async def test_the_second_question_is_asked_with_the_edited_arguments_by_the_next_process(
    crashing: Crashing, project: Project, effects: Effects, moment: str
) -> None:
    crash = crashing(project(desk=TOOLS + TWICE))
    run = await begun(crash)
    await crashed(crash, moment, run, {"type": "edit", "args": {"hotel": "Plaza"}})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (second,) = run["interrupts"]
        assert (second["value"], second["status"]) == ("pay Plaza?", "pending")
        assert second["requests"][0]["args"] == {"hotel": "Plaza"}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
    assert run["status"] == "success", run.get("error")
    assert effects.lines[-1] == "paid Plaza"
