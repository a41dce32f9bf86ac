"""A process drives so many runs at once: a start beyond that is told to come back, a decision waits for its turn."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Door, Offer, Serve
from tests.patience import until

pytestmark = pytest.mark.anyio


@pytest.fixture
def config(offer: Offer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEGAN", str(tmp_path / "began"))
    monkeypatch.setenv("GO", str(tmp_path / "go"))
    return offer(work="working:graph")


async def start(door: Door, name: str, **more: Any) -> dict[str, Any]:
    ask = more.pop("ask", False)
    given = {"name": name, "ask": ask}
    return await door.call("start_run", agent="work", input=given, wait_seconds=20 if ask else 0, **more)


def began(folder: Path) -> list[str]:
    file = folder / "began"
    return file.read_text().split() if file.exists() else []


async def until_begun(folder: Path, *names: str) -> None:
    await until(lambda: began(folder) == list(names))


async def test_a_start_that_finds_no_place_is_told_to_try_again_and_leaves_nothing(
    serve: Serve, config: Path, tmp_path: Path
) -> None:
    async with serve(config, environ={"INTERRUPT_MCP_MAX_RUNS": "1"}) as door:
        first = await start(door, "first", idempotency_key="one")
        said = await door.error("start_run", agent="work", input={"name": "second"}, wait_seconds=0)
        assert said.startswith("busy: ")
        assert "try again after" in said.lower()
        assert [run["run_id"] for run in (await door.call("list_runs"))["runs"]] == [first["run_id"]]
        assert (await start(door, "first", idempotency_key="one"))["run_id"] == first["run_id"]
        (tmp_path / "go").touch()
        assert (await door.call("get_run", run_id=first["run_id"], wait_seconds=20))["status"] == "success"
        assert (await start(door, "second"))["run_id"] != first["run_id"]


async def test_those_who_find_no_place_are_not_all_told_to_come_back_at_the_same_time(
    serve: Serve, config: Path, tmp_path: Path
) -> None:
    async with serve(config, environ={"INTERRUPT_MCP_MAX_RUNS": "1"}) as door:
        await start(door, "first")
        await until_begun(tmp_path, "first")
        told = []
        for _ in range(200):
            said = await door.error("start_run", agent="work", input={"name": "more"}, wait_seconds=0)
            told.append(int(said.partition("try again after ")[2].partition(" ")[0]))
        # One run after the other: the last of them cannot hope for a place when the first can.
        assert told[-1] >= 5 * told[0]
        assert max(told) <= 60
        (tmp_path / "go").touch()


async def test_decisions_are_kept_without_a_place_and_their_runs_go_on_in_the_order_they_were_decided(
    serve: Serve, config: Path, tmp_path: Path
) -> None:
    async with serve(config, environ={"INTERRUPT_MCP_MAX_RUNS": "1"}) as door:
        waiting = {name: (await start(door, name, ask=True))["run_id"] for name in ("a", "b", "c")}
        await start(door, "first")
        await until_begun(tmp_path, "first")
        for name in ("c", "a", "b"):
            answer = [{"type": "respond", "value": "yes"}]
            run = await door.call("resume_run", run_id=waiting[name], decisions=answer, wait_seconds=0)
            assert run["status"] == "pending"
        assert began(tmp_path) == ["first"]
        (tmp_path / "go").touch()
        for run_id in waiting.values():
            assert (await door.call("get_run", run_id=run_id, wait_seconds=20))["status"] == "success"
        assert began(tmp_path) == ["first", "c", "a", "b"]
