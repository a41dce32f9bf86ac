"""A process dies in what is no tool call: a node, which leaves no record, or a `sensitive` function, which does."""

from typing import Any

import pytest

from tests.conftest import Offer
from tests.crash.dying import Crash, Crashing, settled
from tests.deciding import ACCEPT, decide, decision
from tests.effects import Effects

pytestmark = pytest.mark.anyio


@pytest.fixture
def one(crashing: Crashing, offer: Offer) -> Crash:
    return crashing(offer(desk="nodes:asks"))


@pytest.fixture
def two(crashing: Crashing, offer: Offer) -> Crash:
    return crashing(offer(desk="nodes:two_ask"))


def by_name(run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {i["value"]["which"]: i for i in run["interrupts"]}


async def test_a_node_runs_again_on_a_persons_word(one: Crash, effects: Effects) -> None:
    run = await one.begin(input={"done": []})
    await one.resume_and_die("after a", run, {"type": "respond", "value": "yes"})
    async with one.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert doubt["status"] == "unknown_outcome"
        assert doubt["requests"][0]["allowed"] == ["accept", "respond", "reject"]
        run = await decide(door, run, ACCEPT)
    assert run["output"] == {"done": ["a yes", "then"]}
    assert effects.lines == ["a yes", "a yes", "then"]


async def test_a_node_is_taken_as_done_with_what_it_would_have_changed(one: Crash, effects: Effects) -> None:
    run = await one.begin(input={"done": []})
    await one.resume_and_die("after a", run, {"type": "respond", "value": "yes"})
    async with one.next_process() as door:
        run = await settled(door, run["run_id"])
        refused = await door.error(
            "resume_run", run_id=run["run_id"], decisions=[{"type": "respond", "value": "it was done"}]
        )
        assert refused.startswith("invalid_decision: ")
        word = {"type": "respond", "value": {"done": ["a, as I saw myself"]}}
        run = await decide(door, run, word)
    assert run["status"] == "success"
    assert run["output"] == {"done": ["a, as I saw myself", "then"]}
    assert effects.lines == ["a yes", "then"]


async def test_a_node_that_is_dropped_ends_the_run(one: Crash, effects: Effects) -> None:
    """Nothing can be told to a node but its answer, and what comes after it counts on what it did."""
    run = await one.begin(input={"done": []})
    await one.resume_and_die("after a", run, {"type": "respond", "value": "yes"})
    async with one.next_process() as door:
        run = await settled(door, run["run_id"])
        run = await decide(door, run, {"type": "reject"})
        assert run["status"] == "cancelled"
        assert effects.lines == ["a yes"]
        run = await door.call("start_run", agent="desk", input={"done": []}, thread_id="t")
        assert run["status"] == "interrupted"


async def test_of_two_nodes_one_is_taken_as_done_and_the_other_gets_its_own_answer(
    two: Crash, effects: Effects
) -> None:
    """The process dies in one of them; nobody knows how far the other was."""
    run = await two.begin(input={"done": []})
    words = [decision(i, "respond", value=f"yes {name}") for name, i in by_name(run).items()]
    await two.resume_and_die("after a", run, *words)
    async with two.next_process() as door:
        run = await settled(door, run["run_id"])
        doubts = by_name(run)
        assert {i["status"] for i in doubts.values()} == {"unknown_outcome"}
        words = [decision(doubts["a"], "respond", value={"done": ["a, seen"]})]
        if "b" in doubts:
            words.append(decision(doubts["b"], "accept"))
        run = await decide(door, run, *words)
    assert run["status"] == "success", run.get("error")
    assert sorted(run["output"]["done"]) == ["a, seen", "b yes b", "then"]
    assert effects.lines.count("a yes a") == 1


@pytest.fixture
def sender(crashing: Crashing, offer: Offer) -> Crash:
    return crashing(offer(desk="nodes:sends"))


async def test_a_function_is_in_doubt_and_its_neighbour_in_the_node_is_not_repeated(
    sender: Crash, effects: Effects
) -> None:
    run = await sender.begin(input={"done": []})
    async with sender.serve(sender.config) as door:
        run = await decide(door, run, ACCEPT)
    await sender.resume_and_die("after sending to bob", run, ACCEPT)
    async with sender.next_process() as door:
        run = await settled(door, run["run_id"])
        (doubt,) = run["interrupts"]
        assert (doubt["status"], doubt["requests"][0]["args"]) == ("unknown_outcome", {"to": "bob"})
        run = await decide(door, run, ACCEPT)
    assert run["output"] == {"done": ["sent ann", "sent bob", "then"]}
    sent = [line.split() for line in effects if line.startswith("send")]
    assert [to for _, to, _ in sent] == ["ann", "bob", "bob"]
    keys = [key for _, _, key in sent]
    assert keys[0] != keys[1] == keys[2]


@pytest.mark.parametrize(
    ("word", "done"),
    [
        ({"type": "respond", "value": ["sent by hand"]}, "sent by hand"),
        ({"type": "reject", "message": "leave it"}, "not sent to ann: leave it"),
    ],
)
async def test_a_function_in_doubt_is_taken_as_done_or_dropped(
    sender: Crash, effects: Effects, word: dict[str, Any], done: str
) -> None:
    run = await sender.begin(input={"done": []})
    await sender.resume_and_die("before sending to ann", run, ACCEPT)
    async with sender.next_process() as door:
        run = await settled(door, run["run_id"])
        assert run["interrupts"][0]["status"] == "unknown_outcome"
        run = await decide(door, run, word)
        assert run["interrupts"][0]["requests"][0]["args"] == {"to": "bob"}
        run = await decide(door, run, {"type": "reject", "message": "no"})
    assert run["output"] == {"done": [done, "not sent to bob: no", "then"]}
    assert effects.lines == ["then"]


async def test_a_function_whose_answer_was_on_its_way_is_not_in_doubt(sender: Crash, effects: Effects) -> None:
    """It had not begun: there would be a record."""
    run = await sender.begin(input={"done": []})
    await sender.resume_and_die("after deliver 1", run, ACCEPT)
    async with sender.next_process() as door:
        run = await settled(door, run["run_id"])
        (second,) = run["interrupts"]
        assert (second["status"], second["requests"][0]["args"]) == ("pending", {"to": "bob"})
    assert len(effects.lines) == 1
