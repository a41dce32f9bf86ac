"""A key or password in what an agent raises reaches nobody: not the client, the record, the database, or the log."""

import json
from pathlib import Path

import pytest

from tests.conftest import Offer
from tests.patience import PATIENCE
from tests.private.agents.failing import SECRETS
from tests.processes import CHECKOUT, command, over_stdio, ran, surroundings

pytestmark = pytest.mark.anyio
VERSIONS = ("2026-07-28", "2025-11-25")
FAILING = ("node", "within", "tools")
ENVIRON = {"INTERRUPT_MCP_LOG": "debug", "SHOP_PASSWORD": SECRETS[3], "PYTHONPATH": CHECKOUT}


def leaked(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.sqlite
@pytest.mark.parametrize("version", VERSIONS)
async def test_it_is_hidden_wherever_the_failure_is_shown_or_kept(tmp_path: Path, offer: Offer, version: str) -> None:
    environ = {**ENVIRON, "INTERRUPT_MCP_CONFIG": str(offer(**{name: f"failing:{name}" for name in FAILING}))}
    commands = [["audit", "--json"], ["runs", "--json"]]
    async with over_stdio(tmp_path, version, environ) as door:
        for agent in FAILING:
            run = await door.call("start_run", agent=agent, message="go", wait_seconds=25)
            assert run["status"] == "error", run
            assert run["error"]["message"].startswith("ConnectionError: postgresql://***@db/shop")
            thread = await door.call("get_thread", thread_id=run["thread_id"])
            assert "ConnectionError: postgresql://***@db/shop" in json.dumps(thread)
            assert leaked(json.dumps([run, thread])) == []
            commands.append(["thread", run["thread_id"]])
        assert leaked(json.dumps(await door.call("list_runs"))) == []
    for asked in commands:
        shown = ran([command(), *asked], PATIENCE, surroundings(tmp_path, **environ))
        assert shown.returncode == 0, shown.stderr
        assert leaked(shown.stdout + shown.stderr) == []
    assert leaked((tmp_path / "stderr.txt").read_text()) == []
    for file in tmp_path.glob("state.db*"):
        assert file.is_dir() or leaked(file.read_bytes().decode("latin-1")) == []


async def test_it_is_hidden_in_what_an_agent_logs(tmp_path: Path, offer: Offer) -> None:
    environ = {**ENVIRON, "INTERRUPT_MCP_CONFIG": str(offer(logged="failing:logged"))}
    async with over_stdio(tmp_path, environ=environ) as door:
        run = await door.call("start_run", agent="logged", message="go", wait_seconds=25)
        assert run["status"] == "success", run
    said = (tmp_path / "stderr.txt").read_text()
    assert "ConnectionError: postgresql://***@db/shop" in said
    assert leaked(said) == []
