"""Going on from an older checkpoint: asked again under new ids, what was done is told, and nothing is done twice."""

import pytest

from tests.conftest import Serve
from tests.effects import Effects
from tests.people.person import Person, fill_in
from tests.threads.conftest import DeskFile
from tests.threads.past import actions, before, checkpoints, decide

pytestmark = pytest.mark.anyio

REFUND = "Refund 20 of order 1001 because it came late"
BOTH = f"{REFUND}, and message ada@example.com: Sorry for the delay!"


async def test_a_finished_booking_is_asked_again_and_decided_otherwise(
    serve: Serve, era: str, bookings: Effects
) -> None:
    async with serve(mode=era) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        first = await decide(door, run, "accept")
        again = await door.call(
            "rewind_thread", thread_id=run["thread_id"], checkpoint_id=await before(door, run["thread_id"], "tools")
        )
        assert again["run_id"] != run["run_id"]
        assert again["status"] == "interrupted"
        assert actions(again) == ["book_hotel"]
        assert again["interrupts"][0]["interrupt_id"] != run["interrupts"][0]["interrupt_id"]
        (done,) = again["effects_done"]
        assert done["action"] == "book_hotel"
        assert done["args"] == {"hotel_name": "Ritz"}
        assert done["result"] == "Successfully booked a stay at Ritz."
        assert done["interrupt_id"] == run["interrupts"][0]["interrupt_id"]
        assert done["outcome"] == "done"
        other = await decide(door, again, "edit", args={"hotel_name": "Savoy"})
    assert first["status"] == other["status"] == "success"
    assert "Savoy" in other["answer"]
    assert "Ritz" not in other["answer"]
    assert bookings.lines == ["Ritz", "Savoy"]


async def test_an_action_that_middleware_let_pass_is_asked_again_behind_its_approval(
    serve: Serve, era: str, desk: DeskFile
) -> None:
    async with serve(mode=era) as door:
        run = await door.call("start_run", agent="desk", message=REFUND)
        await decide(door, run, "accept")
        between = await before(door, run["thread_id"], "tools")
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=between)
        assert actions(again) == ["refund_order"]
        (asked,) = again["interrupts"]
        assert asked["dialect"] == "tool_call"
        assert asked["requests"][0]["args"] == {"order_id": 1001, "amount": 20, "reason": "it came late"}
        assert asked["value"]["description"].startswith("refund_order was put to a person before")
        assert desk.rows("refunds", "cents") == [(2000,)]
        rejected = await decide(door, again, "reject", message="once is enough")
        assert "once is enough" in rejected["answer"]
        third = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=between)
        await decide(door, third, "edit", args={"order_id": 1001, "amount": 5, "reason": "better"})
    assert desk.rows("refunds", "cents, reason") == [(2000, "it came late"), (500, "better")]


async def test_before_the_approval_the_middleware_asks_and_the_gate_does_not(serve: Serve, desk: DeskFile) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="desk", message=REFUND)
        await decide(door, run, "accept")
        pause = await before(door, run["thread_id"], "HumanInTheLoopMiddleware.after_model")
        all_pauses = [c for c in await checkpoints(door, run["thread_id"]) if c["interrupts"]]
        again = await door.call(
            "rewind_thread", thread_id=run["thread_id"], checkpoint_id=all_pauses[-1]["checkpoint_id"]
        )
        assert pause != all_pauses[-1]["checkpoint_id"]
        assert [i["dialect"] for i in again["interrupts"]] == ["middleware"]
        finished = await decide(door, again, "accept")
    assert finished["status"] == "success"
    assert desk.rows("refunds", "cents") == [(2000,), (2000,)]


async def test_a_call_that_asks_itself_is_asked_once_beside_one_that_the_gate_asks_about(
    serve: Serve, desk: DeskFile
) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="desk", message=BOTH)
        paused = await decide(door, run, "accept")
        await decide(door, paused, "accept")
        between = await before(door, run["thread_id"], "tools", "tools")
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=between)
        assert actions(again) == ["refund_order", "send_message"]
        assert [one["action"] for one in again["effects_done"]] == ["refund_order", "send_message"]
        finished = await decide(door, again, "reject", "accept")
    assert finished["status"] == "success"
    assert desk.rows("refunds", "cents") == [(2000,)]
    assert len(desk.rows("messages", "recipient")) == 2


