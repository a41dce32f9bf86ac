"""What a request's preview says: whose it is, of which call, with which arguments."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.model import digest_of
from tests.conftest import Door, Offer, Serve
from tests.deciding import ACCEPT, decide, decision
from tests.effects import Effects
from tests.previews.conftest import TELLING, Telling, asked
from tests.processes import CHECKOUT, over_stdio

pytestmark = pytest.mark.anyio


async def test_a_tool_marked_with_a_preview_is_asked_about_with_it(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="paying:sends")) as door:
        _, (request,) = await asked(door)
    assert request["preview"] == {"kind": "text", "text": "Dear ann: hello"}


async def test_a_preview_may_be_awaited(serve: Serve, offer: Offer, effects: Effects) -> None:
    async with serve(offer(desk="paying:posts")) as door:
        _, (request,) = await asked(door)
    assert request["preview"] == {"kind": "change", "name": "box", "before": "", "after": "a letter to ann"}


async def test_a_marked_function_outside_of_tools_is_asked_about_with_its_preview(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    async with serve(offer(desk="paying:digs")) as door:
        _, (request,) = await asked(door)
    assert request["preview"]["text"] == "a hole of 3 metres"


async def test_a_tool_as_it_is_has_the_preview_of_policy_which_gets_what_the_tool_would_get(
    serve: Serve, telling: Telling
) -> None:
    async with serve(telling("pays", "words")) as door:
        run, (request,) = await asked(door)
        await decide(door, run, ACCEPT)
    assert request["args"] == {"to": "ann", "amount": 5}
    assert request["preview"]["text"] == "told of [('amount', 5.0), ('to', 'ann')]"


@pytest.mark.parametrize("graph", ["pays_two", "batch"])
async def test_each_request_of_an_interrupt_has_a_preview_of_its_own(
    serve: Serve, telling: Telling, effects: Effects, graph: str
) -> None:
    # What the middleware asks about shows no defaults, and the tool has them all the same.
    async with serve(telling(graph, "words")) as door:
        run, requests = await asked(door)
    assert len(run["interrupts"]) == 1
    assert [request["preview"]["text"] for request in requests] == [
        "told of [('amount', 5.0), ('to', 'ann')]",
        "told of [('amount', 7.0), ('to', 'bob')]",
    ]
    assert effects.lines == []


async def test_the_call_before_which_a_breakpoint_stops_has_a_preview(serve: Serve, telling: Telling) -> None:
    async with serve(telling("stops", "words")) as door:
        run, (request,) = await asked(door)
    assert run["interrupts"][0]["dialect"] == "breakpoint"
    assert request["preview"]["text"] == "told of [('amount', 5.0), ('to', 'ann')]"


@pytest.mark.parametrize("graph", ["asks", "asks_else"])
async def test_a_tool_that_asks_by_itself_has_the_preview_of_its_call(
    serve: Serve, offer: Offer, effects: Effects, graph: str
) -> None:
    config = offer(desk=f"paying:{graph}", policy=f'[agents.desk.tools."asks_*"]\npreview = "{TELLING}:words"\n')
    async with serve(config) as door:
        _, (request,) = await asked(door)
    assert request["preview"]["text"] == "told of [('to', 'ann')]"


async def test_what_policy_names_is_shown_in_the_place_of_the_tools_own(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    policy = f'[policy]\npreview = "{TELLING}:words"\n[agents.desk.tools.send]\npreview = "{TELLING}:other_words"\n'
    async with serve(offer(desk="paying:sends", policy=policy)) as door:
        _, (request,) = await asked(door)
    assert request["preview"]["text"] == "other words"


async def test_a_tool_of_which_nothing_more_precise_is_said_has_the_preview_for_all(
    serve: Serve, offer: Offer, effects: Effects
) -> None:
    policy = f'[policy]\npreview = "{TELLING}:words"\n[agents.desk.tools.pay]\nsensitive = true\n'
    async with serve(offer(desk="paying:pays", policy=policy)) as door:
        _, (request,) = await asked(door)
    assert request["preview"]["text"].startswith("told of")


async def test_what_policy_has_come_to_name_since_is_what_is_shown(serve: Serve, telling: Telling) -> None:
    config = telling("pays", "words")
    async with serve(config) as door:
        _, (before,) = await asked(door)
        telling("pays", "other_words")
        _, (after,) = await asked(door)
    assert before["preview"]["text"].startswith("told of")
    assert after["preview"]["text"] == "other words"


async def test_a_reference_is_relative_to_the_settings_file(serve: Serve, offer: Offer, effects: Effects) -> None:
    policy = '[agents.desk.tools.pay]\nsensitive = true\npreview = "./beside.py:tell"\n'
    config = offer(desk="paying:pays", policy=policy)
    config.with_name("beside.py").write_text("def tell(**args):\n    return 'from beside'\n")
    async with serve(config) as door:
        _, (request,) = await asked(door)
    assert request["preview"]["text"] == "from beside"


async def test_a_preview_that_has_nothing_to_show_is_none(serve: Serve, telling: Telling) -> None:
    async with serve(telling("pays", "nothing")) as door:
        _, (request,) = await asked(door)
    assert "preview" not in request


async def test_mappings_are_a_table_with_all_their_columns(serve: Serve, telling: Telling) -> None:
    async with serve(telling("pays", "accounts")) as door:
        _, (request,) = await asked(door)
    assert request["preview"] == {
        "kind": "table",
        "columns": ["account", "change", "note"],
        "rows": [["ann", "5.0", ""], ["ours", "-5.0", "fee\nfree"]],
    }


@pytest.mark.parametrize(
    ("preview", "shown"),
    [
        ("huge", {"text": "é" * 32_768, "cut": "1,000,000 characters in all"}),
        ("huge_table", {"cut": "5,000 rows and 30 columns in all"}),
        ("halves", {"text": "half \ufffd"}),
    ],
)
async def test_what_is_too_large_or_no_text_is_cut_and_says_how_large_it_is(
    serve: Serve, telling: Telling, preview: str, shown: dict[str, Any]
) -> None:
    async with serve(telling("pays", preview)) as door:
        run, _ = await asked(door)
        whole = json.loads((await door.client.read_resource("interrupts://pending")).contents[0].text)  # type: ignore[union-attr]
    preview_shown = whole["interrupts"][0]["requests"][0]["preview"]
    assert {name: preview_shown[name] for name in shown} == shown
    assert len(json.dumps(run, ensure_ascii=False).encode()) < 100_000
    if preview == "huge_table":
        assert (len(preview_shown["columns"]), len(preview_shown["rows"])) == (20, 200)


async def test_of_a_change_that_is_too_large_what_differs_is_kept(serve: Serve, telling: Telling) -> None:
    async with serve(telling("pays", "huge_change")) as door:
        _, (request,) = await asked(door)
    assert request["preview"]["before"] == "\n".join(f"line {at}" for at in range(29_997, 30_003))
    assert "line 29999\na new line\nline 30000" in request["preview"]["after"]
    assert request["preview"]["cut"].startswith("before 428,889 characters in all")


async def test_the_digest_covers_no_preview(serve: Serve, telling: Telling) -> None:
    async with serve(telling("pays", "words")) as door:
        run, (request,) = await asked(door)
        (interrupt,) = run["interrupts"]
        covered = {
            "agent": "desk",
            "thread_id": run["thread_id"],
            "interrupt_id": interrupt["interrupt_id"],
            "requests": [{name: value for name, value in request.items() if name != "preview"}],
            "value": interrupt["value"],
        }
        assert digest_of(covered) == interrupt["digest"]
        done = await decide(door, run, decision(interrupt, "accept", digest=interrupt["digest"]))
    assert done["status"] == "success"


@pytest.mark.sqlite
async def test_what_was_asked_before_there_were_previews_has_none(
    serve: Serve, telling: Telling, tmp_path: Path, effects: Effects
) -> None:
    config = telling("pays", "words")
    async with serve(config) as door:
        run, _ = await asked(door)
    with sqlite3.connect(tmp_path / "state.db") as database:
        database.execute("UPDATE interrupts SET question = json_remove(question, '$.requests[0].preview')")
    database.close()
    async with serve(config) as door:
        (interrupt,) = (await door.call("get_run", run_id=run["run_id"]))["interrupts"]
        assert "preview" not in interrupt["requests"][0]
        await decide(door, run, ACCEPT)
    assert effects.lines == ["pay ann 5"]


async def test_a_preview_is_the_same_through_a_real_server(telling: Telling, tmp_path: Path) -> None:
    world = {"INTERRUPT_MCP_CONFIG": str(telling("pays", "balance")), "PYTHONPATH": CHECKOUT}
    async with over_stdio(tmp_path, environ={**world, "EFFECTS": str(tmp_path / "effects")}) as door:
        _, (request,) = await asked(door)
    assert request["preview"] == {
        "kind": "change",
        "name": "account of ann",
        "before": '{\n  "balance": 100.0\n}',
        "after": '{\n  "balance": 105.0\n}',
    }


async def decided(door: Door) -> list[dict[str, Any]]:
    """What is on record of decisions, oldest first."""
    return [entry["detail"] for entry in await door.record() if entry["event"] == "decided"]


async def test_the_record_keeps_what_was_shown_for_what_was_decided(serve: Serve, telling: Telling) -> None:
    async with serve(telling("pays_two", "words")) as door:
        run, _ = await asked(door)
        (interrupt,) = run["interrupts"]
        edit = decision(interrupt, "edit", index=1, args={"to": "bob", "amount": 8})
        await decide(door, run, decision(interrupt, "accept", index=0), edit)
        kept = await decided(door)
    assert [(each["preview"]["text"], each["preview_of"]) for each in kept] == [
        ("told of [('amount', 5.0), ('to', 'ann')]", "asked"),
        # Nobody was shown one of the edited arguments.
        ("told of [('amount', 7.0), ('to', 'bob')]", "asked"),
    ]


async def test_the_record_keeps_the_beginning_of_a_large_preview(serve: Serve, telling: Telling) -> None:
    async with serve(telling("pays", "huge")) as door:
        run, _ = await asked(door)
        await decide(door, run, ACCEPT)
        (kept,) = await decided(door)
    assert kept["preview"] == {"kind": "text", "text": "é" * 4_000, "cut": "1,000,000 characters in all"}
