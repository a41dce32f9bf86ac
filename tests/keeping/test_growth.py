"""A conversation does not grow with the square of its length, and its last runs can be gone back to."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.keeping.conftest import Kept, converse, sayings

pytestmark = pytest.mark.anyio


async def beginnings(door: Door, thread_id: str) -> list[dict[str, Any]]:
    """The checkpoints at which runs of the thread began, newest first."""
    found: list[dict[str, Any]] = []
    page = await door.call("get_thread", thread_id=thread_id, limit=100)
    while page["checkpoints"]:
        found += page["checkpoints"]
        page = await door.call("get_thread", thread_id=thread_id, limit=100, before=found[-1]["checkpoint_id"])
    return [checkpoint for checkpoint in found if checkpoint["source"] == "input"]


@pytest.mark.sqlite
async def test_fifty_turns_of_text_take_two_megabytes_and_the_last_ten_can_be_gone_back_to(
    serve: Serve, talk: Path, kept: Kept
) -> None:
    says = sayings(50)
    async with serve(talk) as door:
        runs = await converse(door, "talk", says)
        assert runs[-1]["answer"].startswith("I have noted 50 things")
        began = await beginnings(door, "talk")
        assert len(began) == 10
        again = await door.call("rewind_thread", thread_id="talk", checkpoint_id=began[-1]["checkpoint_id"])
        assert again["answer"].startswith(f"I have noted 41 things, the last of which is {says[40][:50]}")
    assert kept.size < 2_000_000


@pytest.mark.parametrize(("keep", "begun"), [("2", 2), ("0", 8)])
async def test_as_many_runs_can_be_gone_back_to_as_the_setting_says(
    serve: Serve, talk: Path, keep: str, begun: int
) -> None:
    async with serve(talk, environ={"INTERRUPT_MCP_KEEP_CHECKPOINTS": keep}) as door:
        await converse(door, "talk", sayings(8, 20))
        assert len(await beginnings(door, "talk")) == begun


async def test_a_thread_keeps_its_state_through_runs_that_fail_before_they_begin(
    serve: Serve, offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = offer(moody="growing:moody")
    monkeypatch.setenv("MOOD", str(tmp_path / "bad"))
    async with serve(config) as door:
        await converse(door, "moody", ["Hello", "again"], "t")
        (tmp_path / "bad").touch()
        for _ in range(14):
            run = await door.call("start_run", agent="moody", message="Lost", thread_id="t")
            assert run["status"] == "error"
        (tmp_path / "bad").unlink()
        run = await door.call("start_run", agent="moody", message="And now?", thread_id="t")
        assert run["answer"].startswith("Hello again")


async def test_a_subgraph_that_remembers_keeps_what_it_learnt_long_ago(serve: Serve, offer: Offer) -> None:
    async with serve(offer(counting="growing:counting")) as door:
        says = ["count", "count", *["something else"] * 14, "count"]
        runs = await converse(door, "counting", says, "t")
        assert [runs[0]["answer"], runs[1]["answer"], runs[-1]["answer"]] == ["1", "2", "3"]


async def test_a_thread_whose_checkpoints_build_on_each_other_is_left_alone(
    serve: Serve, offer: Offer, kept: Kept
) -> None:
    async with serve(offer(delta="growing:delta")) as door:
        runs = await converse(door, "delta", sayings(14, 30), "t")
        assert runs[-1]["answer"] == "14"
        assert len(await beginnings(door, "t")) == 14


async def test_what_was_asked_long_ago_but_within_the_last_runs_can_be_asked_again(serve: Serve, offer: Offer) -> None:
    async with serve(offer(asking="growing:asking")) as door:
        run = await door.call("start_run", agent="asking", message="ask", thread_id="t")
        decided = {"decisions": [{"type": "respond", "value": "first"}]}
        await door.call("resume_run", run_id=run["run_id"], **decided)
        await converse(door, "asking", ["go on"] * 9, "t")
        page = await door.call("get_thread", thread_id="t", limit=100)
        (asked,) = [checkpoint for checkpoint in page["checkpoints"] if checkpoint["interrupts"]]
        again = await door.call("rewind_thread", thread_id="t", checkpoint_id=asked["checkpoint_id"])
        assert again["status"] == "interrupted"
        run = await door.call("resume_run", run_id=again["run_id"], decisions=[{"type": "respond", "value": "second"}])
        assert run["answer"] == "second"


@pytest.mark.sqlite
async def test_what_a_node_fetches_by_itself_is_not_kept_once_its_run_is_over(
    serve: Serve, offer: Offer, kept: Kept
) -> None:
    async with serve(offer(fetching="growing:fetching")) as door:
        runs = await converse(door, "fetching", sayings(30, 30), "t")
    assert runs[-1]["answer"] == "It has 100000 letters"
    assert kept.size < 1_000_000
