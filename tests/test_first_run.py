"""The main job: start, pause, decide, go on, in memory and in both protocol eras."""

import pytest

from tests.conftest import Serve

pytestmark = pytest.mark.anyio


async def test_three_parallel_calls_are_accepted_edited_and_rejected_in_one_resume(serve: Serve, era: str) -> None:
    async with serve(mode=era) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz, the Plaza and the Savoy")
        assert run["status"] == "interrupted"
        ritz, plaza, savoy = run["interrupts"]
        finished = await door.call(
            "resume_run",
            run_id=run["run_id"],
            decisions=[
                {"interrupt_id": ritz["interrupt_id"], "type": "accept"},
                {"interrupt_id": plaza["code"], "type": "edit", "args": {"hotel_name": "Hilton"}},
                {"interrupt_id": savoy["interrupt_id"], "type": "reject", "message": "too dear"},
            ],
        )
    assert finished["status"] == "success"
    assert "Successfully booked a stay at Ritz." in finished["answer"]
    assert "Successfully booked a stay at Hilton." in finished["answer"]
    assert "too dear" in finished["answer"]


async def test_deciding_twice_reports_the_first_decision_and_changes_nothing(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="revise_text", input={"some_text": "x"})
        decision = {"interrupt_id": run["interrupts"][0]["interrupt_id"], "type": "respond", "value": "better"}
        first = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
        again = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
        other = await door.error("resume_run", run_id=run["run_id"], decisions=[{**decision, "value": "worse"}])
    assert first["output"] == again["output"] == {"some_text": "better"}
    assert "was decided before: respond by" in again["next_step"]
    assert other.startswith("already_decided: ")
