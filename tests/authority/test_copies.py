"""A copy of a thread is no way round a person: what was decided on the thread it was made of is behind it too."""

from typing import Any

import pytest

from tests.authority.served import HUMAN
from tests.conftest import Offer, Serve
from tests.effects import Effects
from tests.people.person import Person, fill_in
from tests.threads.past import before

pytestmark = pytest.mark.anyio
YES = fill_in("respond", value_json="yes")


@pytest.mark.parametrize("copies", [1, 2])
async def test_a_copy_made_behind_a_decision_does_not_make_it_count_again(
    serve: Serve, offer: Offer, did: Effects, copies: int
) -> None:
    config = offer(asks="then_acts:graph")
    async with serve(config, environ=HUMAN, elicitation_callback=Person(otherwise=YES)) as door:
        run = await door.call("start_run", agent="asks", input={"go": "?"})
        assert run["status"] == "success"
    async with serve(config, environ=HUMAN) as door:
        point = await before(door, run["thread_id"], "act")
        there = await door.error("rewind_thread", thread_id=run["thread_id"], checkpoint_id=point)
        copy = {"thread_id": run["thread_id"]}
        for _ in range(copies):
            copy = await door.call("fork_thread", thread_id=copy["thread_id"], checkpoint_id=point)
            point = await before(door, copy["thread_id"], "act")
        here = await door.error("rewind_thread", thread_id=copy["thread_id"], checkpoint_id=point)
    assert {text.partition(":")[0] for text in (there, here)} == {"needs_human"}
    assert did.lines == ["yes"]


@pytest.mark.parametrize("given", [{}, {"go": "?"}])
async def test_a_start_on_a_copy_begins_anew_whatever_its_context_calls_itself(
    serve: Serve, offer: Offer, did: Effects, given: dict[str, Any]
) -> None:
    config = offer(asks="then_acts:graph")
    start = {"agent": "asks", "input": given or {"go": "?"}, "context": {"run_id": "same"}}
    async with serve(config, environ=HUMAN, elicitation_callback=Person(otherwise=YES)) as door:
        run = await door.call("start_run", **start)
        assert run["status"] == "success"
    async with serve(config, environ=HUMAN) as door:
        point = await before(door, run["thread_id"], "act")
        copy = await door.call("fork_thread", thread_id=run["thread_id"], checkpoint_id=point)
        await door.client.call_tool("start_run", {**start, "input": given, "thread_id": copy["thread_id"]})
    assert did.lines == ["yes"]
