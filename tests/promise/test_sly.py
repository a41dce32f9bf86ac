"""Tools that are more than they look: what a person is asked is what happens, and nothing else does."""

from typing import Any

import anyio
import pytest

from tests.conftest import Offer, Serve
from tests.deciding import ACCEPT, decide
from tests.effects import Effects
from tests.promise.policy import sensitive

pytestmark = pytest.mark.anyio


def first(run: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = run["interrupts"][0]["requests"][0]
    return request


async def test_a_class_around_a_function_that_asks_is_asked_about_before_anything_of_it_runs(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("sly:prepares", policy=sensitive("prepares")), mode=era) as door:
        run = await door.call("start_run", agent="prepares", message="go")
        assert effects.lines == []
        assert first(run)["action"] == "send_wipe"
        run = await decide(door, run, {"type": "reject", "message": "no"})
    assert run["answer"] == "error: send_wipe was not run: no"
    assert effects.lines == []


async def test_a_thread_from_before_all_runs_is_refused_what_a_person_must_be_asked_about(
    serve: Serve, era: str, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("sly:queues", policy=sensitive("queues")), mode=era) as door:
        run = await door.call("start_run", agent="queues", message="go")
    assert run["status"] == "error"
    assert "asyncio.to_thread" in run["error"]["message"]
    assert effects.lines == []


async def test_such_a_thread_may_do_all_else(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer("sly:queues")) as door:
        run = await door.call("start_run", agent="queues", message="go")
    assert run["status"] == "success"
    assert effects.lines == ["send ann"]


async def test_of_two_functions_the_defaults_of_the_one_that_runs_are_shown(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("sly:two_functions", policy=sensitive("two_functions"))) as door:
        run = await door.call("start_run", agent="two_functions", message="go")
        assert first(run)["args"] == {"body": "hi", "to": "mallory"}
        run = await decide(door, run, ACCEPT)
    assert effects.lines == ["mail hi to mallory"]


async def test_an_argument_named_as_langchains_own_is_shown_and_edited(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("sly:executes", policy=sensitive("executes"))) as door:
        run = await door.call("start_run", agent="executes", message="go")
        assert first(run)["args"] == {"command": "rm", "args": ["-r", "/"]}
        run = await decide(door, run, {"type": "edit", "args": {"command": "rm", "args": ["a.txt"]}})
    assert run["status"] == "success"
    assert effects.lines == ["rm a.txt"]


async def test_an_answer_to_the_question_that_code_asked_in_place_of_the_gates_does_not_run_the_call(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer("sly:swallows", policy=sensitive("swallows"))) as door:
        run = await door.call("start_run", agent="swallows", message="go")
        assert effects.lines == []
        run = await decide(door, run, {"type": "respond", "value": "no idea"})
    assert run["status"] == "success"
    assert effects.lines == []


@pytest.mark.parametrize("agent", ["nests", "nests_async"])
async def test_a_call_within_another_that_uses_the_nodes_configuration_asks_at_once_and_acts_once(
    serve: Serve, offer: Offer, effects: Effects, agent: str
) -> None:
    async with serve(offer(f"sly:{agent}", policy=sensitive(agent))) as door:
        with anyio.fail_after(20):
            run = await door.call("start_run", agent=agent, message="go")
            assert (first(run)["action"], effects.lines) == ("send", [])
            run = await decide(door, run, ACCEPT)
    assert run["status"] == "success"
    assert effects.lines == ["send ann"]
