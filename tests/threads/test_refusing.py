"""What cannot be gone back to, or merged, is refused with a clear word, and nothing is changed."""

import re
from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.effects import Effects
from tests.threads.conftest import DeskFile
from tests.threads.past import before, checkpoints, decide

pytestmark = pytest.mark.anyio


async def _state(door: Door, thread_id: str) -> tuple[Any, ...]:
    runs = (await door.call("list_runs", thread_id=thread_id))["runs"]
    pending = (await door.call("list_interrupts"))["interrupts"]
    return [(r["run_id"], r["status"]) for r in runs], pending, await checkpoints(door, thread_id)


async def test_what_is_not_there_is_unknown(serve: Serve, era: str) -> None:
    async with serve(mode=era) as door:
        mine = await door.call("start_run", agent="revise_text", input={"some_text": "a"})
        other = await door.call("start_run", agent="revise_text", input={"some_text": "b"})
        was = await _state(door, mine["thread_id"])
        foreign = await before(door, other["thread_id"], "human_node")
        for tool, more in (("rewind_thread", {}), ("fork_thread", {})):
            error = await door.error(tool, thread_id="nobody", checkpoint_id=foreign, **more)
            assert error.startswith("unknown_thread: There is no thread 'nobody'. ")
            for checkpoint in (foreign, "nothing"):
                error = await door.error(tool, thread_id=mine["thread_id"], checkpoint_id=checkpoint)
                assert error.startswith(f"unknown_checkpoint: Thread {mine['thread_id']} has no checkpoint ")
        assert (await door.error("get_thread", thread_id="nobody")).startswith("unknown_thread: ")
        error = await door.error("get_thread", thread_id=mine["thread_id"], before=foreign)
        assert error.startswith("unknown_checkpoint: ")
        for limit in (0, 101):
            error = await door.error("get_thread", thread_id=mine["thread_id"], limit=limit)
            assert error.startswith("invalid_input: ")
        assert await _state(door, mine["thread_id"]) == was


async def test_a_checkpoint_of_a_graph_inside_the_graph_is_refused(serve: Serve, offer: Offer) -> None:
    async with serve(offer("pausing:nested")) as door:
        run = await door.call("start_run", agent="nested", input={"text": "a"})
        was = await _state(door, run["thread_id"])
        assert door.app is not None
        saver = (await door.app.store()).checkpoints()
        kept = [each async for each in saver.alist({"configurable": {"thread_id": run["thread_id"]}})]
        places = [each.config["configurable"] for each in kept]
        inner = [place["checkpoint_id"] for place in places if place["checkpoint_ns"]]
        assert inner
        for checkpoint in inner:
            error = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=checkpoint)
            assert error.startswith("unknown_checkpoint: ")
            assert "belongs to a graph inside the graph" in error
        assert await _state(door, run["thread_id"]) == was
        here = await before(door, run["thread_id"], "inner")
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=here, values={"text": "b"})
        assert [i["value"] for i in again["interrupts"]] == [{"text": "b"}]
        finished = await decide(door, again, "respond", value="c")
    assert finished["output"] == {"text": "c"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"summry": "x"}, "'summry' was unexpected"),
        ({"summary": 3}, "values.summary: 3 is not of type 'string'"),
        ({"summary": {"text": "x"}}, "is not of type 'string'"),
        ({"messages": []}, "'messages' was unexpected"),
    ],
)
async def test_values_that_are_no_part_of_the_state_are_refused(
    serve: Serve, values: dict[str, Any], told: str
) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="review_summary", input={"text": "One. Two."})
        was = await _state(door, run["thread_id"])
        here = await before(door, run["thread_id"], "human_review_edit")
        error = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=here, values=values)
        assert error.startswith("invalid_input: ")
        assert told in error
        assert await _state(door, run["thread_id"]) == was


@pytest.mark.parametrize(
    "messages",
    [
        [{"type": "nobody", "content": "x"}],
        [{"content": "x"}],
        [{"type": "remove", "id": "not there", "content": ""}],
        [17],
        17,
    ],
)
async def test_messages_that_are_none_are_refused(serve: Serve, messages: Any) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        was = await _state(door, run["thread_id"])
        here = await before(door, run["thread_id"], "tools")
        error = await door.error(
            "rewind_thread", thread_id=run["thread_id"], checkpoint_id=here, values={"messages": messages}
        )
        assert error.startswith("invalid_input: values.messages")
        assert await _state(door, run["thread_id"]) == was


