"""Every shape in which a node asks, in every place where nodes are, answered with every word."""

import json
from typing import Any

import pytest

from tests.asking.conftest import Asking
from tests.asking.table import NODES, Answer, Way, about, accept, reject, respond

pytestmark = pytest.mark.anyio

PLACES = ("in_node", "in_async_node", "in_subgraph", "in_called_subgraph", "in_entrypoint", "in_task")
ONE = [
    (place, shape, word)
    for place in PLACES
    for shape, way in NODES.items()
    for number, word in enumerate(way.answers)
    if place == "in_node" or number == 0 or word == "reject"
]


def given(place: str, topic: str) -> dict[str, Any]:
    return {"topic": topic} if place in ("in_entrypoint", "in_task") else {"topic": topic, "answers": []}


@pytest.mark.parametrize(("place", "shape", "word"), ONE)
async def test_a_node_that_asks_gets_the_answer_in_its_own_shape(
    asking: Asking, place: str, shape: str, word: str
) -> None:
    way = NODES[shape]
    answer = way.answers[word]
    run = await asking.start(f"{place}_{shape}", input=given(place, "tea"))
    assert run["status"] == "interrupted", run
    (interrupt,) = run["interrupts"]
    (request,) = interrupt["requests"]
    assert interrupt["dialect"] == way.dialect
    assert (request["action"], request["args"]) == (way.action, about(way.args, "tea"))
    assert request["allowed"] == list(way.allowed)
    finished = await asking.decide(run, dict(about(answer.decision, "tea")))
    assert finished["status"] == "success", finished
    assert [e for e in asking.effects if e[0] != "prepared"] == about(answer.effects, "tea")
    assert [e for e in asking.effects if e[0] == "prepared"] == ([["prepared", "tea"]] if place == "in_task" else [])
    (got,) = finished["output"]["answers"]
    assert json.dumps(got) == json.dumps(about(answer.effects, "tea")[-1][1])


def ends(way: Way) -> tuple[Answer, Answer]:
    answers = list(way.answers.values())
    return answers[0], answers[-1]


@pytest.mark.parametrize("shape", NODES)
async def test_parallel_nodes_are_answered_at_once_each_with_its_own(asking: Asking, shape: str) -> None:
    first, last = ends(NODES[shape])
    run = await asking.start(f"in_parallel_{shape}", input=given("in_parallel", "tea"))
    left, right = sorted(run["interrupts"], key=lambda i: json.dumps(i["value"] or i["interrupt_id"]))
    finished = await asking.decide(
        run,
        {**about(last.decision, "right tea"), "interrupt_id": right["interrupt_id"]},
        {**about(first.decision, "left tea"), "interrupt_id": left["code"].lower()},
    )
    assert finished["status"] == "success", finished
    got = dict(finished["output"]["answers"])
    if shape != "nothing":
        assert got == {
            "left": about(first.effects, "left tea")[-1][1],
            "right": about(last.effects, "right tea")[-1][1],
        }


@pytest.mark.parametrize("shape", NODES)
async def test_one_of_two_parallel_nodes_waits_with_its_decision_for_the_other(asking: Asking, shape: str) -> None:
    first, _ = ends(NODES[shape])
    run = await asking.start(f"in_parallel_{shape}", input=given("in_parallel", "tea"))
    one, other = run["interrupts"]
    run = await asking.decide(run, {**about(first.decision, "left tea"), "interrupt_id": one["interrupt_id"]})
    assert run["status"] == "interrupted"
    assert asking.effects == []
    assert [i["interrupt_id"] for i in run["interrupts"]] == [other["interrupt_id"]]
    run = await asking.decide(run, dict(about(first.decision, "right tea")))
    assert run["status"] == "success", run
    assert len([e for e in asking.effects if e[0] == "told"]) == 2


