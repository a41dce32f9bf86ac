"""What agents bring along: a context, LangGraph's store, files in messages, their own MCP tools, their own limits."""

import asyncio
import json

import pytest

from tests.conftest import Offer, Serve
from tests.deciding import decide, decision
from tests.people.policies import say

pytestmark = pytest.mark.anyio


async def test_a_context_reaches_the_graph_and_one_that_does_not_fit_is_refused(
    serve: Serve, offer: Offer, era: str
) -> None:
    async with serve(offer(talker="needing:talker"), mode=era) as door:
        run = await door.call("start_run", agent="talker", input={}, context={"language": "de"})
        refused = await door.error("start_run", agent="talker", input={}, context={"language": 5})
        needless = await door.error("start_run", agent="talker", message="hi", context={"language": "de"})
    assert run["output"] == {"said": "hallo"}
    assert refused.startswith("invalid_input: context.language")
    assert needless.startswith("invalid_input: ")


async def test_an_injected_store_keeps_items_across_threads_and_restarts(serve: Serve, offer: Offer) -> None:
    config = offer(notes="needing:notes")
    async with serve(config) as door:
        await door.call("start_run", agent="notes", message='call remember {"what": "milk"}')
        await door.call("start_run", agent="notes", message='call remember {"what": "bread"}')
    async with serve(config) as door:
        run = await door.call("start_run", agent="notes", message="call recall {}")
        where = await door.call("start_run", agent="notes", message="call places {}")
    assert "bread, milk in [('notes',)]" in run["answer"]
    assert "[('notes',)]" in where["answer"]


async def test_a_store_keeps_texts_and_lists_as_it_keeps_objects(serve: Serve, offer: Offer) -> None:
    kept = {"text": "likes tea", "list": ["tea", 2], "object": {"likes": "tea"}, "number": 0}
    async with serve(offer(agent="keepsakes:keepsakes")) as door:
        run = await door.call("start_run", agent="agent", input={})
    assert run["output"] == {"kept": kept, "searched": kept, "gone": None}


async def test_two_projects_on_one_database_do_not_see_each_others_items(serve: Serve, offer: Offer) -> None:
    config = offer(notes="needing:notes")
    say(config, 'project = "first"')
    async with serve(config) as door:
        await door.call("start_run", agent="notes", message='call remember {"what": "milk"}')
    say(config, 'project = "second"')
    async with serve(config) as door:
        run = await door.call("start_run", agent="notes", message="call recall {}")
    assert "milk" not in run["answer"]


async def test_tools_that_return_directly_have_the_last_word(serve: Serve, offer: Offer, era: str) -> None:
    async with serve(offer(agent="returning:returning"), mode=era) as door:
        run = await door.call("start_run", agent="agent", message="What do they cost?")
        tea, milk = run["interrupts"]
        edited = decision(tea, "edit", args={"item": "green tea"})
        run = await decide(door, run, edited, decision(milk, "reject", message="Nobody drinks it."))
    green, refused = run["answer"].splitlines()
    assert green == "green tea costs 5."
    assert "Nobody drinks it." in refused


async def test_an_image_in_a_message_is_passed_through(serve: Serve, offer: Offer) -> None:
    image = {"type": "image", "base64": "A" * 400, "mime_type": "image/png"}
    message = {"role": "user", "content": [{"type": "text", "text": "what is this?"}, image]}
    async with serve(offer(eye="needing:eye")) as door:
        run = await door.call("start_run", agent="eye", input={"messages": [message]})
    assert run["answer"] == "image of 400 characters"


async def test_an_agent_uses_mcp_tools_of_its_own_behind_an_approval(serve: Serve, offer: Offer) -> None:
    async with serve(offer(files="needing:files")) as door:
        run = await door.call("start_run", agent="files", message='call delete_file {"path": "a.txt"}')
        assert run["interrupts"][0]["requests"][0]["args"] == {"path": "a.txt"}
        decision = {"type": "edit", "args": {"path": "b.txt"}}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[decision])
    assert "deleted b.txt" in run["answer"]


async def test_a_recursion_limit_set_by_the_agent_is_respected(serve: Serve, offer: Offer) -> None:
    async with serve(offer(looper="needing:looper")) as door:
        run = await door.call("start_run", agent="looper", input={})
    assert run["status"] == "error"
    assert run["error"]["code"] == "recursion_limit"
    assert "Recursion limit of 7" in run["error"]["message"], json.dumps(run)


async def test_what_agents_are_given_is_gone_when_the_server_is(serve: Serve) -> None:
    """A task that is left to the event loop is complained about on stderr when it closes."""
    before = asyncio.all_tasks()
    async with serve() as door:
        await door.call("start_run", agent="revise_text", input={"some_text": "draft"})
    assert asyncio.all_tasks() <= before
