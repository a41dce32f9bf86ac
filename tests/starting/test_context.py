"""What a run's context is: visible to code that reads it either way, with defaults, and the same after each pause."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.deciding import decide

pytestmark = pytest.mark.anyio


async def found(door: Door, agent: str, **more: Any) -> dict[str, Any]:
    run = await door.call("start_run", agent=agent, message="hi", **more)
    assert run["status"] == "success", run
    return {"run_id": run["run_id"], "thread_id": run["thread_id"], **run["output"]["found"]}


@pytest.mark.parametrize("agent", ["plain", "who", "needed", "model"])
async def test_a_context_is_visible_as_configurable_and_as_context(
    serve: Serve, offer: Offer, era: str, agent: str
) -> None:
    async with serve(offer(f"told:{agent}"), mode=era) as door:
        told = await found(door, agent, context={"user_id": "ann"})
    assert told["context"]["user_id"] == "ann"
    assert told["configurable"]["user_id"] == "ann"


async def test_code_finds_which_graph_agent_run_and_thread_it_is(serve: Serve, offer: Offer) -> None:
    policy = '[agents.ann]\ngraph = "plain"\n'
    async with serve(offer("told:plain", policy=policy)) as door:
        run = await door.call("start_run", agent="ann", message="hi", thread_id="mine")
    told = run["output"]["found"]
    assert told["run_id"] == run["run_id"]
    assert told["configurable"] == {
        "thread_id": "mine",
        "checkpoint_ns": told["configurable"]["checkpoint_ns"],
        "graph_id": "plain",
        "assistant_id": "ann",
    }


async def test_the_user_that_langmem_knows_is_nobodys_reserved_name(serve: Serve, offer: Offer) -> None:
    async with serve(offer("told:plain")) as door:
        told = await found(door, "plain", context={"langgraph_user_id": "ann"})
    assert told["configurable"]["langgraph_user_id"] == "ann"


async def test_nobody_sets_reserved_names_from_outside(serve: Serve, offer: Offer) -> None:
    given = {
        "thread_id": "another",
        "checkpoint_ns": "another",
        "langgraph_auth_user": "root",
        "__pregel_x": 1,
        "graph_id": "another",
        "run_id": "another",
    }
    async with serve(offer("told:plain")) as door:
        told = await found(door, "plain", context=given)
    configurable = told["configurable"]
    assert configurable["thread_id"] == told["thread_id"]
    assert configurable["checkpoint_ns"] != "another"
    assert configurable["graph_id"] == "plain"
    assert not configurable.keys() & {"langgraph_auth_user", "__pregel_x"}


@pytest.mark.parametrize(
    ("agent", "defaults"),
    [
        ("plain", {}),
        ("who", {"user_id": "nobody", "languages": ["en"]}),
        ("model", {"user_id": "nobody", "times": 1}),
        ("typed", {}),
    ],
)
async def test_without_a_context_a_graph_has_its_own_defaults(
    serve: Serve, offer: Offer, agent: str, defaults: dict[str, Any]
) -> None:
    async with serve(offer(f"told:{agent}")) as door:
        assert (await found(door, agent))["context"] == defaults


async def test_what_a_context_must_have_is_asked_for_before_anything_starts(
    serve: Serve, offer: Offer, era: str
) -> None:
    async with serve(offer("told:needed"), mode=era) as door:
        refused = await door.error("start_run", agent="needed", message="hi")
        assert (await door.call("list_runs"))["runs"] == []
        card = (await door.call("list_agents"))["agents"][0]
        example = card["example"]
        told = await found(door, "needed", context=example["context"])
    assert refused.startswith("invalid_input: context: 'user_id' is a required property")
    assert card["context_schema"]["properties"].keys() == {"user_id"}
    assert card["example"] == {"agent": "needed", "message": "Hello", "context": {"user_id": "text"}}
    assert told["context"] == {"user_id": "text"}


async def test_a_mistyped_name_is_refused_and_kinds_of_a_typed_dict_are_not_enforced(
    serve: Serve, offer: Offer
) -> None:
    async with serve(offer("told:typed", "told:model")) as door:
        mistyped = await door.error("start_run", agent="typed", message="hi", context={"user": "ann"})
        told = await found(door, "typed", context={"times": "many"})
        refused = await door.error("start_run", agent="model", message="hi", context={"times": "many"})
    assert mistyped.startswith("invalid_input: context: ")
    assert "'user'" in mistyped
    assert told["context"] == {"times": "many"}
    assert refused.startswith("invalid_input: context.times")


async def test_a_context_is_the_same_after_a_pause_in_another_process(serve: Serve, offer: Offer, era: str) -> None:
    config = offer("told:pausing")
    async with serve(config, mode=era) as door:
        run = await door.call("start_run", agent="pausing", message="hi", context={"user_id": "ann"})
    async with serve(config, mode=era) as door:
        run = await decide(door, run, {"type": "respond", "value": "yes"})
    told = run["output"]["found"]
    assert told["context"] == {"user_id": "ann"}
    assert told["configurable"]["user_id"] == "ann"


@pytest.mark.sqlite
async def test_a_secret_in_a_context_is_not_kept_with_each_checkpoint(
    serve: Serve, offer: Offer, tmp_path: Path
) -> None:
    async with serve(offer("told:plain")) as door:
        await found(door, "plain", context={"user_id": "ann", "api_key": "hush-hush"})
    with closing(sqlite3.connect(tmp_path / "state.db")) as connection:
        kept = [row[0] for row in connection.execute("SELECT metadata FROM checkpoints")]
    assert kept
    assert not any("hush-hush" in (text.decode() if isinstance(text, bytes) else text) for text in kept)


@pytest.mark.parametrize("agent", ["made", "held"])
async def test_a_function_that_makes_a_graph_is_called_with_the_context_of_each_run(
    serve: Serve, offer: Offer, era: str, agent: str
) -> None:
    config = offer(f"told:{agent}")
    async with serve(config, mode=era) as door:
        runs = [
            await door.call("start_run", agent=agent, message="hi", context={"user_id": name}) for name in ("ann", "bo")
        ]
    assert [run["interrupts"][0]["value"] for run in runs] == ["Greet ann?", "Greet bo?"]
    async with serve(config, mode=era) as door:
        ended = [await decide(door, run, {"type": "respond", "value": "yes"}) for run in reversed(runs)]
        thread = await door.call("get_thread", thread_id=runs[0]["thread_id"])
        start = next(each for each in thread["checkpoints"] if each["next"] == ["greet_ann"])
        again = await door.call("rewind_thread", thread_id=runs[0]["thread_id"], checkpoint_id=start["checkpoint_id"])
    assert [run["answer"] for run in ended] == ["Hello bo", "Hello ann"]
    assert again["interrupts"][0]["value"] == "Greet ann?"


async def test_a_function_that_cannot_make_a_graph_for_a_run_says_so_and_nothing_starts(
    serve: Serve, offer: Offer
) -> None:
    async with serve(offer("told:broken")) as door:
        refused = await door.error("start_run", agent="broken", message="hi", context={"user_id": "cy"})
        assert (await door.call("list_runs"))["runs"] == []
        run = await door.call("start_run", agent="broken", message="hi", context={"user_id": "ann"})
    assert refused.startswith("unavailable: Agent 'broken' could not be loaded: KeyError: 'cy'")
    assert json.dumps(run["interrupts"][0]["value"]) == '"Greet ann?"'


async def test_what_makes_a_graph_for_a_run_changes_nothing_of_how_the_run_went(serve: Serve, offer: Offer) -> None:
    async with serve(offer("told:meddling")) as door:
        run = await door.call("start_run", agent="meddling", message="hi", context={"user_id": "ann"})
        refused = await door.error("start_run", agent="meddling", input={"mistyped": 1})
        run = await decide(door, run, {"type": "respond", "value": "yes"})
    assert run["answer"] == "Hello ann"
    assert refused.startswith("invalid_input: input: ")