@pytest.mark.parametrize("shape", NODES)
async def test_a_node_that_asks_twice_gets_both_answers_in_their_order(asking: Asking, shape: str) -> None:
    first, last = ends(NODES[shape])
    run = await asking.start(f"twice_{shape}", input=given("twice", "tea"))
    ids = [run["interrupts"][0]["interrupt_id"]]
    run = await asking.decide(run, dict(about(first.decision, "first tea")))
    assert run["status"] == "interrupted", run
    (second,) = run["interrupts"]
    assert second["interrupt_id"] not in ids
    run = await asking.decide(run, dict(about(last.decision, "second tea")))
    assert run["status"] == "success", run
    assert run["output"]["answers"] == [
        about(first.effects, "first tea")[-1][1],
        about(last.effects, "second tea")[-1][1],
    ]


async def test_questions_that_an_mcp_server_carries_are_one_request_each(asking: Asking) -> None:
    run = await asking.start("in_node_carried", input=given("in_node", "tea"))
    (interrupt,) = run["interrupts"]
    assert interrupt["dialect"] == "elicitation"
    assert [(r["index"], r["allowed"]) for r in interrupt["requests"]] == [
        (0, ["reject", "respond"]),
        (1, ["accept", "reject"]),
    ]
    run = await asking.decide(run, accept(index=1))
    assert run["status"] == "interrupted"
    assert [r.get("decision", {}).get("type") for r in run["interrupts"][0]["requests"]] == [None, "accept"]
    run = await asking.decide(run, respond({"size": 4}))
    assert run["output"]["answers"] == [{"a": {"action": "accept", "content": {"size": 4}}, "b": {"action": "accept"}}]


async def test_a_rejected_sensitive_function_fails_the_run_with_the_persons_words(asking: Asking) -> None:
    run = await asking.start("in_node_by_sensitive", input=given("in_node", "tea"))
    run = await asking.decide(run, reject("not today"))
    assert (run["status"], run["error"]["code"]) == ("error", "rejected")
    assert "not today" in run["error"]["message"]
    assert asking.effects == []


async def test_accept_goes_on_behind_a_breakpoint_before_a_node(asking: Asking) -> None:
    run = await asking.start("before", input={"steps": []})
    (interrupt,) = run["interrupts"]
    assert (interrupt["dialect"], interrupt["requests"][0]["allowed"]) == ("breakpoint", ["accept", "reject"])
    assert asking.effects == [["step", "one"]]
    run = await asking.decide(run, accept())
    assert (run["status"], run["output"]) == ("success", {"steps": ["one", "two"]})
    assert asking.effects == [["step", "one"], ["step", "two"]]


async def test_accept_goes_on_behind_a_breakpoint_after_a_node(asking: Asking) -> None:
    run = await asking.start("after", input={"steps": []})
    assert run["interrupts"][0]["dialect"] == "breakpoint"
    assert "two" in run["interrupts"][0]["requests"][0]["action"]
    run = await asking.decide(run, accept())
    assert (run["status"], run["output"]) == ("success", {"steps": ["one", "two"]})


@pytest.mark.parametrize("agent", ["before", "after"])
async def test_reject_at_a_breakpoint_cancels_the_run(asking: Asking, agent: str) -> None:
    run = await asking.start(agent, input={"steps": []})
    run = await asking.decide(run, reject("stop here"))
    assert run["status"] == "cancelled", run
    assert run["interrupts"] == []
    assert asking.effects == [["step", "one"]]
    again = await asking.start(agent, input={"steps": []}, thread_id=run["thread_id"])
    assert again["status"] == "interrupted"


async def test_a_question_in_a_loop_is_asked_again_until_the_answer_is_good(asking: Asking) -> None:
    run = await asking.start("loop", input=given("loop", ""))
    ids = set()
    for answer in ("old", -1, None, 0):
        ids.add(run["interrupts"][0]["interrupt_id"])
        run = await asking.decide(run, respond(answer))
        assert run["status"] == "interrupted"
        assert run["interrupts"][0]["value"].startswith(json.dumps(answer))
    run = await asking.decide(run, respond(42))
    assert run["output"]["answers"] == [42]
    assert asking.effects == [["told", 42]]
    assert len(ids) == 4
