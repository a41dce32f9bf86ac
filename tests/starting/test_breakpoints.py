"""Breakpoints of one run, as arguments of `start_run`: for debugging, besides those of the graph."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects

pytestmark = pytest.mark.anyio


async def test_a_run_stops_before_and_after_the_nodes_it_is_told_and_its_thread_does_not_next_time(
    serve: Serve, offer: Offer, era: str
) -> None:
    async with serve(offer("given:steps"), mode=era) as door:
        run = await door.call("start_run", agent="steps", input={}, interrupt_before=["two"], interrupt_after=["three"])
        assert run["interrupts"][0]["dialect"] == "breakpoint"
        assert (await door.call("get_thread", thread_id=run["thread_id"]))["values"]["done"] == ["one"]
        run = await decide(door, run, ACCEPT)
        assert (await door.call("get_thread", thread_id=run["thread_id"]))["values"]["done"] == ["one", "two", "three"]
        run = await decide(door, run, ACCEPT)
        assert run["output"]["done"] == ["one", "two", "three", "four"]
        again = await door.call("start_run", agent="steps", input={}, thread_id=run["thread_id"])
    assert again["status"] == "success"


async def test_it_stops_there_in_the_next_process_too_and_a_reject_ends_it(
    serve: Serve, offer: Offer, era: str
) -> None:
    config = offer("given:steps")
    async with serve(config, mode=era) as door:
        run = await door.call("start_run", agent="steps", input={}, interrupt_before=["*"])
    done = []
    for _ in range(2):
        async with serve(config, mode=era) as door:
            run = await decide(door, run, ACCEPT)
            done.append((await door.call("get_thread", thread_id=run["thread_id"]))["values"]["done"])
    async with serve(config, mode=era) as door:
        run = await decide(door, run, {"type": "reject"})
    assert done == [["one"], ["one", "two"]]
    assert run["status"] == "cancelled"


async def test_a_name_that_is_no_node_is_refused_and_others_are_named(serve: Serve, offer: Offer) -> None:
    async with serve(offer("given:steps")) as door:
        refused = await door.error("start_run", agent="steps", input={}, interrupt_after=["tow"])
        assert (await door.call("list_runs"))["runs"] == []
    assert refused.startswith("invalid_input: interrupt_after: there is no node 'tow'; there are one, two, three, four")


async def test_the_same_key_with_other_breakpoints_is_another_request(serve: Serve, offer: Offer) -> None:
    async with serve(offer("given:steps")) as door:
        first = await door.call("start_run", agent="steps", input={}, idempotency_key="k", interrupt_before=["two"])
        same = await door.call("start_run", agent="steps", input={}, idempotency_key="k", interrupt_before=["two"])
        refused = await door.error("start_run", agent="steps", input={}, idempotency_key="k")
    assert same["run_id"] == first["run_id"]
    assert refused.startswith("idempotency_conflict: ")


async def test_a_client_that_stops_a_run_before_a_tool_does_not_decide_there_what_a_person_must(
    serve: Serve, offer: Offer, effects: Effects, era: str
) -> None:
    policy = '[agents.sender.tools.send]\nsensitive = true\napprover = "human"\n'
    async with serve(offer("given:sender", policy=policy), mode=era) as door:
        run = await door.call("start_run", agent="sender", message="go", interrupt_before=["tools"])
        asked = run["interrupts"][0]
        for word in (ACCEPT, {"type": "edit", "args": {"to": "bob"}}, {"type": "respond", "value": "sent"}):
            refused = await door.error("resume_run", run_id=run["run_id"], decisions=[word])
            assert refused.startswith("needs_human: "), word
        run = await decide(door, run, {"type": "reject", "message": "no"})
    assert (asked["dialect"], asked["requests"][0]["action"]) == ("breakpoint", "send")
    assert run["answer"] == "send was not run: no"
    assert effects.lines == []
