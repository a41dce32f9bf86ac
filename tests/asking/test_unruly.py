"""Agents that raise, turn in circles, never end, say too much or what is no JSON: the server and its answers hold."""

import json
import re
from typing import Any

import pytest
from mcp_types import CallToolResult

from tests.asking.agents.unruly import LARGE, ODD
from tests.asking.conftest import Asking
from tests.asking.table import respond
from tests.conftest import Serve
from tests.patience import until

pytestmark = pytest.mark.anyio

LONGEST = 100_000


def size(result: CallToolResult) -> int:
    return len(result.model_dump_json(by_alias=True, exclude_none=True).encode())


async def sized(asking: Asking, tool: str, **arguments: Any) -> dict[str, Any]:
    """The result, which is not too long and says what is cut."""
    result = await asking.door.client.call_tool(tool, arguments)
    assert size(result) < LONGEST
    assert not result.is_error
    assert result.structured_content is not None
    text = result.content[0].text  # type: ignore[union-attr]
    assert json.loads(text[text.index("{") :]) == result.structured_content
    return result.structured_content


async def test_an_agent_that_raises_ends_its_run_with_one_sentence_and_without_keys(asking: Asking) -> None:
    run = await asking.start("raises", input={"kind": "paper"})
    assert run["status"] == "error"
    assert run["error"].keys() == {"code", "message"}
    assert run["error"]["code"] == "agent_error"
    sentence = r"RuntimeError: no paper at all; the key was \*\*\* \(node 'node', \S+/unruly\.py:\d+\)"
    assert re.fullmatch(sentence, run["error"]["message"])
    assert "resume_run" in run["next_step"]


async def test_an_agent_that_turns_in_circles_ends_at_its_limit(asking: Asking) -> None:
    run = await asking.start("recursive", input={"kind": ""})
    assert (run["status"], run["error"]["code"]) == ("error", "recursion_limit")


async def test_an_agent_that_never_ends_is_stopped_by_the_run_timeout(
    asking: Asking, config: Any, serve: Serve
) -> None:
    async with serve(config=config, environ={"INTERRUPT_MCP_RUN_TIMEOUT": "2"}) as door:
        run = await door.call("start_run", agent="endless", input={})
        assert (run["status"], run["error"]["code"]) == ("error", "timeout")
        assert "2 seconds" in run["error"]["message"]
        assert asking.effects == [["waiting", None], ["stopped", None]]
        again = await door.call("resume_run", run_id=run["run_id"])
        assert again["error"]["code"] == "timeout"
        other = await door.call("start_run", agent="prints", input={})
        assert other["status"] == "success"


async def test_a_cancelled_run_stops_its_nodes(asking: Asking) -> None:
    run = await asking.start("endless", input={}, wait_seconds=0)
    await until(lambda: asking.effects == [["waiting", None]])
    cancelled = await asking.door.call("cancel_run", run_id=run["run_id"])
    assert cancelled["status"] == "cancelled"
    await until(lambda: asking.effects[1:] == [["stopped", None]])


@pytest.mark.parametrize("kind", ODD)
async def test_what_is_no_json_ends_the_run_or_is_shown_as_text(asking: Asking, kind: str) -> None:
    run = await sized(asking, "start_run", agent="odd", input={"kind": kind})
    assert run["status"] in ("success", "error")
    if run["status"] == "success":
        json.dumps(run["output"], allow_nan=False).encode()
    again = await asking.start("prints", input={})
    assert again["status"] == "success"


async def test_output_that_cannot_be_written_as_json_is_shown_as_text(asking: Asking) -> None:
    run = await asking.start("unreadable", input={})
    assert run["output"] == "{'held': Unreadable(kind='')}"


@pytest.mark.parametrize("agent", ["unshowable", "unprintable"])
async def test_what_raises_when_it_is_looked_at_ends_only_its_own_run(asking: Asking, agent: str) -> None:
    run = await asking.start(agent, input={})
    assert (run["status"], run["error"]["code"]) == ("error", "agent_error")
    assert (await asking.start("prints", input={}))["status"] == "success"


