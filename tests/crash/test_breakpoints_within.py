"""A process dies between LangGraph's pause at a breakpoint of a graph within and ours: the next one asks."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.crash.dying import Crash, Crashing, settled
from tests.deciding import ACCEPT, decide
from tests.effects import Effects

pytestmark = pytest.mark.anyio
BEFORE_OUR_PAUSE = "before pause 1"
ASKED = {
    # What ran before the first pause, and what each pause goes on with.
    "before": (["first", "a"], ["b"]),
    "twice": (["first", "a"], ["b", "c"]),
    "after": (["first", "a"], ["b"]),
    "after_its_end": (["first", "a", "b", "c"], ["inner"]),
    "everywhere": (["first"], ["a", "b"]),
    "deep": (["first", "x", "a"], ["b"]),
    "both": (["first"], ["inner", "b"]),
    "keeping": (["first", "a"], ["b"]),
    "in_a_function": (["first", "calling", "a"], ["b"]),
}
DONE = {
    "before": ["first", "a", "b", "c", "last"],
    "twice": ["first", "a", "b", "c", "last"],
    "after": ["first", "a", "b", "c", "last"],
    "after_its_end": ["first", "a", "b", "c", "last"],
    "everywhere": ["first", "a", "b", "last"],
    "deep": ["first", "x", "a", "b", "y", "last"],
    "both": ["first", "a", "b", "last"],
    "keeping": ["first", "a", "b", "c", "last"],
    "in_a_function": ["first", "calling", "a", "calling", "b", "last"],
}


@pytest.fixture
def breaks(offer: Offer) -> Path:
    names = ["parallel", "beside_a_question", "beside_a_failure", "fanned", "in_a_tool", "in_a_tool_unseen"]
    return offer(*(f"breaking:{name}" for name in [*ASKED, *names]))


@pytest.fixture
def crash(crashing: Crashing, breaks: Path) -> Crash:
    return crashing(breaks)


def starting(agent: str, **more: Any) -> Callable[[Door], Any]:
    given = more or {"input": {"done": []}}
    return lambda door: door.call("start_run", agent=agent, thread_id="t", wait_seconds=20, **given)


def accepting(agent: str) -> Callable[[Door], Any]:
    """Start the agent, and let it go on at its first breakpoint."""

    async def calls(door: Door) -> None:
        await decide(door, await starting(agent)(door), ACCEPT)

    return calls


async def left(door: Door) -> dict[str, Any]:
    """Return the run that the dead process left, once it stands."""
    (run,) = (await door.call("list_runs"))["runs"]
    return await settled(door, run["run_id"])


def each(lines: Iterable[str]) -> list[str]:
    """Return what was done at all: a step that no decision is about may run again after a crash."""
    return list(dict.fromkeys(lines))


def continues(run: dict[str, Any]) -> list[str]:
    assert run["status"] == "interrupted", run
    return [i["requests"][0]["action"].removeprefix("continue with ") for i in run["interrupts"]]


@pytest.mark.parametrize("agent", ASKED)
async def test_a_breakpoint_of_a_graph_within_is_asked_by_the_next_process(
    crash: Crash, effects: Effects, agent: str
) -> None:
    done, pauses = ASKED[agent]
    await crash.at(BEFORE_OUR_PAUSE, starting(agent))
    assert effects.lines == done
    async with crash.next_process() as door:
        run = await left(door)
        for pause in pauses:
            assert continues(run) == [pause]
            run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == DONE[agent]


@pytest.mark.parametrize("agent", ASKED)
async def test_each_breakpoint_of_a_graph_within_is_asked_once(
    serve: Serve, breaks: Path, effects: Effects, agent: str
) -> None:
    async with serve(breaks) as door:
        run = await starting(agent)(door)
        for pause in ASKED[agent][1]:
            assert continues(run) == [pause]
            run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == DONE[agent]


async def test_a_process_dies_at_the_second_breakpoint_of_a_graph_within(crash: Crash, effects: Effects) -> None:
    await crash.at("before pause 2", accepting("twice"))
    async with crash.next_process() as door:
        run = await left(door)
        assert continues(run) == ["c"]
        run = await decide(door, run, {"type": "reject"})
    assert run["status"] == "cancelled"
    assert effects.lines == ["first", "a", "b"]


@pytest.mark.parametrize(("agent", "node"), [("before", "a"), ("deep", "x"), ("after", "a"), ("in_a_function", "a")])
async def test_a_step_that_died_within_before_the_breakpoint_goes_on_to_it(
    crash: Crash, effects: Effects, agent: str, node: str
) -> None:
    await crash.at(f"in {node}", starting(agent))
    async with crash.next_process() as door:
        run = await left(door)
        assert continues(run) == ["b"]
        assert effects.lines.count(node) == 1


@pytest.mark.parametrize("agent", ["before", "after", "deep", "in_a_function"])
async def test_a_step_that_a_person_let_go_on_is_not_asked_about_again(
    crash: Crash, effects: Effects, agent: str
) -> None:
    await crash.at("in b", accepting(agent))
    async with crash.next_process() as door:
        run = await left(door)
    assert run["status"] == "success", run
    assert each(effects) == each(DONE[agent])


@pytest.mark.parametrize("agent", ["before", "after"])
async def test_a_step_that_died_behind_the_breakpoint_goes_on(crash: Crash, effects: Effects, agent: str) -> None:
    await crash.at("in c", accepting(agent))
    async with crash.next_process() as door:
        run = await left(door)
    assert run["status"] == "success", run
    assert each(effects) == each(DONE[agent])


async def test_two_graphs_side_by_side_each_ask(crash: Crash, effects: Effects) -> None:
    await crash.at(BEFORE_OUR_PAUSE, starting("parallel"))
    async with crash.next_process() as door:
        run = await left(door)
        assert sorted(continues(run)) == ["b", "d"]
        first, second = (i["interrupt_id"] for i in run["interrupts"])
        run = await decide(door, run, {"interrupt_id": first, **ACCEPT})
        assert sorted(effects.lines) == ["a", "c"]
        run = await decide(door, run, {"interrupt_id": second, **ACCEPT})
    assert run["status"] == "success"
    assert sorted(effects.lines) == ["a", "b", "c", "d", "last"]


async def test_each_of_many_graphs_that_a_node_sends_to_asks(crash: Crash, effects: Effects) -> None:
    await crash.at(BEFORE_OUR_PAUSE, starting("fanned"))
    async with crash.next_process() as door:
        run = await left(door)
        assert continues(run) == ["b", "b", "b"]
        decisions = [{"interrupt_id": i["interrupt_id"], **ACCEPT} for i in run["interrupts"]]
        run = await decide(door, run, *decisions)
    assert run["status"] == "success"
    assert effects.lines == ["a", "a", "a", "b", "b", "b"]


async def test_a_graph_that_keeps_its_state_stops_each_time_it_runs(
    serve: Serve, breaks: Path, effects: Effects
) -> None:
    async with serve(breaks) as door:
        for _ in range(2):
            run = await starting("keeping")(door)
            assert continues(run) == ["b"]
            run = await decide(door, run, ACCEPT)
            assert run["status"] == "success"
    assert effects.lines == [*DONE["keeping"], *DONE["keeping"]]


async def test_a_breakpoint_beside_a_failure_is_asked_with_what_failed(
    serve: Serve, breaks: Path, effects: Effects
) -> None:
    async with serve(breaks) as door:
        run = await starting("beside_a_failure")(door)
        if run["status"] == "error":
            run = await decide(door, run)
        assert continues(run) == ["b"], run
        assert "it fails" in run["error"]["message"]
        run = await decide(door, run, ACCEPT)
        assert run["status"] == "error"
    assert effects.lines.count("b") <= 1


async def test_a_breakpoint_beside_a_question_is_asked_with_it(serve: Serve, breaks: Path, effects: Effects) -> None:
    """LangGraph goes past it as soon as the question is answered."""
    async with serve(breaks) as door:
        run = await starting("beside_a_question")(door)
        by_dialect = {i["dialect"]: i["interrupt_id"] for i in run["interrupts"]}
        assert set(by_dialect) == {"freeform", "breakpoint"}
        answer = {"interrupt_id": by_dialect["freeform"], "type": "respond", "value": "this"}
        run = await decide(door, run, answer)
        assert effects.lines == ["a"]
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert sorted(run["output"]["done"]) == ["a", "b", "last", "this"]


@pytest.mark.parametrize("agent", ["in_a_tool", "in_a_tool_unseen"])
async def test_a_breakpoint_of_an_agent_in_a_tool_is_no_end(
    serve: Serve, breaks: Path, effects: Effects, agent: str
) -> None:
    async with serve(breaks) as door:
        run = await starting(agent, message="go")(door)
        (asked,) = run["interrupts"]
        (request,) = asked["requests"]
        seen = ("work", {"name": "it"}) if agent == "in_a_tool" else ("continue with tools", {})
        assert (asked["dialect"], request["action"], request["args"]) == ("breakpoint", *seen)
        assert effects.lines == []
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == ["work it"]


async def test_a_breakpoint_of_an_agent_in_a_tool_is_asked_by_the_next_process(crash: Crash, effects: Effects) -> None:
    await crash.at(BEFORE_OUR_PAUSE, starting("in_a_tool", message="go"))
    async with crash.next_process() as door:
        run = await left(door)
        assert [request["action"] for request in run["interrupts"][0]["requests"]] == ["work"]
        assert effects.lines == []
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == ["work it"]


@pytest.mark.parametrize("agent", ["before", "after", "deep"])
async def test_rewinding_to_before_a_graph_within_stops_at_its_breakpoint_again(
    serve: Serve, breaks: Path, effects: Effects, agent: str
) -> None:
    async with serve(breaks) as door:
        run = await starting(agent)(door)
        first = run["interrupts"][0]["interrupt_id"]
        run = await decide(door, run, ACCEPT)
        thread = await door.call("get_thread", thread_id="t")
        place = next(c for c in thread["checkpoints"] if c["next"] == ["inner"])
        assert place["interrupts"] == [first]
        back = {"thread_id": "t", "checkpoint_id": place["checkpoint_id"]}
        run = await door.call("rewind_thread", **back)
        assert continues(run) == ["b"]
        assert run["interrupts"][0]["interrupt_id"] != first
        assert effects.lines.count("b") == 1
        run = await decide(door, run, ACCEPT)
        assert run["status"] == "success"
