"""A process that is stopped in the middle of what it sends keeps no locks for as long as it is there."""

from pathlib import Path

import psycopg
import pytest

from tests.conftest import Serve
from tests.deciding import ACCEPT, decide
from tests.postgres import databases

pytestmark = [pytest.mark.postgres, pytest.mark.posix, pytest.mark.anyio]


async def test_what_it_had_locked_can_be_changed_soon(serve: Serve, tmp_path: Path) -> None:
    url = databases.url_of(tmp_path / "state")
    environ = {"INTERRUPT_MCP_DATABASE": url, "INTERRUPT_MCP_LEASE": "2"}
    async with serve(environ=environ) as door:
        run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        stopped = psycopg.connect(url, application_name="interrupt-mcp", autocommit=True)
        stopped.execute("SET idle_in_transaction_session_timeout TO '1s'")
        stopped.pgconn.enter_pipeline_mode()
        # It is sent, and nothing that would have the server answer.
        update = f"UPDATE interrupt_mcp.runs SET epoch = epoch WHERE run_id = '{run['run_id']}'"
        stopped.pgconn.send_query_params(update.encode(), None)
        stopped.pgconn.flush()
        decided = await decide(door, run, ACCEPT)
        stopped.close()
        assert decided["status"] == "success"
