"""A ToolNode in a hand-built graph makes all calls of a message in one task, which asks one question at a time."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import decide, decision
from tests.effects import Effects
from tests.gate.agents import one_task
from tests.gate.bare import bare

pytestmark = pytest.mark.anyio


async def decided(serve: Serve, config: Path, *words: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    """Return the run after decisions on one action each, in the order in which they are given."""
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        for action, type_, more in words:
            (one,) = run["interrupts"]
            assert one["requests"][0]["action"] == action
            run = await decide(door, run, decision(one, type_, **more))
    return run


async def test_langgraph_alone_repeats_an_approved_call_when_its_neighbour_is_answered(
    effects: Effects,
) -> None:
    graph = bare(one_task.three_calls_async)
    (first,) = await graph.start()
    (second,) = await graph.answer({first.id: {"type": "accept"}})
    await graph.answer({second.id: {"type": "reject"}})
    assert (first.value, second.value) == ("refund 5?", "delete 7?")
    assert effects.lines.count("refund 5") == 2
    assert effects.lines.count("look a") == 3


async def test_a_gate_that_keeps_results_alone_turns_a_reject_into_an_approval(
    effects: Effects,
) -> None:
    graph = bare(one_task.keeping_results())
    (first,) = await graph.start()
    (second,) = await graph.answer({first.id: {"type": "accept"}})
    await graph.answer({second.id: {"type": "reject"}})
    assert second.value == "delete 7?"
    assert "delete 7" in effects.lines


@pytest.mark.parametrize("delayed", [False, True], ids=["as it is", "first call delayed"])
class TestThroughTheServer:
    @pytest.fixture
    def config(self, offer: Offer, delayed: bool, effects: Effects) -> Path:
        return offer(desk="one_task:first_call_delayed" if delayed else "one_task:three_calls")

    @pytest.fixture
    def order(self, delayed: bool) -> list[str]:
        """In which order the calls come to ask."""
        return ["delete", "refund"] if delayed else ["refund", "delete"]

    async def test_accept_then_reject(self, serve: Serve, config: Path, order: list[str], effects: Effects) -> None:
        said = {"refund": ("refund", "accept", {}), "delete": ("delete", "reject", {"message": "keep her"})}
        run = await decided(serve, config, *(said[action] for action in order))
        assert run["status"] == "success"
        assert sorted(effects) == ["look a", "refund 5"]
        assert run["answer"].splitlines() == [
            "success: refunded 5",
            "success: looked at a",
            "error: delete was not run: keep her",
        ]

    async def test_reject_then_accept(self, serve: Serve, config: Path, order: list[str], effects: Effects) -> None:
        said = {"refund": ("refund", "reject", {"message": "too much"}), "delete": ("delete", "accept", {})}
        run = await decided(serve, config, *(said[action] for action in order))
        assert sorted(effects) == ["delete 7", "look a"]
        assert "error: refund was not run: too much" in run["answer"]

    async def test_edit_then_reject(self, serve: Serve, config: Path, order: list[str], effects: Effects) -> None:
        said = {"refund": ("refund", "edit", {"args": {"amount": 3}}), "delete": ("delete", "reject", {})}
        run = await decided(serve, config, *(said[action] for action in order))
        assert sorted(effects) == ["look a", "refund 3"]
        assert "success: refunded 3" in run["answer"]


@pytest.mark.parametrize("third", ["accept", "reject"])
@pytest.mark.parametrize("second", ["accept", "reject"])
@pytest.mark.parametrize("first", ["accept", "reject"])
async def test_three_calls_get_each_its_own_answer(
    serve: Serve, offer: Offer, effects: Effects, first: str, second: str, third: str
) -> None:
    config = offer(desk="one_task:three_refunds")
    words = (first, second, third)
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        for word in words:
            run = await decide(door, run, {"type": word})
    assert run["status"] == "success"
    accepted = [f"refund {n}" for n, word in enumerate(words, 1) if word == "accept"]
    assert [line for line in effects if line != "look b"] == accepted
    assert effects.lines.count("look b") == 1


async def test_the_answers_hold_when_each_is_given_to_another_process(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="one_task:three_calls")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
    for word in ("accept", "reject"):
        async with serve(config) as door:
            run = await decide(door, run, {"type": word})
    assert run["status"] == "success"
    assert sorted(effects) == ["look a", "refund 5"]


async def test_a_call_that_asks_twice_keeps_its_first_answer_beside_a_neighbour(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="one_task:asks_twice")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        shown = []
        for word in ("accept", "accept", "reject", "accept", "accept"):
            (one,) = run["interrupts"]
            shown.append(one["value"])
            run = await decide(door, run, decision(one, word))
    assert run["status"] == "success"
    assert shown == ["send to a?", "really send to a?", "refund 5?", "send to b?", "really send to b?"]
    assert effects.lines == ["send a accept accept", "send b accept accept"]
