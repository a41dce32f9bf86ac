"""Where no process serves a project, what was decided is kept, and whoever looks is told what to start."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Serve
from tests.database import url_of
from tests.patience import until
from tests.processes import commanded
from tests.together.conftest import Home, Start

pytestmark = [pytest.mark.linux, pytest.mark.anyio]


Look = Callable[..., str]


@pytest.fixture
def looked(here: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Look:
    """What a command prints."""
    monkeypatch.setenv("INTERRUPT_MCP_DATABASE", url_of(here.path))

    def look(*arguments: str) -> str:
        capsys.readouterr()
        assert commanded(*arguments) == 0
        return capsys.readouterr().out

    return look


def only_run(look: Look) -> dict[str, Any]:
    (run,) = json.loads(look("runs", "--json"))["runs"]
    return dict(run)


async def test_a_decision_is_kept_and_who_looks_is_told_what_to_start(
    start: Start, here: Home, serve: Serve, looked: Look
) -> None:
    # On a server it is alive to the others for so long once it says nothing more.
    async with start(INTERRUPT_MCP_LEASE="6") as process:
        run = await process.door.call("start_run", agent="refunds", message="1")
        async with serve(here.config) as door:
            # The process that serves is there, but it never comes to what is decided.
            process.halt(here)
            accept = {"decisions": [{"type": "accept"}], "wait_seconds": 0}
            decided = await door.call("resume_run", run_id=run["run_id"], **accept)
            assert decided["status"] == "pending"
            assert only_run(looked)["next_step"].startswith("The run goes on")
            process.kill()
            await until(lambda: only_run(looked)["next_step"].startswith("No process serves this project"))
            told = only_run(looked)
    assert told["status"] == "pending"
    assert told["next_step"].startswith("No process serves this project")
    assert "`interrupt-mcp serve --http`" in told["next_step"]
    assert "waits for a" in looked("runs")
    assert here.acts == []
    async with serve(here.config) as door:
        assert door.app is not None
        await door.app.take_up()
        ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
        assert ended["status"] == "success"
        assert only_run(looked)["next_step"].startswith("The run is finished")
    assert here.acts == ["refund 1"]
