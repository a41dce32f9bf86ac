"""What the server tells of itself through every door: its name, its tools, its results, progress, pages and errors."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from mcp_types import PromptReference

from release.version import version_of
from tests.benchmarks.processes import ROOT
from tests.conftest import Door
from tests.doors.booking import THREE, decide, start
from tests.watching import until, watching

pytestmark = pytest.mark.anyio
TOOLS = {
    "list_agents",
    "start_run",
    "get_run",
    "list_runs",
    "list_interrupts",
    "resume_run",
    "cancel_run",
    "get_thread",
    "rewind_thread",
    "fork_thread",
}


async def test_the_server_says_who_it_is_and_how_a_run_goes(door: Door) -> None:
    info = door.client.server_info
    assert info is not None
    assert info.name == "interrupt-mcp"
    assert info.version == version_of(ROOT)
    assert info.title == "interrupt-mcp: LangGraph agents with a person in the loop"
    assert door.client.instructions is not None
    assert 400 < len(door.client.instructions) < 1000
    assert {"start_run", "get_run", "resume_run"} <= set(door.client.instructions.replace(",", " ").split())


async def test_every_tool_has_a_title_a_description_hints_and_an_output_schema(door: Door) -> None:
    tools = {tool.name: tool for tool in (await door.client.list_tools()).tools}
    assert set(tools) == TOOLS
    for tool in tools.values():
        assert tool.title, tool.name
        assert 20 < len(tool.description or "") < 2048, tool.name
        assert tool.annotations is not None, tool.name
        assert None not in tool.annotations.model_dump(exclude={"title"}).values(), tool.name
        assert tool.output_schema is not None, tool.name
    reading = {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint}
    assert reading == {"list_agents", "get_run", "list_runs", "list_interrupts", "get_thread"}


async def test_results_are_as_their_schemas_say_and_the_text_has_the_same(door: Door) -> None:
    schemas = {tool.name: tool.output_schema for tool in (await door.client.list_tools()).tools}
    run = await start(door, THREE)
    named = {"run_id": run["run_id"]}
    thread = {"thread_id": run["thread_id"]}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("list_agents", {}),
        ("get_run", named),
        ("list_runs", thread),
        ("list_interrupts", named),
        ("get_thread", thread),
        ("fork_thread", thread),
        ("resume_run", {**named, "decisions": [{"type": "accept", "interrupt_id": run["interrupts"][0]["code"]}]}),
        ("cancel_run", named),
    ]
    for tool, arguments in calls:
        result = await door.client.call_tool(tool, arguments)
        assert not result.is_error, result
        jsonschema.validate(result.structured_content, schemas[tool] or {})
        text = str(result.content[0].text)  # type: ignore[union-attr]
        assert json.loads(text[text.index("{") :]) == result.structured_content


async def test_the_agents_say_how_to_start_them(door: Door) -> None:
    agents = {agent["name"]: agent for agent in (await door.call("list_agents"))["agents"]}
    assert {"revise_text", "revise_texts", "approve_output", "review_summary", "hotel", "desk", "notes"} == set(agents)
    run = await door.call("start_run", **agents["hotel"]["example"])
    assert run["status"] == "interrupted"


async def test_progress_is_told_while_a_call_waits(door: Door) -> None:
    told: list[tuple[float, str | None]] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message))

    arguments = {"agent": "hotel", "message": "Find hotels in Paris"}
    await door.client.call_tool("start_run", arguments, progress_callback=on_progress)
    counts = [count for count, _ in told]
    assert counts == sorted(set(counts))
    assert any("hotel" in (message or "") for _, message in told)


@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("start_run", {"agent": "nobody", "message": "x"}, "unknown_agent"),
        ("start_run", {"agent": "hotel"}, "invalid_input"),
        ("start_run", {"agent": "hotel", "message": "x", "wait_seconds": 26}, "invalid_input"),
        ("start_run", {"agent": "hotel", "message": "x", "mood": "good"}, "invalid_input"),
        ("start_run", {"message": "x"}, "invalid_input"),
        ("get_run", {"run_id": "none"}, "unknown_run"),
        ("resume_run", {"run_id": "none", "decisions": [{"type": "accept"}]}, "unknown_run"),
        ("cancel_run", {"run_id": "none"}, "unknown_run"),
        ("list_runs", {"limit": 0}, "invalid_input"),
        ("list_runs", {"cursor": "x"}, "invalid_input"),
        ("get_thread", {"thread_id": "none"}, "unknown_thread"),
    ],
)
async def test_what_cannot_be_done_is_said_with_a_code(
    door: Door, tool: str, arguments: dict[str, Any], code: str
) -> None:
    said = await door.error(tool, **arguments)
    assert said.startswith(f"{code}: ")
    assert said.endswith((".", "»"))
    assert said.count(". ") >= 1
    assert "Traceback" not in said


async def test_runs_are_listed_newest_first_page_by_page(door: Door, way: str) -> None:
    thread = {"thread_id": f"pages of {way}"}
    runs = []
    for city in ("Paris", "London", "New York"):
        run = await door.call("start_run", agent="hotel", message=f"Find hotels in {city}", **thread)
        runs.append(run["run_id"])
    first = await door.call("list_runs", **thread, limit=2)
    rest = await door.call("list_runs", **thread, limit=2, cursor=first["next_cursor"])
    assert [run["run_id"] for run in first["runs"] + rest["runs"]] == runs[::-1]
    assert "next_cursor" not in rest


async def test_what_is_too_large_for_a_result_is_a_resource_and_who_watches_it_is_told(
    door: Door, another_door: Callable[..., Any]
) -> None:
    run = await start(door)
    uri = f"run://{run['run_id']}"
    async with watching(another_door, uri, "interrupts://pending") as (watcher, following):
        (whole,) = (await watcher.client.read_resource(uri)).contents
        assert json.loads(whole.text)["interrupts"] == run["interrupts"]  # type: ignore[union-attr]
        await decide(door, run, {"type": "reject"})
        await until(following, uri, "interrupts://pending")
        (pending,) = (await watcher.client.read_resource("interrupts://pending")).contents
    assert run["run_id"] not in [each["run_id"] for each in json.loads(pending.text)["interrupts"]]  # type: ignore[union-attr]


async def test_prompts_and_what_can_be_filled_in(door: Door) -> None:
    run = await start(door)
    prompts = [prompt.name for prompt in (await door.client.list_prompts()).prompts]
    assert {"review_pending", "hotel", "desk"} <= set(prompts)
    (said,) = (await door.client.get_prompt("hotel", {"request": "book the Ritz"})).messages
    assert "book the Ritz" in said.content.text  # type: ignore[union-attr]
    review = PromptReference(name="review_pending")
    agents = (await door.client.complete(review, {"name": "agent", "value": "ho"})).completion
    assert agents.values == ["hotel"]
    threads = (await door.client.complete(review, {"name": "thread_id", "value": run["thread_id"][:6]})).completion
    assert run["thread_id"] in threads.values
