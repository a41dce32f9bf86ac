"""What an agent at an Agent Server does here. `make guides` tries the same with LangGraph's own."""

from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from interrupt_mcp.remote.place import Place
from tests.conftest import Door, Serve
from tests.patience import PATIENCE
from tests.remote.conftest import There

pytestmark = pytest.mark.anyio
ACCEPT = [{"type": "accept"}]
SCRIPT = {"INTERRUPT_MCP_APPROVER": "client"}


async def until(there: There, what: str) -> None:
    with anyio.fail_after(PATIENCE):
        while what not in there.done():
            await anyio.sleep(0.02)


def thread_there(door: Door, there: There, run: dict[str, Any]) -> str:
    assert door.app is not None
    return Place(there.url, "", project=door.app.settings.project).thread_of(run["thread_id"])


async def test_what_is_asked_there_is_decided_here_once(there: There, config: Path, serve: Serve, era: str):
    async with serve(config=config, mode=era, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="shop", input={"order": "A-7"})
        assert run["status"] == "interrupted"
        assert "no gate is there" in run["note"]
        (asked,) = run["interrupts"]
        assert (asked["description"], asked["value"]) == ("Refund order A-7?", "Refund order A-7?")
        assert asked["requests"][0]["allowed"] == ["accept", "reject", "respond"]
        listed = await door.call("list_interrupts")
        assert [each["code"] for each in listed["interrupts"]] == [asked["code"]]
        run = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
        assert (run["status"], run["output"]) == ("success", {"order": "A-7", "refunded": True})
        late = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
        assert late.startswith("already_decided"), late
        assert there.done() == ["refunded A-7"]


async def test_questions_of_several_nodes_wait_at_once_and_are_answered_in_one_go(config: Path, serve: Serve):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="texts", input={})
        answers = [
            {"interrupt_id": each["interrupt_id"], "type": "respond", "value": each["value"]["text_to_revise"].upper()}
            for each in run["interrupts"]
        ]
        assert len(answers) == 2
        half = await door.call("resume_run", run_id=run["run_id"], decisions=answers[:1])
        assert half["status"] == "interrupted"
        run = await door.call("resume_run", run_id=run["run_id"], decisions=answers[1:])
        assert run["output"] == {"texts": ["ONE", "TWO"]}


async def test_a_shape_that_is_known_can_be_edited(config: Path, serve: Serve):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="hotel", input={})
        (request,) = run["interrupts"][0]["requests"]
        assert (request["action"], request["args"]) == ("book", {"hotel": "Ritz", "nights": 2})
        edit = {"type": "edit", "args": {"hotel": "Ritz", "nights": 3}}
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[edit])
        assert run["output"]["refunded"]["args"] == edit["args"]


async def test_a_conversation_goes_on_there(config: Path, serve: Serve):
    async with serve(config=config) as door:
        run = await door.call("start_run", agent="talk", message="hello", context={"who": "Ann"})
        assert run["answer"] == "Ann heard hello"
        again = await door.call("start_run", agent="talk", message="more", thread_id=run["thread_id"])
        assert again["answer"] == "nobody heard hello and more"
        thread = await door.call("get_thread", thread_id=run["thread_id"])
        assert [each["type"] for each in thread["values"]["messages"]] == ["human", "ai"] * 2


async def test_where_the_agent_stops_there_a_person_is_asked_whether_it_goes_on(
    there: There, config: Path, serve: Serve
):
    async with serve(config=config, environ=SCRIPT) as door:
        runs = [await door.call("start_run", agent="stops", input={}) for _ in range(2)]
        assert all("before two" in run["interrupts"][0]["description"] for run in runs)
        assert there.done() == []
        no = await door.call("resume_run", run_id=runs[0]["run_id"], decisions=[{"type": "reject"}])
        assert (no["status"], no["error"]["code"]) == ("error", "rejected")
        yes = await door.call("resume_run", run_id=runs[1]["run_id"], decisions=ACCEPT)
        assert yes["output"]["refunded"] is True
        assert there.done() == ["two"]


