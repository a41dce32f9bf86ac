"""What the setting of the pages changes: whether there are any, and who approves where a client shows no forms."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from interrupt_mcp.authority import this_user
from interrupt_mcp.secret import hash_of
from tests.conftest import Door
from tests.pages.safety.test_serving import ON, REMOTE, asking, got, told
from tests.pages.safety.visitors import store_in
from tests.patience import PATIENCE, until
from tests.processes import http_server, over_http, over_stdio

pytestmark = pytest.mark.anyio
ACCEPT = [{"type": "accept"}]
FOR_SCRIPTS = "A script whose author is that person sets INTERRUPT_MCP_APPROVER=client before it begins a thread"
_TELLS = """
import atexit, os, sys
atexit.register(lambda: open(os.environ["MODULES"], "w").write("\\n".join(sys.modules)))
"""
LATE = ("jinja2", "uvicorn", "starlette", "h11", "http.client", "interrupt_mcp.web", "interrupt_mcp.http")


async def decided(door: Door, run: dict[str, Any]) -> str:
    """What comes of it when a client accepts."""
    return await door.text("resume_run", run_id=run["run_id"], decisions=ACCEPT)


@pytest.mark.sqlite
async def test_off_there_is_no_page_and_no_port(tmp_path: Path) -> None:
    with http_server(tmp_path, INTERRUPT_MCP_INBOX="off") as server:
        for path in ("", "/", "/sign-in", "/proof", "/static/inbox.js", "/events"):
            assert got(f"{server.base}/inbox{path}").status_code == 404
        async with over_http(server.url) as door:
            assert told(await asking(door)) == ""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    off = {"INTERRUPT_MCP_INBOX": "off", "INTERRUPT_MCP_INBOX_PORT": str(port)}
    async with over_stdio(tmp_path, environ=off) as door:
        assert "inbox" not in json.dumps(await asking(door))
        with pytest.raises(ConnectionRefusedError), closing(socket.create_connection(("127.0.0.1", port), PATIENCE)):
            pass
    assert not list(tmp_path.glob("state.db-owners/pages-*"))


async def test_where_nobody_can_be_reached_the_clients_word_counts_until_somebody_signs_in(tmp_path: Path) -> None:
    async with over_stdio(tmp_path, environ=REMOTE) as door:
        run, other = await asking(door), await asking(door)
        assert "success" in await decided(door, run)
        with store_in(tmp_path) as store:
            session = await store.sessions.begin(hash_of("x"), this_user(), "", PATIENCE)
            stricter = await asking(door)
            refused = await decided(door, stricter)
            assert refused.startswith("needs_human: ")
            assert FOR_SCRIPTS in refused
            # What began before is as it was.
            assert "success" in await decided(door, other)
            await store.sessions.end(session.session_id)
        # Threads stay as strict as they became.
        assert (await decided(door, stricter)).startswith("needs_human: ")
        assert "success" in await decided(door, await asking(door))
    assert "browser" not in (tmp_path / "stderr.txt").read_text()


async def test_an_old_session_is_nobody_who_can_be_reached(tmp_path: Path) -> None:
    async with over_stdio(tmp_path, environ=REMOTE) as door:
        await door.call("list_runs")
        with store_in(tmp_path) as store:
            await store.sessions.begin(hash_of("x"), this_user(), "", -1)
        assert "success" in await decided(door, await asking(door))


@pytest.fixture(scope="module")
async def on(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """A client of a server that serves pages."""
    async with over_stdio(tmp_path_factory.mktemp("on"), environ=ON) as door:
        yield door


@pytest.mark.parametrize(
    "decision", [{"type": "accept"}, {"type": "edit", "args": {}}, {"type": "respond", "value": 1}]
)
async def test_on_a_person_decides_and_nothing_a_client_can_call(on: Door, decision: dict[str, Any]) -> None:
    run = await asking(on)
    (asked,) = run["interrupts"]
    known = {"interrupt_id": asked["interrupt_id"], "digest": asked["digest"]}
    for more in ({}, known):
        refused = await on.error("resume_run", run_id=run["run_id"], decisions=[{**decision, **more}])
        assert refused.startswith(("needs_human: ", "invalid_decision: ")), refused
    assert (await on.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"


async def test_a_server_over_stdio_imports_what_pages_need_only_once_something_waits(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(_TELLS)
    modules = tmp_path / "modules"
    environ = {**ON, "PYTHONPATH": str(tmp_path / "site"), "MODULES": str(modules)}

    async def imported(*, asks: bool = False, **mode: str) -> set[str]:
        async with over_stdio(tmp_path, environ={**environ, **mode}) as door:
            await door.call("list_agents")
            await door.call("list_runs")
            if asks:
                await asking(door)
        await until(modules.exists)
        found = set(modules.read_text().splitlines())
        modules.unlink()
        return {name for name in found if name.startswith(LATE)}

    assert await imported() == await imported(INTERRUPT_MCP_INBOX="off")
    assert {"jinja2", "interrupt_mcp.web.site"} <= await imported(asks=True)
