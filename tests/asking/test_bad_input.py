"""Every call that cannot be taken: its code, a sentence that says what to do, and nothing changed in the store."""

import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp_types import CallToolResult

from interrupt_mcp.app import VERSION
from interrupt_mcp.errors import Error
from interrupt_mcp.mcp import build_server
from tests.asking.bad_calls import BAD, EMPTY, World
from tests.asking.conftest import Asking
from tests.asking.table import GIVEN, call, respond
from tests.conftest import Door

pytestmark = pytest.mark.anyio

CODES = {kind.code for kind in Error.__subclasses__()}
TEXT = re.compile(r"^([a-z_]+): \S[^\n]*\. [A-Z][^\n]*\.$")


@pytest.fixture(scope="module")
async def world(shared: Door, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASKING_EFFECTS", str(tmp_path_factory.mktemp("world") / "effects"))

        async def start(agent: str, **more: Any) -> dict[str, Any]:
            return await shared.call("start_run", agent=agent, **more)

        async def decide(run: dict[str, Any], decision: dict[str, Any]) -> dict[str, Any]:
            return await shared.call("resume_run", run_id=run["run_id"], decisions=[decision])

        three = "\n".join(call("plain", {**GIVEN, "to": name}) for name in ("ann", "bob", "cid"))
        cancelled = await start("in_node_text", input=EMPTY)
        await shared.call("cancel_run", run_id=cancelled["run_id"])
        made = World(
            pending=await start("created_from_text", message=call("from_text", GIVEN), thread_id="pending"),
            batch=await start("created_batched", message=three),
            two=await start("in_parallel_number", input=EMPTY),
            form=await start("in_node_person", input=EMPTY),
            decided=await start("in_node_text", input=EMPTY, idempotency_key="once"),
            silent=await start("prints", input={}),
            cancelled=cancelled,
            busy=await start("endless", input={}, thread_id="busy", wait_seconds=0),
        )
        await decide(made.decided, respond("first"))
        yield made
        await shared.call("cancel_run", run_id=made.busy["run_id"])


def contents(config: Path) -> list[Any]:
    """Every row of every table."""
    conn = sqlite3.connect(config.parent / "state.db")
    tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [(table, conn.execute(f"SELECT * FROM {table}").fetchall()) for table in tables]
    conn.close()
    return found


@pytest.mark.sqlite
@pytest.mark.parametrize("case", BAD)
async def test_a_bad_call_is_refused_with_its_code_and_changes_nothing(
    shared: Door, config: Path, world: World, case: str
) -> None:
    made, code, words = BAD[case]
    name, arguments = made(world)
    before = contents(config)
    text = await shared.error(name, **arguments)
    found = TEXT.match(text)
    assert found, text
    assert found[1] == code, text
    assert code in CODES
    assert words in text
    assert len(text) < 1200
    assert contents(config) == before
    if code not in ("unknown_run", "unknown_agent"):
        assert "Traceback" not in text


@pytest.mark.sqlite
@pytest.mark.parametrize("value", [float("nan"), float("-inf"), "\udc00", {"\udc00": 1}])
async def test_what_only_a_broken_client_could_send_is_refused(shared: Door, config: Path, value: Any) -> None:
    """mcp's own client sends `null` for such numbers, and no such names at all."""
    assert shared.app is not None
    server = build_server(shared.app.runs_of, shared.app.agents, VERSION, shared.app.settings)
    before = contents(config)
    result = await server.call_tool("start_run", {"agent": "odd", "input": {"kind": "set", "result": [value]}})
    assert isinstance(result, CallToolResult)
    assert result.content[0].text.startswith("invalid_input: The arguments cannot be kept: ")  # type: ignore[union-attr]
    assert contents(config) == before


async def test_a_message_that_is_json_arrives_as_text(asking: Asking) -> None:
    for text in ('{"a": 1}', "[1]", "7", "null", "true", '"quoted"'):
        run = await asking.start("created_from_text", message=text)
        assert run["status"] == "success"
    run = await asking.start("in_node_text", input=EMPTY, thread_id='{"t": 1}', idempotency_key="[1]")
    assert run["thread_id"] == '{"t": 1}'
    run = await asking.decide(run, {"type": "respond", "message": '{"a": 1}'})
    assert run["output"]["answers"] == ['{"a": 1}']


async def test_the_same_decision_again_gives_the_run_and_says_who_was_first(asking: Asking) -> None:
    run = await asking.start("in_node_text", input=EMPTY)
    first = await asking.decide(run, respond("x"))
    again = await asking.decide(run, respond("x"))
    assert {**first, "next_step": ""} == {**again, "next_step": ""}
    assert "decided before: respond by" in again["next_step"]
    assert len(asking.effects) == 1


async def test_the_same_key_starts_once_and_gives_the_same_run(asking: Asking) -> None:
    key = f"key of {asking.file}"
    found: list[dict[str, Any]] = []

    async def start() -> None:
        found.append(await asking.start("in_node_text", input=EMPTY, idempotency_key=key))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(start)
    assert len({run["run_id"] for run in found}) == 1
    await asking.decide(found[0], respond("x"))
    again = await asking.start("in_node_text", input=EMPTY, idempotency_key=key)
    assert (again["run_id"], again["status"]) == (found[0]["run_id"], "success")
    assert len(asking.effects) == 1
