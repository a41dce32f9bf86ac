"""LangGraph's own open issues about interrupts do not reach those who decide through this server."""

from typing import Any

import pytest

from tests.asking.conftest import Asking
from tests.asking.table import accept, call, edit, reject, respond

pytestmark = pytest.mark.anyio

EMPTY: dict[str, Any] = {"log": []}


def by_value(run: dict[str, Any]) -> dict[str, str]:
    """The open interrupts' ids by what the graph asked."""
    return {str(i["value"]): i["interrupt_id"] for i in run["interrupts"]}


async def test_8837_an_answer_is_not_given_again_to_a_later_question(asking: Asking) -> None:
    """After `Command(resume="A")`, `invoke(None)` answered the second interrupt of the node with the same "A".

    Answers go by interrupt id here, and looking at a run or asking for it again runs nothing.
    """
    run = await asking.start("issue_8837", input=EMPTY)
    run = await asking.decide(run, respond("A"))
    assert by_value(run).keys() == {"i2"}
    for _ in range(2):
        looked = await asking.decide(run)
        assert (looked["status"], by_value(looked)) == ("interrupted", by_value(run))
    run = await asking.decide(run, respond("B"))
    assert run["output"]["log"] == ["got:'A'+'B'"]


@pytest.mark.parametrize("answer", [{"0" * 32: "x"}, {"a" * 32: 1, "b" * 32: 2}, {}, None, ""])
async def test_8836_no_answer_is_taken_for_a_map_of_interrupt_ids(asking: Asking, answer: Any) -> None:
    """A dict whose keys all have 32 hex digits was taken as answers by id; `{}` as none; unknown ids were ignored."""
    run = await asking.start("issue_8836", input=EMPTY)
    unknown = await asking.refuse(run, respond("x", interrupt_id="0" * 32))
    assert unknown.startswith("unknown_interrupt: ")
    run = await asking.decide(run, respond(answer))
    assert run["output"]["log"] == [answer]


@pytest.mark.parametrize("order", [("tool_a", "tool_b", "tool_c"), ("tool_c", "tool_b", "tool_a")])
async def test_6533_each_tool_of_a_tool_node_gets_its_own_answer(asking: Asking, order: tuple[str, ...]) -> None:
    """Tools of one ToolNode that pause in another order than the time before got each other's answers."""
    run = await asking.start("issue_6533", message="\n".join(call(name, {}) for name in order))
    asked = []
    while run["status"] == "interrupted":
        (interrupt,) = run["interrupts"]
        asked.append(interrupt["value"]["question"])
        run = await asking.decide(run, respond(asked[-1], interrupt_id=interrupt["interrupt_id"]))
    assert run["status"] == "success", run
    assert sorted(asked) == sorted(order)
    assert sorted(asking.effects) == [["ran", [name, name]] for name in sorted(order)]


async def test_6624_parallel_calls_of_a_tool_node_are_each_asked_for_and_made_once(asking: Asking) -> None:
    """ToolNode shows one interrupt of several, and makes the calls that were approved again at each later answer."""
    calls = [("create_circle", "c1"), ("create_square", "s1"), ("create_circle", "c2"), ("create_square", "s2")]
    run = await asking.start(
        "issue_6624", message="\n".join(call(name, {"shape_id": id_, "color": "red"}) for name, id_ in calls)
    )
    decisions = {
        "c1": accept(),
        "s1": reject("no squares"),
        "c2": edit({"shape_id": "c3", "color": "blue"}),
        "s2": accept(),
    }
    asked = []
    while run["status"] == "interrupted":
        (interrupt,) = run["interrupts"]
        asked.append(interrupt["requests"][0]["args"]["shape_id"])
        run = await asking.decide(run, {**decisions[asked[-1]], "interrupt_id": interrupt["interrupt_id"]})
    assert run["status"] == "success", run
    assert sorted(asked) == ["c1", "c2", "s1", "s2"]
    created = sorted(e[1][:2] for e in asking.effects)
    assert created == [["c1", "red"], ["c3", "blue"], ["s2", "red"]]
    assert "no squares" in run["answer"]


async def test_6208_nothing_is_run_again_before_all_that_is_asked_is_answered(asking: Asking) -> None:
    """LangGraph runs a node again from its top at each answer, also where the answer is another node's."""
    run = await asking.start("issue_6208", input=EMPTY)
    ids = by_value(run)
    assert len(asking.effects) == 2
    run = await asking.decide(run, respond(1, interrupt_id=ids["left"]))
    assert len(asking.effects) == 2
    run = await asking.decide(run, respond(2, interrupt_id=ids["right"]))
    assert sorted(run["output"]["log"]) == [["left", 1], ["right", 2]]
    assert len(asking.effects) == 4


async def test_5952_what_is_answered_is_not_asked_again_beside_a_node_that_asks_twice(asking: Asking) -> None:
    """With parallel nodes, interrupts that were answered kept firing."""
    run = await asking.start("issue_5952", input=EMPTY)
    ids = by_value(run)
    assert ids.keys() == {"once", "first"}
    run = await asking.decide(run, respond(1, interrupt_id=ids["once"]), respond(2, interrupt_id=ids["first"]))
    assert by_value(run).keys() == {"second"}
    run = await asking.decide(run, respond(3))
    assert sorted(run["output"]["log"]) == [["once", 1], ["twice", 2, 3]]
    names = [name for _, name in asking.effects]
    assert (names.count("never"), names.count("once")) == (1, 2)


async def test_7780_a_question_in_a_loop_needs_one_answer_each_time(asking: Asking) -> None:
    """`interrupt()` in a loop took earlier answers again, or wanted one more."""
    run = await asking.start("issue_7780", input=EMPTY)
    asked = []
    for answer in (-1, "old", 42):
        asked.append(run["interrupts"][0]["value"])
        run = await asking.decide(run, respond(answer))
    assert run["output"]["log"] == [42]
    assert asked == [
        "What is your age?",
        "'-1' is not a valid age. Please enter a positive number.",
        "'old' is not a valid age. Please enter a positive number.",
    ]


async def test_8579_two_questions_within_one_subgraph_each_get_their_own_answer(asking: Asking) -> None:
    """One plain answer was given to either of two interrupts that wait within one task of the outer graph."""
    run = await asking.start("issue_8579", input=EMPTY)
    ids = by_value(run)
    assert ids.keys() == {"left", "right"}
    ambiguous = await asking.refuse(run, respond(1))
    assert ambiguous.startswith("invalid_decision: Several requests are open")
    run = await asking.decide(run, respond(2, interrupt_id=ids["right"]))
    assert by_value(run).keys() == {"left"}
    run = await asking.decide(run, respond(1))
    assert sorted(run["output"]["log"]) == [["left", 1], ["right", 2]]


async def test_8834_a_router_that_raises_on_the_answer_leaves_the_question_open(asking: Asking) -> None:
    """A conditional edge that raised after the node had its answer left a thread that could not go on."""
    run = await asking.start("issue_8834", input=EMPTY)
    run = await asking.decide(run, respond("nowhere"))
    assert run["status"] == "interrupted", run
    assert "KeyError" in run["error"]["message"]
    run = await asking.decide(run, respond("somewhere"))
    assert run["output"]["log"] == ["somewhere", "end"]
