"""A process dies in a call that is made deep inside, or that no question showed: it is known all the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.conftest import Crashing
from tests.crash.test_several_calls import TOOLS, begun, crashed, settled
from tests.gate.conftest import Effects

pytestmark = pytest.mark.anyio
Project = Callable[..., Path]

INNER = '''
ASKING = HumanInTheLoopMiddleware(interrupt_on={"do": True})
inner = INNER

@tool
async def delegate(to: str) -> str:
    """Have another agent do it."""
    said = await inner.ainvoke({"messages": [("user", "go")]})
    return said["messages"][-1].text

graph = create_agent(Scripted(turns=[[call("delegate", to="it"), call("do", name="a")]]), [delegate, do])
'''
INNERS = {
    "batched": 'create_agent(Scripted(turns=[[call("do", name="b")]]), [do], middleware=[ASKING])',
    "tools that ask": 'create_agent(Scripted(turns=[[call("ask_and_do", name="b")]]), [ask_and_do])',
}


@pytest.mark.parametrize("word", ["respond", "reject"])
@pytest.mark.parametrize("kind", INNERS)
async def test_a_call_of_an_agent_inside_a_tool_is_in_doubt(
    crashing: Crashing, project: Project, effects: Effects, kind: str, word: str
) -> None:
    source = TOOLS.replace("OTHERS = 2", "OTHERS = 1") + INNER.replace("inner = INNER", f"inner = {INNERS[kind]}")
    crash = crashing(project(desk=source))
    run = await begun(crash)
    (question,) = run["interrupts"]
    await crashed(crash, "after b", run, {"type": "accept"})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["interrupt_id"], doubt["status"]) == (question["interrupt_id"], "unknown_outcome")
        run = await door.call(
            "resume_run", run_id=run["run_id"], decisions=[{"type": word, "message": "as I saw myself"}]
        )
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["a", "b"]
    assert "as I saw myself" in run["answer"]


UNSEEN = """
from langgraph.graph.message import add_messages

class State(TypedDict):
    chat: Annotated[list, add_messages]

model = Scripted(turns=[calls("do")[1:2]])

def review(state):
    made = state["chat"][-1].tool_calls
    allowed = [{"action_name": one["name"], "allowed_decisions": ["approve", "reject"]} for one in made]
    actions = [{"name": one["name"], "args": one["args"]} for one in made]
    interrupt({"action_requests": actions, "review_configs": allowed})

builder = StateGraph(State)
builder.add_node("think", lambda state: {"chat": [model.invoke(state["chat"])]})
builder.add_node("review", review)
builder.add_node("tools", ToolNode([do], messages_key="chat"))
builder.add_edge(START, "think")
builder.add_conditional_edges("think", lambda state: "review" if state["chat"][-1].tool_calls else END)
builder.add_edge("review", "tools")
builder.add_edge("tools", "think")
graph = builder.compile()
"""


async def test_a_call_in_doubt_that_no_question_showed_is_dropped(
    crashing: Crashing, project: Project, effects: Effects
) -> None:
    """What was decided about it is known by tool and arguments alone."""
    crash = crashing(project(desk=TOOLS.replace("OTHERS = 2", "OTHERS = 0") + UNSEEN))
    run = await begun(crash, input={"chat": [{"role": "user", "content": "go"}]})
    await crashed(crash, "after b", run, {"type": "accept"})
    async with crash.next_process() as door:
        run = await settled(door, run["run_id"])
        assert run["interrupts"][0]["status"] == "unknown_outcome"
        word = {"type": "reject", "message": "as I saw myself"}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[word])
    assert run["status"] == "success", run.get("error")
    assert effects.lines == ["b"]
    assert "it was not done again: as I saw myself" in str(run["output"])
