"""What the doctor says while servers run: which, who serves the pages, and how each client that called is asked."""

from pathlib import Path
from typing import Any

import pytest
from mcp_types import ElicitResult, Implementation

from tests.doctor.looking import looked
from tests.patience import until
from tests.processes import http_server, over_http, over_stdio

pytestmark = pytest.mark.anyio


async def declines(*_: Any) -> ElicitResult:
    return ElicitResult(action="decline")


def client(name: str, *, forms: bool) -> dict[str, Any]:
    shows = {"elicitation_callback": declines} if forms else {}
    return {"client_info": Implementation(name=name, version="1.2"), **shows}


async def test_clients_of_both_eras_are_told_of_with_how_they_ask(tmp_path: Path) -> None:
    for version in ("2026-07-28", "2025-11-25"):
        for forms in (True, False):
            name = f"{'forms' if forms else 'none'} {version}"
            async with over_stdio(tmp_path, version, **client(name, forms=forms)) as door:
                await door.client.list_tools()
                await door.call("list_runs")
                await door.call("list_interrupts")
    said = looked(tmp_path)
    assert said.code == 0
    assert len(said.of("clients")) == 4
    for version in ("2026-07-28", "2025-11-25"):
        (shows,) = said.of("clients", f"forms {version}")
        assert shows["level"] == "ok"
        assert f"over stdio, in MCP {version}" in shows["text"]
        assert "elicitation" in shows["text"]
        assert "asked by forms" in shows["text"]
        (none,) = said.of("clients", f"none {version}")
        assert none["level"] == "warning"
        assert "its model says what the user chose" in none["text"]
    human = looked(tmp_path, environ={"INTERRUPT_MCP_APPROVER": "human"})
    assert "interrupt-mcp review" in human.text("clients", "none 2025-11-25", "note")
    off = looked(tmp_path, environ={"INTERRUPT_MCP_ELICITATION": "off"})
    assert "elicitation is off" in off.text("clients", "forms 2026-07-28", "warning")
    on = looked(tmp_path, environ={"INTERRUPT_MCP_INBOX": "on"})
    assert "on a page" in on.text("clients", "none 2026-07-28", "ok")


async def test_servers_that_live_are_counted_and_the_pages_are_proven(tmp_path: Path) -> None:
    environ = {"INTERRUPT_MCP_INBOX": "on"}
    hostile = "\u202e\x1b[2J" + "evil " * 100
    with http_server(tmp_path, **environ) as server:
        async with (
            over_stdio(tmp_path, environ=environ) as stdio,
            over_http(server.url, **client(hostile, forms=False)) as http,
        ):
            run = await stdio.call("start_run", agent="revise_text", input={"some_text": "x"})
            await http.call("get_run", run_id=run["run_id"])
            said = looked(tmp_path, environ=environ)
            await until(lambda: "2 servers" in looked(tmp_path, environ=environ).text("processes"))
            assert "1 run on 1 thread" in said.text("database")
            assert "1 question for a person open" in said.text("database")
            assert f"{server.base}/inbox, served by a server over HTTP" in said.text("inbox")
            assert str(server.process.pid) in said.text("inbox")
            assert "over http" in said.text("clients")
            assert "\\u202e" not in said.text("clients")
            assert all(len(each.get("name", "")) <= 100 for each in said.of("clients"))
            # It was in nobody's way.
            assert (await stdio.call("cancel_run", run_id=run["run_id"]))["status"] == "cancelled"
    assert "No server" in looked(tmp_path).text("processes")