async def test_what_failed_after_an_answer_is_tried_again_only_where_a_person_says_so(
    there: There, config: Path, serve: Serve
):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="slow", input={"fails": True})
        run = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
        assert run["status"] == "error"
        assert run["error"]["code"] == "remote_error"
        assert "ValueError: the bank said no" in run["error"]["message"]
        asked = await door.call("resume_run", run_id=run["run_id"])
        assert asked["status"] == "interrupted"
        assert "the bank said no. Should it try that again there?" in asked["interrupts"][0]["description"]
        assert there.done().count("heard") == 1
        no = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
        assert no["error"]["code"] == "rejected"
        assert there.done().count("heard") == 1


async def test_what_failed_before_any_answer_is_tried_again_and_the_thread_goes_on(config: Path, serve: Serve):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="shop", input={})
        assert "there is no order in it" in run["error"]["message"]
        run = await door.call("resume_run", run_id=run["run_id"])
        assert "there is no order in it" in run["error"]["message"]
        again = await door.call("start_run", agent="shop", input={"order": "B"}, thread_id=run["thread_id"])
        assert again["interrupts"][0]["description"] == "Refund order B?"


async def test_cancelling_a_run_cancels_it_there(there: There, config: Path, serve: Serve):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="slow", input={"seconds": PATIENCE}, wait_seconds=0)
        await until(there, "began")
        cancelled = await door.call("cancel_run", run_id=run["run_id"])
        assert cancelled["status"] == "cancelled"
        await _until_none_runs(there, thread_there(door, there, run))
        assert there.done() == ["began"]
        again = await door.call("start_run", agent="slow", input={"seconds": 0}, thread_id=run["thread_id"])
        assert again["status"] == "interrupted"


async def test_a_run_that_takes_too_long_ends_there_too(there: There, config: Path, serve: Serve):
    async with serve(config=config, environ={"INTERRUPT_MCP_RUN_TIMEOUT": "2"}) as door:
        run = await door.call("start_run", agent="slow", input={"seconds": PATIENCE})
        assert run["error"]["code"] == "timeout"
        await _until_none_runs(there, thread_there(door, there, run))


async def test_what_was_answered_there_meanwhile_is_not_answered_again(there: There, config: Path, serve: Serve):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="shop", input={"order": "C"})
        thread_id = thread_there(door, there, run)
        async with httpx2.AsyncClient(base_url=there.url, timeout=PATIENCE) as client:
            begun = {"assistant_id": "shop", "command": {"resume": False}, "multitask_strategy": "reject"}
            other = (await client.post(f"/threads/{thread_id}/runs", json=begun)).raise_for_status().json()
            await client.get(f"/threads/{thread_id}/runs/{other['run_id']}/join")
            run = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT)
            assert (run["status"], run["output"]["refunded"]) == ("success", False)
            runs = (await client.get(f"/threads/{thread_id}/runs", params={"limit": 10})).json()
        assert len(runs) == 2
        assert there.done() == []


async def test_what_the_server_does_not_do_is_refused_in_a_sentence(config: Path, serve: Serve):
    async with serve(config=config, environ=SCRIPT) as door:
        run = await door.call("start_run", agent="shop", input={"order": "D"})
        thread_id = run["thread_id"]
        thread = await door.call("get_thread", thread_id=thread_id)
        checkpoint_id = thread["checkpoints"][-1]["checkpoint_id"]
        back = await door.error("rewind_thread", thread_id=thread_id, checkpoint_id=checkpoint_id)
        assert "cannot be rewound from here" in back
        assert "cannot be copied from here" in await door.error("fork_thread", thread_id=thread_id)
        stops = await door.error("start_run", agent="shop", input={"order": "E"}, interrupt_before=["ask"])
        assert "no breakpoints can be set from here" in stops
        assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def _until_none_runs(there: There, thread_id: str) -> None:
    async with httpx2.AsyncClient(base_url=there.url, timeout=PATIENCE) as client:
        with anyio.fail_after(PATIENCE):
            while True:
                runs = (await client.get(f"/threads/{thread_id}/runs", params={"limit": 10})).json()
                if {each["status"] for each in runs} <= {"interrupted", "success", "error"}:
                    return
                await anyio.sleep(0.05)