async def test_the_run_that_waited_is_cancelled_and_its_question_superseded(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="review_summary", input={"text": "One. Two."})
        thread_id = run["thread_id"]
        start = await before(door, thread_id, "generate_summary")
        again = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=start)
        assert again["effects_done"] == []
        assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "cancelled"
        old = {"interrupt_id": run["interrupts"][0]["interrupt_id"], "type": "accept"}
        assert (await door.error("resume_run", run_id=run["run_id"], decisions=[old])).startswith("superseded: ")
        (pending,) = (await door.call("list_interrupts"))["interrupts"]
        assert pending["interrupt_id"] == again["interrupts"][0]["interrupt_id"] != old["interrupt_id"]
        finished = await decide(door, again, "respond", value={"edited_summary": "Other."})
    assert finished["output"]["report"] == "Report\n\nOther."


async def test_at_a_pause_the_edited_state_is_asked_about(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="review_summary", input={"text": "One. Two."})
        here = await before(door, run["thread_id"], "human_review_edit")
        again = await door.call(
            "rewind_thread", thread_id=run["thread_id"], checkpoint_id=here, values={"summary": "Edited."}
        )
        assert again["interrupts"][0]["value"]["generated_summary"] == "Edited."
        finished = await decide(door, again, "accept")
    assert finished["output"] == {"text": "One. Two.", "summary": "Edited.", "report": "Report\n\nEdited."}


async def test_a_step_that_a_decision_chose_is_gone_on_with_after_an_edit(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="approve_output", input={"topic": "x"})
        await decide(door, run, "accept")
        chosen = await before(door, run["thread_id"], "approved_path")
        again = await door.call(
            "rewind_thread", thread_id=run["thread_id"], checkpoint_id=chosen, values={"llm_output": "Edited."}
        )
    assert again["status"] == "success"
    assert again["output"]["result"] == "Published: Edited."


async def test_values_at_the_input_are_merged_after_it(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="revise_texts", input={"text_1": "a", "text_2": "b"})
        thread_id = run["thread_id"]
        given = await before(door, thread_id, "__start__")
        again = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=given, values={"text_2": "c"})
        assert [i["value"]["text_to_revise"] for i in again["interrupts"]] == ["a", "c"]
        decisions = [
            {"interrupt_id": i["interrupt_id"], "type": "respond", "value": v}
            for i, v in zip(again["interrupts"], ["x", "y"], strict=True)
        ]
        finished = await door.call("resume_run", run_id=again["run_id"], decisions=decisions)
    assert finished["output"] == {"text_1": "x", "text_2": "y"}


async def test_values_after_two_parallel_nodes_are_merged_once(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="revise_texts", input={"text_1": "a", "text_2": "b"})
        here = await before(door, run["thread_id"], "human_node_1", "human_node_2")
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=here, values={"text_1": "c"})
        assert [i["value"]["text_to_revise"] for i in again["interrupts"]] == ["c", "b"]
        finished = await door.call(
            "resume_run",
            run_id=again["run_id"],
            decisions=[
                {"interrupt_id": i["interrupt_id"], "type": "respond", "value": v}
                for i, v in zip(again["interrupts"], ["x", "y"], strict=True)
            ],
        )
        end = (await checkpoints(door, run["thread_id"]))[0]["checkpoint_id"]
        edited = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=end, values={"text_2": "z"})
    assert finished["output"] == {"text_1": "x", "text_2": "y"}
    assert edited["status"] == "success"
    assert edited["output"] == {"text_1": "x", "text_2": "z"}


