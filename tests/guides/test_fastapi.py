"""The guide for FastAPI, followed: its application is served by uvicorn as it is printed."""

import json
from pathlib import Path

import pytest

from tests.guides.hosts import hosted
from tests.pages.signed_in import visiting
from tests.printed import DOCS, block, write
from tests.processes import over_http

pytestmark = pytest.mark.anyio
GUIDE = DOCS / "guides" / "fastapi.md"
CALL = json.loads(block("json", '"message"', GUIDE))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("fastapi")
    write(GUIDE, home)
    return home


@pytest.mark.posix
async def test_the_guide_works_as_printed_and_a_paused_run_goes_on_after_a_restart(home: Path, era: str) -> None:
    version = {"auto": "2026-07-28", "legacy": "2025-11-25"}[era]
    with hosted(home) as host:
        async with over_http(f"{host.base}/agents/mcp", version) as door:
            run = await door.call("start_run", **CALL)
            (asked,) = run["interrupts"]
            assert asked["requests"][0]["args"] == {"order": "7", "euros": 30}
            assert asked["where_to_decide"] == f"In the browser: {host.base}/agents/inbox/interrupts/{asked['code']}"
        assert host.told("/orders/7") == {"order": "7"}
        assert host.told("/agents/healthz")["status"] == "ok"
        host.stop()
    with hosted(home) as host:
        async with over_http(f"{host.base}/agents/mcp", version) as door:
            assert (await door.call("get_run", run_id=run["run_id"]))["status"] == "interrupted"
            async with visiting(host.base, home, {}, "/agents") as ann:
                page = await ann.open(f"/agents/inbox/interrupts/{asked['code']}")
                told = await ann.press(page, "Accept")
                assert told.path.startswith(f"/agents/inbox/runs/{run['run_id']}")
            ended = await door.call("get_run", run_id=run["run_id"], wait_seconds=25)
    assert "paid 30 euros back for order 7" in ended["answer"]
