"""Sessions of one principal do not drive out those of another."""

import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.edge.callers import INITIALIZE, asked, called, headers_of, post, token_for
from tests.patience import PATIENCE
from tests.processes import http_server

FILES = 202
"""So few that there are two requests at once, and twenty sessions for each."""
SESSIONS = 40


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of open files")
def test_whoever_opens_too_many_sessions_loses_none_of_others(tmp_path: Path) -> None:
    environ = {"INTERRUPT_MCP_AUTH": "token"}
    one, many = (token_for(tmp_path, environ, name, "run", "read") for name in ("one", "many"))
    with http_server(tmp_path, files=FILES, **environ) as server, httpx2.Client(timeout=PATIENCE) as http:

        def begun(token: str) -> str:
            answer = http.post(server.url, json=INITIALIZE, headers=headers_of(token))
            return answer.headers["mcp-session-id"]

        def of(token: str, session: str) -> dict[str, str]:
            return {**headers_of(token), "mcp-session-id": session, "MCP-Protocol-Version": "2025-11-25"}

        def is_there(token: str, session: str, message: Any = None) -> bool:
            return http.post(server.url, json=message or asked("ping"), headers=of(token, session)).status_code == 200

        def is_told(token: str, session: str) -> bool:
            """Whether what the session subscribed to is told of, as soon as anything is."""
            with http.stream("GET", server.url, headers=of(token, session)) as stream:
                start = called("start_run", agent="hotel", message="Book the Ritz")
                assert post(server, start, token).status_code == 200
                return any("resources/updated" in line for line in stream.iter_lines() if line.startswith("data: "))

        kept = begun(one)
        assert is_there(one, kept, asked("resources/subscribe", uri="interrupts://pending"))
        first, *_, last = [begun(many) for _ in range(SESSIONS + 5)]
        # It was never ended: what it subscribed to would have gone with it.
        assert is_told(one, kept)
        # Those that were ended for others of the same principal are taken up again.
        assert is_there(many, first)
        assert is_there(many, last)
        # What is another's does not exist.
        assert not is_there(many, kept)
