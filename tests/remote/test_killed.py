"""A process that is killed while its agent runs at an Agent Server."""

from pathlib import Path

import pytest

from tests.processes import http_server, over_http
from tests.remote.conftest import There
from tests.remote.test_contract import ACCEPT, SCRIPT, until

pytestmark = pytest.mark.anyio


async def test_the_next_process_goes_on_with_what_one_that_left_or_was_killed_began_there(
    there: There, config: Path, tmp_path: Path
):
    environ = {**SCRIPT, "INTERRUPT_MCP_CONFIG": str(config)}
    with http_server(tmp_path, **environ) as server:
        async with over_http(server.url) as door:
            run = await door.call("start_run", agent="slow", input={"seconds": 2}, wait_seconds=0)
            await until(there, "began")
        # One that leaves in order leaves the run there to the next process as well.
        server.stop()
    with http_server(tmp_path, **environ) as server:
        async with over_http(server.url) as door:
            run = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
            assert run["status"] == "interrupted", run
            assert there.done() == ["began", "slept"]
            run = await door.call("resume_run", run_id=run["run_id"], decisions=ACCEPT, wait_seconds=0)
            await until(there, "heard")
        server.process.kill()
    with http_server(tmp_path, **environ) as server:
        async with over_http(server.url) as door:
            run = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
            assert run["status"] == "success", run
            late = await door.error("resume_run", run_id=run["run_id"], decisions=[{"type": "reject"}])
            assert late.startswith("already_decided"), late
    assert there.done() == ["began", "slept", "heard", "refunded"]
