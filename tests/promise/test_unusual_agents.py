"""Functions of LangGraph, caches, tools of MCP servers and of providers: what policy and records do for them."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.promise.policy import sensitive

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("agent", ["workflow", "tasks"])
async def test_a_function_that_sends_asks_and_sends_acts_once_each_though_it_runs_from_its_beginning(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    config = offer(f"unusual:{agent}")
    async with serve(config) as door:
        run = await door.call("start_run", agent=agent, input={})
    async with serve(config) as door:
        run = await decide(door, run, {"type": "respond", "value": "yes"})
    assert run["output"] == {"said": ["sent to ann", "sent to bob"]}
    assert effects.lines == ["send ann", "send bob"]


@pytest.mark.parametrize("agent", ["workflow", "tasks"])
async def test_such_a_function_is_asked_about_each_sensitive_call(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"unusual:{agent}", policy=sensitive(agent))) as door:
        run = await door.call("start_run", agent=agent, input={})
        assert effects.lines == []
        run = await decide(door, run, ACCEPT)
        assert run["interrupts"][0]["value"] == "And bob?"
        run = await decide(door, run, {"type": "respond", "value": "yes"})
        run = await decide(door, run, {"type": "reject", "message": "no"})
    assert run["output"] == {"said": ["sent to ann", "send was not run: no"]}
    assert effects.lines == ["send ann"]


async def test_graphs_within_that_keep_nothing_of_their_own_run_in_nodes_that_call_or_await_them(
    serve: Serve, offer: Offer, era: str, effects: Effects
) -> None:
    async with serve(offer("unusual:forgetful"), mode=era) as door:
        run = await door.call("start_run", agent="forgetful", message="go")
    assert run["answer"] == "sent to ann"
    assert effects.lines == ["send ann", "send ann"]


async def test_what_comes_from_a_cache_runs_nothing_and_what_does_not_is_asked_about(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("unusual:cached", policy=sensitive("cached"))) as door:
        run = await door.call("start_run", agent="cached", message="go")
        run = await decide(door, run, ACCEPT)
        again = await door.call("start_run", agent="cached", message="go")
        if again["status"] == "interrupted":
            again = await decide(door, again, {"type": "reject"})
    assert run["status"] == again["status"] == "success"
    assert effects.lines == ["send ann"]


async def test_tools_of_an_mcp_server_are_asked_about_edited_and_rejected_as_any_other(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("unusual:of_mcp", policy=sensitive("of_mcp", "delete")), mode=era) as door:
        run = await door.call("start_run", agent="of_mcp", message="go")
        by_path = {i["requests"][0]["args"]["path"]: i["interrupt_id"] for i in run["interrupts"]}
        run = await decide(
            door,
            run,
            {"interrupt_id": by_path["a.txt"], "type": "edit", "args": {"path": "c.txt", "force": True}},
            {"interrupt_id": by_path["b.txt"], "type": "reject", "message": "keep it"},
        )
    assert run["status"] == "success"
    assert effects.lines == ["delete c.txt True"]
    assert "deleted c.txt" in run["answer"]
    assert "delete was not run: keep it" in run["answer"]


async def test_what_a_provider_ran_by_itself_is_no_call_of_ours(serve: Serve, offer: Offer, effects: Effects) -> None:
    """Nothing of it happens here, so nobody can be asked first: docs say so."""
    async with serve(offer("unusual:of_provider", policy=sensitive("of_provider"))) as door:
        run = await door.call("start_run", agent="of_provider", message="go")
    assert (run["status"], run["answer"]) == ("success", "I searched.")
    assert effects.lines == []
