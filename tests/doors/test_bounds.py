"""Names, keys and resources have a length, and what is asked for wrongly is said in the protocol's own words."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from mcp.shared.exceptions import MCPDeprecationWarning, MCPError
from mcp_types import PromptReference

from tests.conftest import Door
from tests.patience import PATIENCE
from tests.watching import until, watching

pytestmark = pytest.mark.anyio
INVALID, SERVER = -32602, -32000
LONG = "x" * 3_900_000
FOREIGN = ("file:///etc/passwd", "run://", "thread://", "runs://pending", "interrupts://", "", f"run://{'x' * 201}")


async def refused(work: Any) -> Any:
    with pytest.raises(MCPError) as raised:
        await work
    assert len(raised.value.error.message) < 300
    return raised.value.error


def is_modern(door: Door) -> bool:
    return (door.client.protocol_version or "") >= "2026-07-28"


async def subscribe(door: Door, *uris: str) -> None:
    """Watch them in the way of the door's protocol, for a moment."""
    if is_modern(door):
        async with door.client.listen(resource_subscriptions=list(uris)):
            return
    for uri in uris:
        with pytest.warns(MCPDeprecationWarning):
            await door.client.subscribe_resource(uri)


@pytest.mark.parametrize("uri", FOREIGN)
async def test_a_resource_of_nobody_is_neither_read_nor_watched(door: Door, uri: str) -> None:
    error = await refused(door.client.read_resource(uri))
    assert (error.code, "There is no resource" in error.message) == (INVALID, True)
    error = await refused(subscribe(door, uri))
    assert (error.code, "There is no resource" in error.message) == (INVALID, True)


async def test_a_resource_has_a_length(another_door: Callable[..., Any], way: str) -> None:
    # Over HTTP a modern client names what it reads in a header too.
    long = LONG[:30_000] if way == "http 2026-07-28" else LONG
    async with another_door() as door:
        for uri in (f"run://{long}", f"thread://{long}", long):
            assert (await refused(door.client.read_resource(uri))).code == INVALID
            assert (await refused(subscribe(door, uri))).code == INVALID


async def test_a_connection_watches_so_many_resources_and_no_more(another_door: Callable[..., Any]) -> None:
    async with another_door() as door:
        many = [f"thread://{number}" for number in range(201)]
        error = await refused(subscribe(door, *many))
        assert error.code == (INVALID if is_modern(door) else SERVER)
        assert "200" in error.message
        await subscribe(door, *many[:200])


async def test_who_comes_after_those_who_left_can_watch_as_much(
    another_door: Callable[..., Any], door: Door, way: str
) -> None:
    # Over stdio each has a process of its own.
    for _ in range(1 if way.startswith("stdio") else 3):
        async with another_door() as leaving:
            await subscribe(leaving, *(f"thread://{number}" for number in range(200)))
    async with watching(another_door, "thread://watched") as (_, following):
        await door.call("start_run", agent="revise_text", input={"some_text": "a"}, thread_id="watched")
        await until(following, "thread://watched")
        (run,) = (await door.call("list_interrupts", thread_id="watched"))["interrupts"]
        await door.call("cancel_run", run_id=run["run_id"])


async def test_an_unknown_prompt_and_unknown_arguments_are_said_in_one_sentence(door: Door) -> None:
    for name, arguments, words in (
        ("nobody", {}, "There is no prompt 'nobody'; prompts/list has the names."),
        ("x" * 5000, {}, "There is no prompt 'xxx"),
        ("review_pending", {"who": "me"}, "The prompt has no argument 'who', only agent, thread_id."),
        ("hotel", {"request": "x" * 20_001}, "The argument request has 20,001 characters; at most 20,000 are taken."),
    ):
        error = await refused(door.client.get_prompt(name, arguments))
        assert error.code == INVALID
        assert words in error.message
    assert (await door.client.get_prompt("review_pending")).messages


async def test_an_unknown_tool_is_said_in_one_sentence(door: Door) -> None:
    error = await refused(door.client.call_tool("delete_everything", {}))
    assert (error.code, error.message) == (INVALID, "There is no tool 'delete_everything'; tools/list has the names.")


async def test_what_cannot_be_completed_has_no_completions(door: Door) -> None:
    for name, argument in (
        ("nobody", {"name": "agent", "value": "ho"}),
        ("review_pending", {"name": "x" * 10_000, "value": ""}),
        ("review_pending", {"name": "run_id", "value": "x" * 10_000}),
        ("review_pending", {"name": "agent", "value": "\x00"}),
    ):
        found = await door.client.complete(PromptReference(name=name), argument)
        assert found.completion.values in ([], ["hotel"])


async def test_every_text_that_names_something_has_a_length_in_its_schema(door: Door) -> None:
    free = {("start_run", "message"), ("resume_run", "message")}
    for tool in (await door.client.list_tools()).tools:
        schemas = [tool.input_schema, *tool.input_schema.get("$defs", {}).values()]
        for schema in schemas:
            for name, field in schema.get("properties", {}).items():
                kinds = [field, *field.get("anyOf", [])]
                texts = [kind for kind in kinds if kind.get("type") == "string" and "enum" not in kind]
                if texts and (tool.name, name) not in free:
                    assert all("maxLength" in kind for kind in texts), (tool.name, name, field)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("start_run", {"agent": "x" * 201, "message": "x"}),
        ("start_run", {"agent": "hotel", "message": "x", "idempotency_key": "x" * 201}),
        ("start_run", {"agent": "hotel", "message": "x", "thread_id": "x" * 201}),
        ("get_run", {"run_id": "x" * 201}),
        ("list_runs", {"cursor": "9" * 41}),
        ("list_interrupts", {"thread_id": "x" * 201}),
        ("get_thread", {"thread_id": "x", "before": "x" * 201}),
        ("resume_run", {"run_id": "x", "decisions": [{"type": "x" * 101}]}),
        ("resume_run", {"run_id": "x", "decisions": [{"type": "accept", "interrupt_id": "x" * 201}]}),
        ("resume_run", {"run_id": "x", "decisions": [{"type": "accept", "digest": "x" * 101}]}),
        ("resume_run", {"run_id": "x", "decisions": [{"type": "accept", "index": 2**70}]}),
    ],
)
async def test_what_is_too_long_is_refused(door: Door, tool: str, arguments: dict[str, Any]) -> None:
    said = await door.error(tool, **arguments)
    assert said.startswith("invalid_input: ")
    assert len(said) < 500


async def test_a_call_that_hangs_on_nothing_is_answered(door: Door) -> None:
    with anyio.fail_after(PATIENCE):
        assert (await door.error("get_run", run_id="nobody", wait_seconds=25)).startswith("unknown_run: ")
