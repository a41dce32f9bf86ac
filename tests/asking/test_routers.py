"""Routers that ask: the person is asked before the graph goes anywhere, wherever the router is."""

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import decide
from tests.effects import Effects

pytestmark = pytest.mark.anyio
GO = {"go": "left or right?"}


@pytest.mark.parametrize(("agent", "gone"), [("first", ["left"]), ("later", ["begin", "left"]), ("within", ["left"])])
async def test_a_router_that_asks_is_answered_and_goes_where_it_was_told(
    serve: Serve, offer: Offer, era: str, agent: str, gone: list[str]
) -> None:
    async with serve(offer(f"routers:{agent}"), mode=era) as door:
        run = await door.call("start_run", agent=agent, input={"topic": "tea"})
        assert run["status"] == "interrupted", run
        assert run["interrupts"][0]["value"] == {"topic": "tea", **GO}
        finished = await decide(door, run, {"type": "respond", "value": "left"})
    assert (finished["status"], finished["output"]["gone"]) == ("success", gone)


async def test_the_first_router_of_a_later_run_asks_too_and_after_a_restart_goes_on(serve: Serve, offer: Offer) -> None:
    config = offer("routers:first")
    async with serve(config) as door:
        run = await door.call("start_run", agent="first", input={"topic": "tea"})
        run = await decide(door, run, {"type": "respond", "value": "left"})
        again = await door.call("start_run", agent="first", input={"topic": "milk"}, thread_id=run["thread_id"])
        assert again["interrupts"][0]["value"] == {"topic": "milk", **GO}
    async with serve(config) as door:
        finished = await decide(door, again, {"type": "respond", "value": "right"})
    assert finished["output"]["gone"] == ["left", "right"]


async def test_a_first_router_that_asks_again_is_asked_about_again(serve: Serve, offer: Offer) -> None:
    async with serve(offer("routers:stubborn")) as door:
        run = await door.call("start_run", agent="stubborn", input={"topic": "tea"})
        run = await decide(door, run, {"type": "respond", "value": "up"})
        assert (run["status"], run["interrupts"][0]["value"]) == ("interrupted", GO)
        finished = await decide(door, run, {"type": "respond", "value": "right"})
    assert (finished["status"], finished["output"]["gone"]) == ("success", ["right"])


async def test_a_first_router_that_asks_can_be_gone_back_to_and_asks_anew(serve: Serve, offer: Offer) -> None:
    async with serve(offer("routers:first")) as door:
        run = await door.call("start_run", agent="first", input={"topic": "tea"})
        await decide(door, run, {"type": "respond", "value": "left"})
        thread = await door.call("get_thread", thread_id=run["thread_id"])
        (asking,) = [each for each in thread["checkpoints"] if each["interrupts"]]
        back = await door.call("rewind_thread", thread_id=run["thread_id"], checkpoint_id=asking["checkpoint_id"])
        assert (back["status"], back["interrupts"][0]["value"]) == ("interrupted", {"topic": "tea", **GO})
        finished = await decide(door, back, {"type": "respond", "value": "right"})
    assert finished["output"]["gone"] == ["right"]


async def test_a_sensitive_tool_that_the_first_router_calls_is_asked_about_and_made_once(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("routers:looking")) as door:
        run = await door.call("start_run", agent="looking", input={"topic": "tea"})
        assert run["interrupts"][0]["requests"][0]["args"] == {"topic": "tea"}, run
        assert not effects.lines
        finished = await decide(door, run, {"type": "edit", "args": {"topic": "milk"}})
    assert (finished["status"], finished["output"]["gone"]) == ("success", ["left"])
    assert effects.lines == ["looked for milk"]
