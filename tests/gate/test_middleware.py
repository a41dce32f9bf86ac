"""LangChain's HumanInTheLoopMiddleware asks before the call and edits it on its way: the gate stands behind it."""

from typing import Any

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide, decision, requests
from tests.effects import Effects
from tests.gate.agents import approving
from tests.gate.bare import bare
from tests.gate.conftest import Audited

pytestmark = pytest.mark.anyio
BOTH = pytest.mark.parametrize("mode", ["batched", "per_call"])


@BOTH
async def test_a_gate_around_the_middleware_sees_arguments_that_do_not_run(effects: Effects, mode: str) -> None:
    graph = bare(getattr(approving, f"watched_{mode}"))
    (question,) = await graph.start()
    edit = {"type": "edit", "edited_action": {"name": "refund", "args": {"amount": 5}}}
    await graph.answer({question.id: {"decisions": [edit]} if mode == "batched" else edit})
    times = 1 if mode == "batched" else 2
    assert effects.lines == ["gate saw 500"] * times + ["refund 5"]


@BOTH
async def test_an_edit_is_what_the_gate_compares_and_what_runs(
    serve: Serve, offer: Offer, effects: Effects, audited: Audited, mode: str
) -> None:
    config = offer(desk=f"approving:refunds_{mode}")
    async with serve(config) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await decide(door, run, {"type": "edit", "args": {"amount": 5}})
    (started,) = [entry["detail"] for entry in audited(config) if entry["event"] == "effect_started"]
    assert run["status"] == "success"
    assert effects.lines == ["refund 5"]
    assert started["args"] == {"amount": 5}


@BOTH
async def test_an_edit_of_nested_arguments_runs_as_it_was_sent(
    serve: Serve, offer: Offer, effects: Effects, mode: str
) -> None:
    async with serve(offer(desk=f"approving:ships_{mode}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        edited = {"to": {"street": "B"}, "boxes": [2, 3]}
        run = await decide(door, run, {"type": "edit", "args": edited})
    assert run["status"] == "success"
    assert effects.lines == ["ship [2, 3] to B UK"]


@BOTH
async def test_a_call_that_something_changes_after_the_approval_does_not_run(
    serve: Serve, offer: Offer, effects: Effects, mode: str
) -> None:
    async with serve(offer(desk=f"approving:changed_{mode}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == []
    assert "error: refund was not run: its arguments are not the ones that were approved" in run["answer"]


@BOTH
async def test_four_calls_of_one_turn_are_accepted_edited_rejected_and_answered(
    serve: Serve, offer: Offer, effects: Effects, mode: str
) -> None:
    words: list[dict[str, Any]] = [
        ACCEPT,
        {"type": "edit", "args": {"amount": 20}},
        {"type": "reject", "message": "too much"},
        {"type": "respond", "message": "refunded by hand"},
    ]
    async with serve(offer(desk=f"approving:four_calls_{mode}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        assert len(run["interrupts"]) == (1 if mode == "batched" else 4)
        decisions = [
            {"interrupt_id": interrupt["interrupt_id"], "index": request["index"], **word}
            for (interrupt, request), word in zip(requests(run), words, strict=True)
        ]
        run = await decide(door, run, *decisions)
    assert run["status"] == "success"
    assert sorted(effects) == ["look", "refund 1", "refund 20"]
    assert "too much" in run["answer"]
    assert "success: refunded by hand" in run["answer"]


@BOTH
async def test_the_same_call_in_a_later_turn_is_asked_again(
    serve: Serve, offer: Offer, effects: Effects, mode: str
) -> None:
    async with serve(offer(desk=f"approving:same_again_{mode}")) as door:
        first = await door.call("start_run", agent="desk", message="go")
        second = await decide(door, first, ACCEPT)
        assert effects.lines == ["refund 5"]
        assert second["interrupts"][0]["interrupt_id"] != first["interrupts"][0]["interrupt_id"]
        run = await decide(door, first, {"type": "reject"})
    assert run["status"] == "success"
    assert effects.lines == ["refund 5"]


@BOTH
async def test_two_calls_with_one_id_in_one_message_run_no_more_than_was_allowed(
    serve: Serve, offer: Offer, effects: Effects, mode: str
) -> None:
    async with serve(offer(desk=f"approving:one_id_{mode}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        decisions = [
            decision(i, "accept" if request["args"]["amount"] == 5 else "reject", index=request["index"])
            for i, request in requests(run)
        ]
        run = await decide(door, run, *decisions)
    assert run["status"] == "success"
    assert set(effects) <= {"refund 5"}
    if mode == "per_call":
        assert effects.lines == ["refund 5"]


@BOTH
async def test_two_calls_with_one_id_in_one_message_both_run_when_both_are_accepted(
    serve: Serve, offer: Offer, effects: Effects, mode: str
) -> None:
    async with serve(offer(desk=f"approving:one_id_{mode}")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        decisions = [decision(i, "accept", index=request["index"]) for i, request in requests(run)]
        run = await decide(door, run, *decisions)
    assert run["status"] == "success"
    assert sorted(effects) == ["refund 5", "refund 6"]


async def test_only_some_of_a_batch_decided_runs_nothing_yet(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer(desk="approving:two_calls_batched")) as door:
        run = await door.call("start_run", agent="desk", message="go")
        (one,) = run["interrupts"]
        run = await decide(door, run, decision(one, "accept", index=1))
        assert run["status"] == "interrupted"
        assert effects.lines == []
        run = await decide(door, run, decision(one, "reject", index=0))
    assert run["status"] == "success"
    assert effects.lines == ["refund 2"]
