"""Every shape in which a tool asks, in every place where tools are called, answered with every word."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.asking.conftest import Asking
from tests.asking.table import (
    ALL,
    EDITED,
    GIVEN,
    QUESTION,
    TOOLS,
    WORDS,
    Way,
    accept,
    call,
    edit,
    paid,
    reject,
)

pytestmark = pytest.mark.anyio

PLACES = ("created", "hand_built", "nested", "in_tool", "in_sync_tool")
WAYS = [
    (place, shape)
    for place in PLACES
    for shape in TOOLS
    if (place, shape) not in [("hand_built", "batched"), ("hand_built", "per_call")]
]
PAYING = [(place, shape) for place, shape in WAYS if shape not in QUESTION and place != "in_sync_tool"]


def message(place: str, calls: Sequence[tuple[str, Any]]) -> str:
    """What is said to the agent so that these tools are called at once."""
    text = "\n".join(call(tool, args) for tool, args in calls)
    return call("delegate", {"request": text}) if place.startswith("in_") else text


def requests_of(run: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """All open requests of a run, with the interrupts they belong to."""
    return [(interrupt, request) for interrupt in run["interrupts"] for request in interrupt["requests"]]


def shown(way: Way, run: dict[str, Any], args: Any) -> None:
    """The run waits with one request, as the table says."""
    assert run["status"] == "interrupted", run
    ((interrupt, request),) = requests_of(run)
    assert interrupt["dialect"] == way.dialect
    assert (request["action"], request["args"]) == (way.action, args)
    assert request["allowed"] == list(way.allowed)


@pytest.mark.parametrize(
    ("place", "shape", "word"),
    [
        (place, shape, word)
        for place, shape in WAYS
        for word in TOOLS[shape].answers
        if place == "created" or word in ALL
    ],
)
async def test_a_tool_that_asks_does_what_was_decided(asking: Asking, place: str, shape: str, word: str) -> None:
    way = TOOLS[shape]
    answer = way.answers[word]
    run = await asking.start(f"{place}_{shape}", message=message(place, [(way.action, QUESTION.get(shape, GIVEN))]))
    shown(way, run, way.args)
    assert asking.effects == []
    finished = await asking.decide(run, dict(answer.decision))
    assert finished["status"] == "success", finished
    assert asking.effects == list(answer.effects)
    assert answer.says in finished["answer"]


def args_to(name: str) -> dict[str, Any]:
    return {**GIVEN, "to": name}


@pytest.mark.parametrize(("place", "shape"), PAYING)
async def test_parallel_tool_calls_each_get_their_own_decision(asking: Asking, place: str, shape: str) -> None:
    way = TOOLS[shape]
    run = await asking.start(
        f"{place}_{shape}", message=message(place, [(way.action, args_to(name)) for name in ("ann", "bob", "cid")])
    )
    decisions = {"ann": accept(), "bob": edit({**EDITED, "to": "bert"}), "cid": reject()}
    run = await answer_all(asking, run, decisions)
    assert run["status"] == "success", run
    assert sorted(json.dumps(e) for e in asking.effects) == sorted(
        json.dumps(e) for e in [paid(args_to("ann")), paid({**EDITED, "to": "bert"})]
    )
    assert WORDS in run["answer"]
    assert "bert" in run["answer"]


async def answer_all(asking: Asking, run: dict[str, Any], decisions: dict[str, Any]) -> dict[str, Any]:
    """Decide on all that is open, until nothing is: a hand-built tool node shows one question after another."""
    for _ in range(len(decisions)):
        if run["status"] != "interrupted":
            break
        run = await asking.decide(
            run,
            *(
                {**decisions[r["args"]["to"]], "interrupt_id": i["interrupt_id"], "index": r["index"]}
                for i, r in requests_of(run)
            ),
        )
    return run


@pytest.mark.parametrize(("place", "shape"), PAYING)
async def test_decisions_that_come_one_by_one_are_kept_until_all_are_in(asking: Asking, place: str, shape: str) -> None:
    way = TOOLS[shape]
    names = ["ann", "bob", "cid"]
    run = await asking.start(
        f"{place}_{shape}", message=message(place, [(way.action, args_to(name)) for name in names])
    )
    words = {"ann": accept(), "bob": reject(), "cid": accept()}
    done: list[str] = []
    while run["status"] == "interrupted":
        interrupt, request = next((i, r) for i, r in reversed(requests_of(run)) if "decision" not in r)
        name = request["args"]["to"]
        assert name not in done
        more = len([r for _, r in requests_of(run) if "decision" not in r]) > 1
        before = asking.effects
        run = await asking.decide(run, {**words[name], "interrupt_id": interrupt["code"], "index": request["index"]})
        done.append(name)
        if more:
            assert run["status"] == "interrupted"
            assert asking.effects == before
            kept = [r["decision"]["type"] for _, r in requests_of(run) if "decision" in r]
            same = [r for i, r in requests_of(run) if i["interrupt_id"] == interrupt["interrupt_id"]]
            assert not same or words[name]["type"] in kept
    assert sorted(done) == names
    assert sorted(e[1]["to"] for e in asking.effects) == ["ann", "cid"]
    assert WORDS in run["answer"]