async def test_an_edited_call_of_a_paused_tool_is_what_is_asked_and_done(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        thread = await door.call("get_thread", thread_id=run["thread_id"], limit=1)
        message = thread["values"]["messages"][-1]
        message["tool_calls"][0]["args"] = {"hotel_name": "Plaza"}
        again = await door.call(
            "rewind_thread",
            thread_id=run["thread_id"],
            checkpoint_id=thread["checkpoints"][0]["checkpoint_id"],
            values={"messages": [message]},
        )
        assert [i["requests"][0]["args"] for i in again["interrupts"]] == [{"hotel_name": "Plaza"}]
        await decide(door, again, "accept")
        messages = (await door.call("get_thread", thread_id=run["thread_id"]))["values"]["messages"]
    assert bookings.lines == ["Plaza"]
    assert [m["type"] for m in messages] == ["human", "ai", "tool", "ai"]


async def test_going_back_to_an_end_is_an_end(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Find hotels in Paris")
        end = (await checkpoints(door, run["thread_id"]))[0]
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=end["checkpoint_id"])
    assert end["next"] == []
    assert again["status"] == "success"
    assert again["answer"] == run["answer"]


async def test_the_timeline_shows_both_branches(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        await decide(door, run, "accept")
        back = await before(door, run["thread_id"], "tools")
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=back)
        await decide(door, again, "reject", message="no")
        past = await checkpoints(door, run["thread_id"])
    assert {c["branch"] for c in past} == {1, 2}
    assert {c["run_id"] for c in past if c["branch"] == 2} == {again["run_id"]}
    assert [(d["code"], d["type"]) for c in past for d in c["decisions"]] == [
        (again["interrupts"][0]["code"], "reject"),
        (run["interrupts"][0]["code"], "accept"),
    ]
    asked = [c["interrupts"] for c in past if c["interrupts"]]
    assert asked == [[again["interrupts"][0]["interrupt_id"]], [run["interrupts"][0]["interrupt_id"]]]
    assert bookings.lines == ["Ritz"]


async def test_only_what_was_done_on_the_branch_that_is_left_is_told(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        await decide(door, run, "accept")
        thread_id = run["thread_id"]
        back = await before(door, thread_id, "tools")
        second = await door.call("start_run", agent="hotel", message="Book the Plaza", thread_id=thread_id)
        await decide(door, second, "accept")
        later = await before(door, thread_id, "tools")
        third = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=later)
        assert [e["args"] for e in third["effects_done"]] == [{"hotel_name": "Plaza"}]
        await decide(door, third, "edit", args={"hotel_name": "Savoy"})
        fourth = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=back)
        assert [e["args"] for e in fourth["effects_done"]] == [{"hotel_name": "Ritz"}, {"hotel_name": "Savoy"}]
        fifth = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=back)
        assert fifth["effects_done"] == []
    assert bookings.lines == ["Ritz", "Plaza", "Savoy"]


async def test_where_the_client_shows_forms_the_person_is_asked_again_in_the_same_call(
    serve: Serve, era: str, bookings: Effects
) -> None:
    person = Person(otherwise=fill_in("accept"))
    async with serve(mode=era, elicitation_callback=person) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        assert run["status"] == "success"
        back = await before(door, run["thread_id"], "tools")
        person.otherwise = fill_in("edit", arg_hotel_name="Plaza")
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=back)
        assert again["status"] == "success"
        assert [e["args"] for e in again["effects_done"]] == [{"hotel_name": "Ritz"}]
        after = await before(door, run["thread_id"], "model")
        error = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=after)
    assert error.startswith("needs_human: ")
    *_, consent = person.texts
    assert len(person.texts) == 3
    assert "go back on a thread" in consent
    assert bookings.lines == ["Ritz", "Plaza"]


async def test_the_beginning_of_a_branch_can_itself_be_gone_back_to(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        thread_id = run["thread_id"]
        again = [run]
        for _ in range(3):
            here = await before(door, thread_id, "tools")
            again.append(await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=here))
        past = await checkpoints(door, thread_id)
        assert len({i["interrupt_id"] for r in again for i in r["interrupts"]}) == 4
        assert [c["interrupts"] for c in past if c["interrupts"]] == [
            [r["interrupts"][0]["interrupt_id"]] for r in reversed(again)
        ]
        finished = await decide(door, again[-1], "accept")
    assert finished["status"] == "success"
    assert bookings.lines == ["Ritz"]


async def test_values_are_merged_at_the_beginning_of_a_branch(serve: Serve) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="review_summary", input={"text": "One. Two."})
        thread_id = run["thread_id"]
        for summary in ("A.", "B.", "C."):
            here = await before(door, thread_id, "human_review_edit")
            again = await door.call(
                "rewind_thread", thread_id=thread_id, checkpoint_id=here, values={"summary": summary}
            )
            assert [i["value"]["generated_summary"] for i in again["interrupts"]] == [summary]
        finished = await decide(door, again, "accept")
    assert finished["output"]["summary"] == "C."