async def test_a_thread_that_runs_is_left_alone(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("pausing:slow")) as door:
        run = await door.call("start_run", agent="slow", input={"text": "a"}, wait_seconds=0)
        seen: list[dict[str, Any]] = []
        while not seen or seen[0]["next"] != ["wait"]:
            seen = await checkpoints(door, run["thread_id"])
        error = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=seen[-1]["checkpoint_id"])
        assert error.startswith(f"thread_busy: Run {run['run_id']} is going on on thread {run['thread_id']}. ")
        copy = await door.call("fork_thread", thread_id=run["thread_id"])
        assert copy["values"] == {"text": "a"}
        effects.leave_word("go")
        finished = await door.call("get_run", run_id=run["run_id"], wait_seconds=20)
    assert finished["status"] == "success"


async def test_a_thread_of_another_project_does_not_exist(serve: Serve, offer: Offer) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="revise_text", input={"some_text": "a"})
        here = await before(door, run["thread_id"], "human_node")
    async with serve(offer("pausing:nested")) as door:
        for tool in ("get_thread", "fork_thread"):
            assert (await door.error(tool, thread_id=run["thread_id"])).startswith("unknown_thread: ")
        error = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=here)
        assert error.startswith("unknown_thread: ")


async def test_where_a_person_must_decide_a_client_does_not_go_on_behind_a_decision(
    serve: Serve, desk: DeskFile
) -> None:
    async with serve(environ={"INTERRUPT_MCP_APPROVER": "client"}) as door:
        run = await door.call("start_run", agent="desk", message="Refund 20 of order 1001 because it came late")
        await decide(door, run, "accept")
    async with serve(environ={"INTERRUPT_MCP_APPROVER": "human"}) as door:
        thread_id = run["thread_id"]
        look = await door.call("start_run", agent="desk", message="Show order 1001", thread_id=thread_id)
        was = await _state(door, thread_id)
        between = await before(door, thread_id, "tools")
        behind = next(c for c in was[2] if c["run_id"] == run["run_id"] and c["next"] == ["tools"])
        code = run["interrupts"][0]["code"]
        error = await door.error("rewind_thread", thread_id=thread_id, checkpoint_id=behind["checkpoint_id"])
        assert error.startswith(f"needs_human: Checkpoint {behind['checkpoint_id']} is behind the decision on {code}")
        error = await door.error("rewind_thread", thread_id=thread_id, checkpoint_id=between, values={"messages": []})
        assert error.startswith("needs_human: ")
        assert await _state(door, thread_id) == was
        copy = await door.call("fork_thread", thread_id=thread_id, checkpoint_id=behind["checkpoint_id"])
        error = await door.error("rewind_thread", thread_id=copy["thread_id"], checkpoint_id=copy["checkpoint_id"])
        assert error.startswith("needs_human: ")
        hint = re.search(r"from checkpoint (\S+) it is asked again", error)
        assert hint is not None
        before_it = await door.call("rewind_thread", thread_id=copy["thread_id"], checkpoint_id=hint[1])
        assert before_it["status"] == "interrupted"
        again = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=between)
        start = was[2][-1]["checkpoint_id"]
        first = await door.call("rewind_thread", thread_id=thread_id, checkpoint_id=start)
    assert look["status"] == again["status"] == "success"
    assert first["status"] == "interrupted"
    assert desk.rows("refunds", "cents") == [(2000,)]


async def test_errors_leave_the_effects_alone(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        await decide(door, run, "accept")
        here = await before(door, run["thread_id"], "tools")
        bad = {"messages": [{"type": "ai", "content": "", "tool_calls": [{"name": "book_hotel", "args": "Ritz"}]}]}
        error = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=here, values=bad)
        assert error.startswith("invalid_input: ")
    assert bookings.lines == ["Ritz"]


async def test_a_graph_that_raises_on_the_edited_state_ends_the_run_with_that(serve: Serve, offer: Offer) -> None:
    async with serve(offer("pausing:choosy")) as door:
        run = await door.call("start_run", agent="choosy", input={"text": "good"})
        here = await before(door, run["thread_id"], "ask")
        past = await checkpoints(door, run["thread_id"])
        failed = await door.call(
            "rewind_thread", thread_id=run["thread_id"], checkpoint_id=here, values={"text": "bad"}
        )
        assert failed["status"] == "error"
        assert "this text is bad" in failed["error"]["message"]
        assert failed["interrupts"] == []
        assert await checkpoints(door, run["thread_id"]) == past
        again = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=here)
        assert [i["value"] for i in again["interrupts"]] == [{"text": "good"}]
        assert again["interrupts"][0]["interrupt_id"] != run["interrupts"][0]["interrupt_id"]
