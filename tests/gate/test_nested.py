"""Agents inside tools, and subgraphs as nodes: what they do passes the same gate."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import decide, decision
from tests.effects import Effects
from tests.gate.agents import nested
from tests.gate.bare import bare
from tests.gate.conftest import Audited

pytestmark = pytest.mark.anyio
WAYS = pytest.mark.parametrize("way", ["", "_sync"], ids=["async", "sync"])
"""The tool that has another agent do the work is there in both ways."""


@WAYS
async def test_a_rejected_call_of_an_agent_inside_a_tool_is_not_made(
    serve: Serve, offer: Offer, effects: Effects, way: str
) -> None:
    async with serve(offer(desk=f"nested:has_wiper{way}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        assert len(run["interrupts"]) == 2
        by_disk = {i["requests"][0]["args"]["disk"]: i for i in run["interrupts"]}
        words = [decision(by_disk["a"], "accept"), decision(by_disk["b"], "reject", message="b is precious")]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "wipe a"]
    assert "wipe was not run: b is precious" in run["answer"]


@WAYS
async def test_an_edit_reaches_an_agent_inside_a_tool(serve: Serve, offer: Offer, effects: Effects, way: str) -> None:
    async with serve(offer(desk=f"nested:has_refunder{way}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await decide(door, run, {"type": "edit", "args": {"amount": 3}})
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "refund 3"]


@WAYS
async def test_two_agents_inside_tools_of_one_turn_go_on_independently(
    serve: Serve, offer: Offer, effects: Effects, way: str
) -> None:
    async with serve(offer(desk=f"nested:has_both{way}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        assert len(run["interrupts"]) == 3
        words = [decision(i, "accept") for i in run["interrupts"]]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "look", "look", "refund 5", "wipe a", "wipe b"]


async def test_agents_inside_tools_of_one_task_go_on_independently(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="nested:has_both_in_one_task")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        while run["status"] == "interrupted":
            words = [decision(i, "accept") for i in run["interrupts"]]
            run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "look", "look", "refund 5", "wipe a", "wipe b"]


async def test_the_inner_call_is_told_from_an_outer_one_that_looks_the_same(
    serve: Serve, offer: Offer, effects: Effects, audited: Audited
) -> None:
    """The outer agent's own `refund` is free, the inner agent's is asked for: the decision is the inner one's."""
    config = offer(desk="nested:does_the_same_itself")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        (one,) = run["interrupts"]
        assert effects.lines.count("refund 5") == 1
        run = await decide(door, run, decision(one, "accept"))
    assert run["status"] == "success"
    assert effects.lines.count("refund 5") == 2
    assert [e["event"] for e in audited(config) if e["event"].startswith("effect")] == ["effect_started", "effect_done"]


@pytest.mark.parametrize("name", ["wiper", "refunder"])
async def test_a_subgraph_as_a_node(serve: Serve, offer: Offer, effects: Effects, name: str) -> None:
    async with serve(offer(desk=f"nested:around_{name}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        words = [decision(i, "accept" if n == 0 else "reject") for n, i in enumerate(run["interrupts"])]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert effects.lines[-1] == "after"
    done = {"wiper": [["look", "wipe a"], ["look", "wipe b"]], "refunder": [["look", "refund 5"]]}
    assert sorted(effects.lines[:-1]) in done[name]


async def test_a_gate_on_the_nodes_of_the_graph_does_not_see_an_agent_inside_a_tool(
    effects: Effects,
) -> None:
    graph, seen = nested.watched()
    made = bare(graph)
    (question,) = await made.start()
    await made.answer({question.id: {"decisions": [{"type": "approve"}]}})
    assert "refund 5" in effects.lines
    assert set(seen) == {"delegate"}


async def test_a_tool_that_runs_a_tool_node_of_its_own(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer(desk="nested:has_a_tool_node")) as door:
        run = await door.call("start_run", agent="desk", message="go", wait_seconds=5)
        by_disk = {i["value"]: i for i in run["interrupts"]}
        words = [decision(by_disk["wipe a?"], "accept"), decision(by_disk["wipe b?"], "reject")]
        run = await decide(door, run, *words, wait_seconds=5)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "look", "wipe a"]
