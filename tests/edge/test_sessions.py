"""Sessions of one principal do not drive out those of another."""

import sys
from pathlib import Path

import httpx2
import pytest

from tests.edge.callers import INITIALIZE, asked, headers_of, token_for
from tests.patience import PATIENCE
from tests.processes import http_server

FILES = 202
"""So few that there are two requests at once, and twenty sessions for each."""
SESSIONS = 40


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of open files")
def test_whoever_opens_too_many_sessions_loses_their_own(tmp_path: Path) -> None:
    environ = {"INTERRUPT_MCP_AUTH": "token"}
    one, many = (token_for(tmp_path, environ, name, "read") for name in ("one", "many"))
    with http_server(tmp_path, files=FILES, **environ) as server, httpx2.Client(timeout=PATIENCE) as http:

        def begun(token: str) -> str:
            answer = http.post(server.url, json=INITIALIZE, headers=headers_of(token))
            return answer.headers["mcp-session-id"]

        def is_there(token: str, session: str) -> bool:
            headers = {**headers_of(token), "mcp-session-id": session, "MCP-Protocol-Version": "2025-11-25"}
            return http.post(server.url, json=asked("ping"), headers=headers).status_code == 200

        kept = begun(one)
        first, *_, last = [begun(many) for _ in range(SESSIONS + 5)]
        assert is_there(one, kept)
        assert is_there(many, last)
        assert not is_there(many, first)
        # What is another's does not exist.
        assert not is_there(many, kept)
