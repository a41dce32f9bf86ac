"""How much of a shared server one principal may take: runs going on, runs that wait, bytes; others have their own."""

from dataclasses import replace
from pathlib import Path

import pytest

from interrupt_mcp.app import running
from interrupt_mcp.config import read_settings
from interrupt_mcp.errors import Busy
from interrupt_mcp.model import Access, Channel, Principal, Scope
from interrupt_mcp.runs.caller import Actor, StartRequest, silently
from tests.database import url_of
from tests.edge.callers import as_bearer, token_for
from tests.patience import PATIENCE
from tests.processes import CHECKOUT, http_server
from tests.projects import offering

pytestmark = pytest.mark.anyio
LIMITS = '[auth]\nmode = "token"\n\n[limits]\n'


async def test_one_has_so_many_runs_going_on_and_so_many_waiting_and_another_as_many(tmp_path: Path) -> None:
    agents = {"slow": "tests.waiting:graph", "hotel": "interrupt_mcp_agents.hotel:graph"}
    offering(tmp_path, tmp_path, policy=f"{LIMITS}runs = 1\nwaiting = 2\n", **agents)
    environ = {
        "INTERRUPT_MCP_CONFIG": str(tmp_path / "langgraph.json"),
        "INTERRUPT_MCP_HOTEL_LEDGER": str(tmp_path / "ledger.txt"),
        "GO": str(tmp_path / "go"),
        "PYTHONPATH": CHECKOUT,
    }
    ritz, slow = {"agent": "hotel", "message": "Book the Ritz"}, {"agent": "slow", "message": "go", "wait_seconds": 0}
    ann, bob = (token_for(tmp_path, environ, name, "run", "read") for name in ("ann", "bob"))
    with http_server(tmp_path, **environ) as server:
        async with as_bearer(server, ann) as door, as_bearer(server, bob) as other:
            waits = [await door.call("start_run", **ritz) for _ in range(2)]
            text = await door.error("start_run", **ritz)
            assert text.startswith("busy: 2 runs of token:ann wait for a decision, and one may have 2")
            assert (await other.call("start_run", **ritz))["status"] == "interrupted"
            await door.call("cancel_run", run_id=waits[0]["run_id"])
            await door.call("start_run", **slow)
            text = await door.error("start_run", **slow)
            assert text.startswith("busy: 1 runs of token:ann are going on, and one may have 1")
            assert "try again after" in text
            assert (await other.call("start_run", **slow))["status"] in ("pending", "running")
        (tmp_path / "go").touch()


async def test_one_stores_so_many_bytes_and_is_told_what_deletes_some(tmp_path: Path) -> None:
    offering(tmp_path, tmp_path, policy=f"{LIMITS}bytes = 100\n", revise="interrupt_mcp_agents.revise_text:graph")
    environ = {"INTERRUPT_MCP_CONFIG": str(tmp_path / "langgraph.json")}
    settings = read_settings(environ, database=url_of(tmp_path), cwd=tmp_path)
    ann, bob = (Access(Principal.read(f"token:{name}"), frozenset((Scope.RUN, Scope.READ))) for name in ("ann", "bob"))
    request = StartRequest("revise", input={"some_text": "a text"})
    async with running(settings) as app:
        for access in (ann, bob):
            runs, actor = await app.runs_of(access), Actor(Channel.CLIENT, access.principal)
            await runs.wait(await runs.start(request, actor, silently), PATIENCE, silently)
            with pytest.raises(Busy, match=f"{access.principal} has .* bytes stored, and one may have 100"):
                await runs.start(replace(request, thread_id="another"), actor, silently)
