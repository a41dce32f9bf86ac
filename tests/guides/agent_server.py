"""The guide for the Agent Server, followed: `langgraph dev` and our server at the same time, from one `langgraph.json`.

`langgraph dev` has an environment of its own under `.tools`, which the benchmarks share.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import anyio
import httpx2

from tests.benchmarks.dev import langgraph_dev
from tests.printed import DOCS, write
from tests.processes import http_server, over_http

GUIDE = DOCS / "guides" / "agent_server.md"
INPUT = {"order": "A-7"}


async def tried() -> None:
    """Raise an AssertionError where something else comes of it than the guide says."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config = write(GUIDE, home)
        variables = {"INTERRUPT_MCP_CONFIG": str(config), "INTERRUPT_MCP_APPROVER": "client"}
        with langgraph_dev(home) as client, http_server(home, **variables) as server:
            said = "".join(server.said)
            assert "`http` in langgraph.json is not used" in said, said
            assert "`checkpointer` in langgraph.json is not used" in said, said
            thread_id = client.post("/threads", json={}).raise_for_status().json()["thread_id"]
            paused = _wait(client, thread_id, {"input": INPUT})
            assert "Refund order A-7?" in json.dumps(paused["__interrupt__"]), paused
            await _here(server.url, client, thread_id)
            ended = _wait(client, thread_id, {"command": {"resume": True}})
            assert ended == {**INPUT, "refunded": True}, ended
            await _stays(home, str(client.base_url).rstrip("/"))


async def _here(url: str, client: httpx2.Client, thread_id: str) -> None:
    async with over_http(url) as door:
        run = await door.call("start_run", agent="shop", input=INPUT)
        assert run["interrupts"][0]["description"] == "Refund order A-7?", run
        assert (await door.error("get_thread", thread_id=thread_id)).startswith("unknown_thread")
        assert client.get(f"/threads/{run['thread_id']}").status_code in (404, 422)
        run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
        assert run["output"] == {**INPUT, "refunded": True}, run


async def _stays(home: Path, url: str) -> None:
    """Follow what the guide says of an agent that stays there, at the address that it has here."""
    config = home / "elsewhere.json"
    config.write_text(config.read_text("utf-8").replace("http://127.0.0.1:2024", url), "utf-8")
    variables = {"INTERRUPT_MCP_CONFIG": str(config), "INTERRUPT_MCP_APPROVER": "client"}
    with http_server(home, **variables) as server:
        async with over_http(server.url) as door:
            run = await door.call("start_run", agent="shop", input=INPUT)
            assert run["interrupts"][0]["description"] == "Refund order A-7?", run
            assert "no gate is there" in run["note"], run
            run = await door.call("resume_run", run_id=run["run_id"], decisions=[{"type": "accept"}])
            assert run["output"] == {**INPUT, "refunded": True}, run


def _wait(client: httpx2.Client, thread_id: str, body: dict[str, Any]) -> Any:
    given = {"assistant_id": "shop", **body}
    return client.post(f"/threads/{thread_id}/runs/wait", json=given).raise_for_status().json()


if __name__ == "__main__":
    anyio.run(tried)
    print("docs/guides/agent_server.md: as it says")
