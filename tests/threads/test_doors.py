"""The protocol's other doors: resources with all of it, who is told of a change, prompts, and what can be filled in."""

import json
from functools import partial
from typing import Any

import pytest
from mcp import MCPError
from mcp.client import Client
from mcp_types import PromptReference, ResourceTemplateReference

from tests.conftest import Serve
from tests.effects import Effects
from tests.threads.past import decide
from tests.watching import until, watching

pytestmark = pytest.mark.anyio

LONG = "All work and no play. " * 20_000


async def read(client: Client, uri: str) -> Any:
    (content,) = (await client.read_resource(uri)).contents
    assert content.mime_type == "application/json"
    return json.loads(content.text)  # type: ignore[union-attr]


async def test_what_a_result_cuts_is_whole_in_the_resource_it_names(serve: Serve, era: str) -> None:
    async with serve(mode=era) as door:
        run = await door.call("start_run", agent="review_summary", input={"text": LONG})
        run_uri, thread_uri = f"run://{run['run_id']}", f"thread://{run['thread_id']}"
        finished = await decide(door, run, "respond", value={"edited_summary": LONG})
        assert LONG not in json.dumps(finished)
        assert f"the whole is in the resource {run_uri}" in json.dumps(finished)
        assert (await read(door.client, run_uri))["output"]["summary"] == LONG
        thread = await door.call("get_thread", thread_id=run["thread_id"])
        assert f"the whole is in the resource {thread_uri}" in json.dumps(thread)
        whole = await read(door.client, thread_uri)
        assert whole["values"]["report"] == f"Report\n\n{LONG}"
        assert [c["checkpoint_id"] for c in whole["checkpoints"]]


async def test_what_waits_is_one_resource(serve: Serve, era: str) -> None:
    async with serve(mode=era) as door:
        (resource,) = (await door.client.list_resources()).resources
        assert resource.uri == "interrupts://pending"
        assert (await read(door.client, resource.uri)) == {"interrupts": []}
        run = await door.call("start_run", agent="revise_texts", input={"text_1": LONG, "text_2": "b"})
        pending = await read(door.client, resource.uri)
        ids = [i["interrupt_id"] for i in run["interrupts"]]
        assert [i["interrupt_id"] for i in pending["interrupts"]] == ids
        assert pending["interrupts"][0]["value"] == {"text_to_revise": LONG}


async def test_a_thread_may_have_any_name(serve: Serve) -> None:
    name = "../Über uns/A&B? 100%"
    async with serve() as door:
        await door.call("start_run", agent="revise_text", input={"some_text": "a"}, thread_id=name)
        thread = await read(door.client, "thread://..%2F%C3%9Cber%20uns%2FA%26B%3F%20100%25")
    assert thread["thread_id"] == name


@pytest.mark.parametrize("uri", ["run://nothing", "thread://nothing", "nothing://at-all"])
async def test_a_resource_that_is_not_there_is_said_to_be_none(serve: Serve, era: str, uri: str) -> None:
    async with serve(mode=era) as door:
        with pytest.raises(MCPError, match=r"There is no|unknown_") as raised:
            await door.client.read_resource(uri)
    assert raised.value.error.code == -32602


async def test_who_watches_is_told_what_changed(serve: Serve, era: str) -> None:
    async with watching(partial(serve, mode=era), "interrupts://pending", "thread://mine") as (door, following):
        run = await door.call("start_run", agent="hotel", message="Book the Ritz", thread_id="mine")
        await until(following, "interrupts://pending", "thread://mine")
        assert len((await read(door.client, "interrupts://pending"))["interrupts"]) == 1
        await decide(door, run, "reject", message="no")
        while (await read(door.client, "interrupts://pending"))["interrupts"]:
            await until(following, "interrupts://pending")
        other = await door.call("start_run", agent="revise_text", input={"some_text": "a"}, thread_id="other")
        assert other["status"] == "interrupted"
        seen = {await following()}
        while "interrupts://pending" not in seen:
            seen.add(await following())
    assert seen <= {"interrupts://pending", "thread://mine"}


async def test_each_agent_has_a_prompt_and_so_has_what_waits(serve: Serve, era: str, project: Any) -> None:
    async with serve(mode=era) as door:
        prompts = (await door.client.list_prompts()).prompts
        names = [prompt.name for prompt in prompts]
        assert names[0] == "review_pending"
        assert {"hotel", "desk", "revise_text"} <= set(names)
        assert all(prompt.description for prompt in prompts)
        asked = await door.client.get_prompt("hotel", {"request": "Book the Ritz"})
        text = asked.messages[0].content.text  # type: ignore[union-attr]
        assert "start_run with agent 'hotel' for this request: Book the Ritz" in text
        review = await door.client.get_prompt("review_pending", {"agent": "desk"})
        assert "list_interrupts with agent 'desk'" in review.messages[0].content.text  # type: ignore[union-attr]
        with pytest.raises(MCPError):
            await door.client.get_prompt("nobody")


async def test_prompts_are_there_though_agents_are_broken(serve: Serve, project: Any) -> None:
    # Not a module: nobody could import it.
    config = project(broken="raise RuntimeError('broken')")
    async with serve(config) as door:
        assert [p.name for p in (await door.client.list_prompts()).prompts] == ["review_pending", "broken"]
        config.write_text("{")
        assert [p.name for p in (await door.client.list_prompts()).prompts] == ["review_pending"]


async def test_names_and_ids_are_completed(serve: Serve, era: str) -> None:
    async with serve(mode=era) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz", thread_id="my-thread")

        async def completed(ref: Any, name: str, value: str) -> list[str]:
            return (await door.client.complete(ref, {"name": name, "value": value})).completion.values

        review = PromptReference(name="review_pending")
        assert await completed(review, "agent", "re") == ["revise_text", "revise_texts", "review_summary"]
        assert await completed(review, "thread_id", "my") == ["my-thread"]
        assert await completed(review, "agent", "zzz") == []
        template = ResourceTemplateReference(uri="run://{run_id}")
        assert await completed(template, "run_id", run["run_id"][:5]) == [run["run_id"]]
        assert await completed(template, "nothing", "") == []


async def test_a_start_says_that_older_decisions_wait(serve: Serve, bookings: Effects) -> None:
    async with serve() as door:
        first = await door.call("start_run", agent="hotel", message="Book the Ritz")
        assert "Besides" not in first["next_step"]
        second = await door.call("start_run", agent="hotel", message="Find hotels in Paris")
        assert second["next_step"].endswith("Besides, 1 decision of another run waits: list_interrupts shows it.")
        await door.call("start_run", agent="hotel", message="Book the Savoy")
        third = await door.call("start_run", agent="hotel", message="Book the Plaza")
    assert third["next_step"].endswith("Besides, 2 decisions of other runs wait: list_interrupts shows them.")
