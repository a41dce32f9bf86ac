"""Under `human` a no from anybody counts where nothing but the model hears it; what code goes on with is an answer."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.authority.served import given, start
from tests.conftest import Door
from tests.effects import Effects
from tests.people.person import Person, cancel, fill_in
from tests.processes import HttpServer, over_http

pytestmark = pytest.mark.anyio
FOR_THE_MODEL = (
    "asks_in_tool",
    "sensitive_tool",
    "by_policy",
    "middleware",
    "per_call",
    "subagent",
    "inbox_in_tool",
    "batch_in_tool",
    "calls_by_hand",
    "stops",
    "stopping_subagent",
)
FOR_CODE = (
    "yes_or_no",
    "words",
    "inbox_node",
    "inbox_node_without_ignore",
    "form_node",
    "batch_node",
    "function_in_node",
    "question_in_tool",
    "yes_or_no_in_tool",
    "inbox_in_tool_without_ignore",
    "two_in_tool",
    "form_in_tool",
    "function_in_tool",
    "call_inside",
    "middleware_inside",
    "per_call_inside",
    "policy_inside",
    "tool_inside",
    "middleware_copied",
    "calls_made_by_node",
    "stops_before_a_node",
    "stops_inside",
    "stops_before_calls_by_node",
)


@pytest.fixture
async def door(server: HttpServer, version: str) -> AsyncIterator[Door]:
    async with over_http(server.url, version) as opened:
        yield opened


def reject(run: dict[str, Any]) -> list[dict[str, Any]]:
    """A no, with words, to all that the run asks."""
    return [
        {"interrupt_id": each["interrupt_id"], "index": request["index"], "type": "reject", "message": "because"}
        for each in run["interrupts"]
        for request in each["requests"]
    ]


async def rejected(door: Door, run: dict[str, Any]) -> str:
    return await door.error("resume_run", run_id=run["run_id"], decisions=reject(run))


@pytest.mark.parametrize("agent", FOR_THE_MODEL)
async def test_a_no_that_only_the_model_hears_counts_from_a_client(door: Door, agent: str, effects: Effects) -> None:
    run = await start(door, agent)
    assert "resume_run takes a reject from anybody" in run["next_step"]
    done = await door.call("resume_run", run_id=run["run_id"], decisions=reject(run))
    assert done["status"] == "success"
    assert effects.lines == []


@pytest.mark.parametrize("agent", FOR_CODE)
async def test_a_no_that_code_goes_on_with_needs_the_person(door: Door, agent: str, effects: Effects) -> None:
    run = await start(door, agent)
    text = await rejected(door, run)
    assert text.startswith("needs_human: ")
    assert "cancel_run" in text
    assert "cancel_run" in run["next_step"]
    left = await door.call("get_run", run_id=run["run_id"])
    assert left["status"] == "interrupted"
    assert left["interrupts"] == run["interrupts"]
    ended = await door.call("cancel_run", run_id=run["run_id"])
    assert ended["status"] == "cancelled"
    assert effects.lines == []


async def test_a_no_to_what_may_have_been_done_needs_the_person(
    server: HttpServer, version: str, effects: Effects
) -> None:
    async with over_http(server.url, version, elicitation_callback=Person(otherwise=yes_once())) as asking:
        run = await start(asking, "in_doubt")
    assert run["interrupts"][0]["status"] == "unknown_outcome"
    assert effects.lines == ["done"]
    async with over_http(server.url, version) as door:
        assert (await rejected(door, run)).startswith("needs_human: ")
        assert (await door.error("start_run", **again("in_doubt", run))).startswith("needs_human: ")
        assert (await door.call("get_run", run_id=run["run_id"]))["interrupts"] == run["interrupts"]


def yes_once() -> Any:
    """Accept the first form, and close all others."""
    seen: list[Any] = []

    def do(form: Any) -> Any:
        seen.append(form)
        return fill_in("accept")(form) if len(seen) == 1 else cancel(form)

    return do


async def test_one_question_of_which_a_no_is_an_answer_keeps_back_the_rejections_of_all(
    door: Door, effects: Effects
) -> None:
    run = await start(door, "both")
    assert len(run["interrupts"]) == 2
    texts = [await rejected(door, run), await door.error("start_run", **again("both", run))]
    left = await door.call("get_run", run_id=run["run_id"])
    assert all(text.startswith("needs_human: ") for text in texts)
    assert left["interrupts"] == run["interrupts"]
    (asked,) = [each for each in run["interrupts"] if each["dialect"] == "middleware"]
    one = [{"interrupt_id": asked["interrupt_id"], "type": "reject"}]
    half = await door.call("resume_run", run_id=run["run_id"], decisions=one)
    assert [each["dialect"] for each in half["interrupts"]] == ["freeform"]
    assert effects.lines == []


def again(agent: str, run: dict[str, Any]) -> dict[str, Any]:
    """A start on the run's thread, in the place of what waits there."""
    return {"agent": agent, "thread_id": run["thread_id"], "on_interrupted": "reject", **given(agent)}


@pytest.mark.parametrize("agent", FOR_THE_MODEL)
async def test_a_start_that_rejects_does_where_only_the_model_would_hear_it(
    door: Door, agent: str, effects: Effects
) -> None:
    run = await start(door, agent)
    other = await door.call("start_run", **again(agent, run))
    assert other["run_id"] != run["run_id"]
    assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "cancelled"
    assert effects.lines == []


@pytest.mark.parametrize("agent", FOR_CODE)
async def test_a_start_that_rejects_rejects_nothing_where_a_no_is_an_answer(
    door: Door, agent: str, effects: Effects
) -> None:
    run = await start(door, agent)
    text = await door.error("start_run", **again(agent, run))
    assert text.startswith("needs_human: ")
    assert "cancel_run" in text
    left = await door.call("get_run", run_id=run["run_id"])
    assert (left["status"], left["interrupts"]) == ("interrupted", run["interrupts"])
    await door.call("cancel_run", run_id=run["run_id"])
    assert effects.lines == []
