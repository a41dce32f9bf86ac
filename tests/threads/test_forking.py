"""A copy of a thread has its history, and nothing of what was pending or permitted there."""

import pytest

from tests.conftest import Offer, Serve
from tests.effects import Effects
from tests.threads.conftest import DeskFile
from tests.threads.past import actions, before, checkpoints, decide

pytestmark = pytest.mark.anyio


async def test_a_finished_thread_goes_on_in_two(serve: Serve, era: str, bookings: Effects) -> None:
    async with serve(mode=era) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        await decide(door, run, "accept")
        was = await checkpoints(door, run["thread_id"])
        copy = await door.call("fork_thread", thread_id=run["thread_id"])
        thread = await door.call("get_thread", thread_id=run["thread_id"])
        assert copy["thread_id"] != run["thread_id"]
        assert (copy["agent"], copy["values"]) == ("hotel", thread["values"])
        assert "start_run" in copy["next_step"]
        copied = await checkpoints(door, copy["thread_id"])
        assert [c["checkpoint_id"] for c in copied] == [c["checkpoint_id"] for c in was]
        assert [c["interrupts"] for c in copied] == [[]] * len(copied)
        more = await door.call("start_run", agent="hotel", message="Find hotels in Paris", thread_id=copy["thread_id"])
        assert "Ritz Paris" in more["answer"]
        assert await checkpoints(door, run["thread_id"]) == was
        messages = (await door.call("get_thread", thread_id=copy["thread_id"]))["values"]["messages"]
    assert [m["type"] for m in messages] == ["human", "ai", "tool", "ai"] * 2
    assert bookings.lines == ["Ritz"]


async def test_what_was_pending_is_asked_again_in_the_copy(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz and the Plaza")
        copy = await door.call("fork_thread", thread_id=run["thread_id"])
        assert "rewind_thread" in copy["next_step"]
        assert copy["checkpoint_id"] in copy["next_step"]
        again = await door.call("rewind_thread", thread_id=copy["thread_id"], checkpoint_id=copy["checkpoint_id"])
        ids = {i["interrupt_id"] for i in (await door.call("list_interrupts"))["interrupts"]}
        assert ids == {i["interrupt_id"] for r in (run, again) for i in r["interrupts"]}
        assert len(ids) == 4
        await decide(door, again, "reject", "accept", message="no")
        assert bookings.lines == ["Plaza"]
        original = await door.call("get_run", run_id=run["run_id"])
        assert [i["interrupt_id"] for i in original["interrupts"]] == [i["interrupt_id"] for i in run["interrupts"]]
        finished = await decide(door, original, "accept", "reject", message="no")
    assert finished["status"] == "success"
    assert bookings.lines == ["Plaza", "Ritz"]


async def test_a_new_message_on_a_copied_pause_closes_what_was_open(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        copy = await door.call("fork_thread", thread_id=run["thread_id"])
        more = await door.call("start_run", agent="hotel", message="Book the Plaza", thread_id=copy["thread_id"])
        assert [r["args"] for i in more["interrupts"] for r in i["requests"]] == [{"hotel_name": "Plaza"}]
        messages = (await door.call("get_thread", thread_id=copy["thread_id"]))["values"]["messages"]
        assert [m.get("status") for m in messages] == [None, None, "error", None, None]
        await decide(door, more, "accept")
    assert bookings.lines == ["Plaza"]


async def test_an_approval_is_not_copied(serve: Serve, desk: DeskFile) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="desk", message="Refund 20 of order 1001 because it came late")
        await decide(door, run, "accept")
        between = await before(door, run["thread_id"], "tools")
        copy = await door.call("fork_thread", thread_id=run["thread_id"], checkpoint_id=between)
        assert [m["type"] for m in copy["values"]["messages"]] == ["human", "ai"]
        again = await door.call("rewind_thread", thread_id=copy["thread_id"], checkpoint_id=copy["checkpoint_id"])
        assert actions(again) == ["refund_order"]
        assert again["effects_done"] == []
        second = await door.call("fork_thread", thread_id=copy["thread_id"], checkpoint_id=between)
        third = await door.call("rewind_thread", thread_id=second["thread_id"], checkpoint_id=between)
        assert actions(third) == ["refund_order"]
        await decide(door, third, "accept")
    assert desk.rows("refunds", "cents") == [(2000,), (2000,)]


async def test_the_policy_of_the_thread_is_copied(serve: Serve) -> None:
    async with serve(environ={"INTERRUPT_MCP_APPROVER": "human"}) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        copy = await door.call("fork_thread", thread_id=run["thread_id"])
    async with serve(environ={"INTERRUPT_MCP_APPROVER": "client"}) as door:
        again = await door.call("rewind_thread", thread_id=copy["thread_id"], checkpoint_id=copy["checkpoint_id"])
        accept = {"interrupt_id": again["interrupts"][0]["interrupt_id"], "type": "accept"}
        error = await door.error("resume_run", run_id=again["run_id"], decisions=[accept])
    assert error.startswith("needs_human: ")


async def test_a_state_that_is_kept_in_pieces_is_copied_whole(serve: Serve, offer: Offer) -> None:
    async with serve(offer("pausing:delta")) as door:
        run = await door.call("start_run", agent="delta", input={"words": ["given"]})
        thread_id = run["thread_id"]
        await decide(door, run, "respond", value="asked")
        past = await checkpoints(door, thread_id)
        whole = (await door.call("get_thread", thread_id=thread_id))["values"]["words"]
        assert whole == ["given", "first", "asked", "last"]
        for checkpoint in past:
            copy = await door.call("fork_thread", thread_id=thread_id, checkpoint_id=checkpoint["checkpoint_id"])
            assert copy["values"].get("words", []) == whole[: max(0, checkpoint["step"] + 1)]
        here = await before(door, thread_id, "ask")
        edited = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=here, values={"words": ["more"]})
        assert edited["interrupts"][0]["value"] == {"words": ["given", "first", "more"]}
        for number in range(2):
            here = await before(door, thread_id, "ask")
            values = {"words": ["still"]} if number else None
            edited = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=here, values=values)
        assert edited["interrupts"][0]["value"] == {"words": ["given", "first", "more", "still"]}
        finished = await decide(door, edited, "respond", value="other")
    assert finished["output"]["words"] == ["given", "first", "more", "still", "other", "last"]
