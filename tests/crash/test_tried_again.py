"""What nodes call by themselves is done once where they ask, and done again where they fail and are tried again."""

from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.crash.dying import Crash, Crashing, settled
from tests.deciding import ACCEPT, decide
from tests.effects import Effects

pytestmark = pytest.mark.anyio


async def start(door: Door) -> dict[str, Any]:
    return await door.call("start_run", agent="desk", input={"said": []}, thread_id="t")


async def after_a_look_is_on_record(crash: Crash) -> str:
    """Return the id of a run whose process died then."""
    await crash.at("after record 1", lambda door: door.call("start_run", agent="desk", input={"said": []}))
    async with crash.serve(crash.config) as door:
        (run,) = (await door.call("list_runs"))["runs"]
    return str(run["run_id"])


async def test_a_failed_run_whose_process_was_killed_looks_again_when_it_is_tried_again(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="polling:waits"))
    run_id = await after_a_look_is_on_record(crash)
    effects.leave_word("open")
    async with crash.next_process() as door:
        assert (await settled(door, run_id))["status"] == "error"
        run = await door.call("resume_run", run_id=run_id)
    assert run["status"] == "success"
    assert effects.lines == ["look door"] * 2


async def test_a_node_that_retries_by_itself_looks_again_after_its_process_was_killed(
    crashing: Crashing, offer: Offer, effects: Effects
) -> None:
    crash = crashing(offer(desk="polling:retries"))
    run_id = await after_a_look_is_on_record(crash)
    effects.leave_word("open")
    async with crash.next_process() as door:
        run = await settled(door, run_id)
    assert run["status"] == "success"
    assert len(effects.lines) > 1


async def test_a_node_that_failed_beside_a_question_looks_again_once_that_is_answered(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="polling:looks_beside_a_question")) as door:
        run = await start(door)
        assert run["status"] == "interrupted"
        effects.leave_word("open")
        run = await decide(door, run, {"type": "respond", "value": "go"})
    assert run["status"] == "success"
    assert sorted(effects) == ["look door", "look door", "send ann"]


async def test_what_was_done_before_a_question_is_not_done_again_where_the_run_took_too_long(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(
        offer(desk="polling:takes_long_beside_a_question"), environ={"INTERRUPT_MCP_RUN_TIMEOUT": "2"}
    ) as door:
        run = await start(door)
        assert run["error"]["code"] == "timeout"
    effects.leave_word("open")
    async with serve(offer(desk="polling:takes_long_beside_a_question")) as door:
        run = await decide(door, run)
        run = await decide(door, run, {"type": "respond", "value": "go"})
    assert run["status"] == "success"
    assert effects.lines == ["send ann"]


async def test_a_function_whose_result_does_not_come_back_from_its_record_is_asked_about_and_not_handed_on_as_another(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="polling:charges_before_a_question")) as door:
        run = await start(door)
        run = await decide(door, run, ACCEPT)
        assert run["interrupts"][0]["value"] == "and now?"
        run = await decide(door, run, {"type": "respond", "value": "go"})
        (doubt,) = run["interrupts"]
        assert (doubt["status"], doubt["requests"][0]["action"]) == ("unknown_outcome", "charge")
        assert effects.lines == ["charge 5"]
        run = await decide(door, run, ACCEPT)
    assert run["output"] == {"said": ["5 go"]}
    assert effects.lines == ["charge 5"] * 2


async def test_what_gave_a_set_or_a_tuple_is_done_once_as_well(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer(desk="polling:rings_before_a_question")) as door:
        run = await start(door)
        run = await decide(door, run, {"type": "respond", "value": "go"})
    assert run["output"] == {"said": ["[57, 63, 97] bob 1 go"]}
    assert effects.lines == ["ring ann", "ring bob"]