@pytest.mark.parametrize("kind", LARGE)
async def test_a_result_that_is_too_large_is_cut_and_says_so(asking: Asking, kind: str) -> None:
    run = await sized(asking, "start_run", agent="large", input={"kind": kind})
    assert run["status"] == "success"
    assert "[cut" in json.dumps(run["output"])
    assert f"run://{run['run_id']}" in json.dumps(run["output"]) or kind == "long name"
    again = await sized(asking, "get_run", run_id=run["run_id"])
    assert (again["run_id"], again["status"]) == (run["run_id"], "success")
    for listed in (await sized(asking, "list_runs", thread_id=run["thread_id"]))["runs"]:
        assert listed["run_id"] == run["run_id"]


async def test_an_error_that_is_too_large_is_cut(asking: Asking) -> None:
    run = await sized(asking, "start_run", agent="large_error", input={"kind": "text"})
    assert run["error"]["code"] == "agent_error"


@pytest.mark.parametrize("kind", ["text", "names", "objects"])
async def test_a_question_that_is_too_large_is_cut_and_can_be_answered(asking: Asking, kind: str) -> None:
    run = await sized(asking, "start_run", agent="large_question", input={"kind": kind})
    (interrupt,) = run["interrupts"]
    assert len(interrupt["digest"]) == 64
    assert "[cut" in json.dumps(interrupt)
    listed = await sized(asking, "list_interrupts", run_id=run["run_id"])
    assert [i["interrupt_id"] for i in listed["interrupts"]] == [interrupt["interrupt_id"]]
    run = await asking.decide(run, respond("short", digest=interrupt["digest"]))
    assert (run["status"], run["output"]["result"]) == ("success", "short")


async def test_many_questions_are_listed_page_by_page_and_all_can_be_answered(asking: Asking) -> None:
    run = await sized(asking, "start_run", agent="many_questions", input={})
    shown = {i["interrupt_id"] for i in run["interrupts"]}
    assert 0 < len(shown) < 150
    assert "150" in run["next_step"]
    assert "list_interrupts" in run["next_step"]
    found: dict[str, Any] = {}
    cursor = ""
    while True:
        page = await sized(asking, "list_interrupts", run_id=run["run_id"], limit=100, cursor=cursor)
        found |= {i["interrupt_id"]: i for i in page["interrupts"]}
        cursor = page.get("next_cursor", "")
        if not cursor:
            break
    assert sorted(int(i["value"]["number"]) for i in found.values()) == list(range(150))
    finished = await asking.decide(run, *(respond(1, interrupt_id=name) for name in found))
    assert finished["status"] == "success", finished


async def test_many_runs_are_listed_page_by_page(asking: Asking) -> None:
    runs = [await asking.start("odd", input={"kind": "wordy"}) for _ in range(30)]
    found: list[str] = []
    cursor = ""
    while True:
        page = await sized(asking, "list_runs", agent="odd", limit=100, cursor=cursor)
        found += [run["run_id"] for run in page["runs"]]
        cursor = page.get("next_cursor", "")
        if not cursor:
            break
    assert len(found) == len(set(found))
    assert {run["run_id"] for run in runs} <= set(found)


async def test_an_agent_that_prints_does_not_disturb_the_protocol(asking: Asking) -> None:
    run = await asking.start("prints", input={})
    assert run["output"] == {"result": "quiet"}


async def test_the_output_is_what_the_graph_calls_its_output(asking: Asking) -> None:
    run = await asking.start("narrow", input={"question": "x"})
    assert run["output"] == {"answer": "x!"}
    asked = await asking.start("narrow", input={"question": "ask"})
    asked = await asking.decide(asked, respond("y"))
    assert asked["output"] == {"answer": "y!"}
