"""Tools of every kind that ask: sync and async, twice in sequence, with questions, with commands, that raise."""

from typing import Any

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide, decided_in_turn, decision
from tests.effects import Effects
from tests.gate.agents import kinds_of_tools
from tests.gate.bare import bare

pytestmark = pytest.mark.anyio

DEFS = pytest.mark.parametrize("define", ["", "_async"], ids=["def", "async def"])
SHAPES = pytest.mark.parametrize("shape", ["", "_by_hand"], ids=["create_agent", "hand_built"])
"""Each agent of `agents/kinds_of_tools.py` is there in both shapes, with its tool defined in both ways."""
REJECT = {"type": "reject", "message": "no"}
EDIT = {"type": "edit", "args": {"hotel": "Plaza", "nights": 3}}


@DEFS
@SHAPES
async def test_a_tool_that_knows_only_accept_is_edited_by_the_gate(
    serve: Serve, offer: Offer, effects: Effects, define: str, shape: str
) -> None:
    config = offer(desk=f"kinds_of_tools:books{shape}{define}")
    run = await decided_in_turn(serve, config, {"type": "edit", "args": {"hotel": "Plaza", "nights": 2}})
    assert run["status"] == "success"
    assert effects.lines == ["book Plaza 2"]
    assert run["answer"] == "success: booked Plaza"


@DEFS
@SHAPES
async def test_a_tool_that_knows_only_accept_is_rejected_by_the_gate(
    serve: Serve, offer: Offer, effects: Effects, define: str, shape: str
) -> None:
    config = offer(desk=f"kinds_of_tools:books{shape}{define}")
    run = await decided_in_turn(serve, config, {"type": "reject", "message": "too dear"})
    assert run["status"] == "success"
    assert effects.lines == []
    assert run["answer"] == "error: book was not run: too dear"


async def test_langgraph_alone_is_stuck_for_good_on_a_reject_that_the_tool_does_not_know(
    effects: Effects,
) -> None:
    graph = bare(kinds_of_tools.books_async)
    (question,) = await graph.start()
    with pytest.raises(ValueError, match="unknown answer"):
        await graph.answer({question.id: {"type": "reject"}})
    with pytest.raises(ValueError, match=r"unknown answer .*reject"):
        await graph.answer({question.id: {"type": "accept"}})
    assert effects.lines == []


@DEFS
@SHAPES
@pytest.mark.parametrize(
    ("first", "second", "done"),
    [
        (ACCEPT, ACCEPT, ["held Ritz 2", "held Ritz 2", "paid Ritz 2"]),
        (ACCEPT, REJECT, ["held Ritz 2"]),
        (EDIT, ACCEPT, ["held Plaza 3", "held Plaza 3", "paid Plaza 3"]),
        (ACCEPT, EDIT, ["held Ritz 2", "held Plaza 3", "paid Plaza 3"]),
        (REJECT, None, []),
    ],
    ids=["accept-accept", "accept-reject", "edit-accept", "accept-edit", "reject"],
)
async def test_a_tool_that_asks_twice(
    serve: Serve,
    offer: Offer,
    effects: Effects,
    define: str,
    shape: str,
    first: dict[str, Any],
    second: dict[str, Any] | None,
    done: list[str],
) -> None:
    """What stands before its second question runs again with the answer to it, as LangGraph does it."""
    config = offer(desk=f"kinds_of_tools:asks_twice{shape}{define}")
    run = await decided_in_turn(serve, config, *filter(None, (first, second)))
    assert run["status"] == "success"
    assert effects.lines == done


async def test_the_second_question_shows_the_arguments_that_were_edited_at_the_first(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    config = offer(desk="kinds_of_tools:asks_twice")
    run = await decided_in_turn(serve, config, EDIT)
    (second,) = run["interrupts"]
    assert second["value"] == "pay for 3 nights at Plaza?"
    assert second["requests"][0]["args"] == {"hotel": "Plaza", "nights": 3}


@DEFS
@SHAPES
async def test_a_question_of_a_tool_is_answered_with_what_the_person_says(
    serve: Serve, offer: Offer, effects: Effects, define: str, shape: str
) -> None:
    config = offer(desk=f"kinds_of_tools:questions{shape}{define}")
    run = await decided_in_turn(serve, config, {"type": "respond", "value": {"data": "milk first"}})
    assert run["answer"] == "success: the person says milk first"
    assert effects.lines == ["heard milk first"]


@DEFS
@SHAPES
async def test_a_question_of_a_tool_can_be_refused(
    serve: Serve, offer: Offer, effects: Effects, define: str, shape: str
) -> None:
    config = offer(desk=f"kinds_of_tools:questions{shape}{define}")
    run = await decided_in_turn(serve, config, {"type": "reject", "message": "none of your business"})
    assert run["answer"] == "error: ask was not run: none of your business"
    assert effects.lines == []


async def test_langgraph_alone_is_stuck_for_good_on_an_answer_without_the_field_that_the_tool_reads(
    effects: Effects,
) -> None:
    graph = bare(kinds_of_tools.questions_async)
    (question,) = await graph.start()
    with pytest.raises(KeyError):
        await graph.answer({question.id: {"type": "accept"}})
    with pytest.raises(KeyError):
        await graph.answer({question.id: {"data": "milk first"}})


@SHAPES
async def test_an_answer_on_which_the_tool_raises_is_asked_for_again_once_a_person_lets_it_run_again(
    serve: Serve, offer: Offer, effects: Effects, shape: str
) -> None:
    config = offer(desk=f"kinds_of_tools:questions{shape}_async")
    run = await decided_in_turn(
        serve, config, {"type": "respond", "value": "milk"}, ACCEPT, {"type": "respond", "value": {"data": "tea"}}
    )
    assert run["status"] == "success"
    assert effects.lines == ["heard tea"]


@DEFS
@SHAPES
async def test_a_tool_that_returns_a_command_keeps_it_while_its_neighbour_is_decided(
    serve: Serve, offer: Offer, effects: Effects, define: str, shape: str
) -> None:
    config = offer(desk=f"kinds_of_tools:commands{shape}{define}")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        while run["status"] == "interrupted":
            words = [
                decision(i, "accept" if i["requests"][0]["args"]["to"] == "a" else "reject") for i in run["interrupts"]
            ]
            run = await decide(door, run, *words)
    assert run["status"] == "success"
    assert effects.lines == ["move a"]
    first, second = run["answer"].splitlines()
    assert first == "success: moved to a"
    assert second.startswith("error: move was not run")


SUBCLASSES = {"one that logs": "logs", "one that extends the last step": "logs_in_the_last_step"}


@pytest.mark.parametrize("kind", SUBCLASSES)
async def test_subclasses_of_tool_nodes(serve: Serve, offer: Offer, effects: Effects, kind: str) -> None:
    run = await decided_in_turn(serve, offer(desk=f"kinds_of_tools:{SUBCLASSES[kind]}"), ACCEPT, REJECT)
    assert run["status"] == "success"
    assert [line for line in effects if not line.startswith("log")] == ["book Ritz 1"]


async def test_messages_without_ids_in_a_state_of_the_users_own(serve: Serve, offer: Offer, effects: Effects) -> None:
    """No reducer gives the messages ids here, the tool calls of both turns have one id, and each is decided alone."""
    async with serve(offer(desk="kinds_of_tools:without_ids")) as door:
        run = await door.call("start_run", agent="desk", input={"turn": 0})
        for word in ("accept", "reject", "reject", "accept"):
            run = await decide(door, run, {"type": word})
    assert run["status"] == "success"
    assert effects.lines == ["book a0 1", "book b1 1"]
