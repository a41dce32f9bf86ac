"""One of several fails: what was decided about the others holds, and only what may have happened is asked about."""

from typing import Any

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, by_name, decide, decision
from tests.effects import Effects

pytestmark = pytest.mark.anyio

WAYS = {"tools that ask": "tools_that_ask", "batched": "batched", "per call": "per_call"}


@pytest.mark.parametrize("way", WAYS)
async def test_only_the_call_that_failed_and_the_one_it_cut_off_are_in_doubt(
    serve: Serve, offer: Offer, effects: Effects, way: str
) -> None:
    config = offer(desk=f"neighbours:{WAYS[way]}")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        asked = by_name(run)
        words = [decision(interrupt, "accept", index=index) for interrupt, index in asked.values()]
        run = await decide(door, run, *words)
        doubts = by_name(run)
        assert run["status"] == "interrupted"
        assert run["error"]["code"] == "agent_error"
        assert set(doubts) == {"b", "c"}
        assert {i["status"] for i, _ in doubts.values()} == {"unknown_outcome"}
        assert all(doubts[name][0]["interrupt_id"] == asked[name][0]["interrupt_id"] for name in doubts)
        assert effects.lines.count("end a") == 1
        effects.leave_word("repaired")
        words = [
            decision(doubts["b"][0], "accept", index=doubts["b"][1]),
            decision(doubts["c"][0], "respond", index=doubts["c"][1], value="c was done"),
        ]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert sorted(line for line in effects if line.startswith("end")) == ["end a", "end b"]
    assert [line for line in effects if line == "begin c"] == ["begin c"]
    assert run["answer"].splitlines() == ["success: did a", "success: did b", "success: c was done"]


def of_nodes(run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the interrupt of each node that asks, by the node's name."""
    return {interrupt["value"]["which"]: interrupt for interrupt in run["interrupts"]}


async def test_a_node_that_raises_on_its_answer_is_asked_again_and_the_other_answer_holds(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="neighbours:two_nodes")) as door:
        run = await door.call("start_run", agent="desk", input={"done": []})
        asked = of_nodes(run)
        words = [decision(asked["a"], "respond", value="good"), decision(asked["b"], "respond", value="bad")]
        run = await decide(door, run, *words)
        (again,) = run["interrupts"]
        assert again["value"] == {"which": "b"}
        run = await decide(door, run, {"type": "respond", "value": "good"})
    assert run["status"] == "success"
    assert effects.lines.count("end a good") == effects.lines.count("end b good") == 1


async def test_a_node_that_was_cut_off_with_its_answer_is_in_doubt(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    """What a node does that is no tool leaves no record: it may have acted, so a person is asked."""
    config = offer(desk="neighbours:one_node_hangs")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", input={"done": []})
        asked = of_nodes(run)
        words = [decision(asked["a"], "respond", value="good"), decision(asked["b"], "respond", value="bad")]
        run = await decide(door, run, *words)
        asked = of_nodes(run)
        assert {name: i["status"] for name, i in asked.items()} == {"a": "unknown_outcome", "b": "pending"}
        effects.leave_word("repaired")
        words = [decision(asked["a"], "accept"), decision(asked["b"], "respond", value="good")]
        run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert [line for line in effects if line.startswith("end")] == ["end a good", "end b good"]


async def test_a_model_that_fails_after_the_effect_does_not_have_it_repeated(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="neighbours:model_fails")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await decide(door, run, ACCEPT)
        assert run["status"] == "error"
        effects.leave_word("repaired")
        run = await decide(door, run)
    assert run["status"] == "success"
    assert effects.lines == ["begin a", "end a"]


async def test_a_call_that_is_cut_off_by_the_time_limit_is_asked_about_when_the_run_is_tried_again(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="neighbours:hangs")
    async with serve(config, environ={"INTERRUPT_MCP_RUN_TIMEOUT": "2"}) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await decide(door, run, ACCEPT)
        assert run["error"]["code"] == "timeout"
        assert effects.lines == ["begin a"]
        run = await decide(door, run)
        assert run["status"] == "interrupted"
        assert run["interrupts"][0]["status"] == "unknown_outcome"
        effects.leave_word("repaired")
        run = await decide(door, run, {"type": "reject"})
    assert run["status"] == "success"
    assert effects.lines == ["begin a"]


async def test_a_run_that_is_cancelled_in_the_middle_leaves_a_thread_that_answers(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="neighbours:two_hang")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        words = [decision(i, "accept") for i in run["interrupts"]]
        run = await decide(door, run, *words, wait_seconds=0)
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
