"""Many replicas by the words of docs/scaling.md: its steps, in their order, on an empty server of PostgreSQL's."""

import json
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import metadata
from pathlib import Path

import httpx2
import psycopg
import pytest
from mcp.client.streamable_http import streamable_http_client

from tests.balance.replicas import Replicas
from tests.conftest import Door
from tests.patience import PATIENCE
from tests.postgres.cluster import PASSWORD, cluster
from tests.printed import DOCS, block, files, untitled
from tests.processes import command, connected, surroundings

pytestmark = [pytest.mark.posix, pytest.mark.postgres]
PAGE = DOCS / "scaling.md"
URL = "http://127.0.0.1:8321"


def shell(text: str, home: Path, environ: Mapping[str, str]) -> str:
    """What the printed lines write to stdout, run by a shell in the folder."""
    path = f"{Path(command()).parent}:{environ['PATH']}"
    lines = ["bash", "-ec", text]
    done = subprocess.run(
        lines, cwd=home, env={**environ, "PATH": path}, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(text: str) -> dict[str, str]:
    """The variables that printed lines export."""
    return dict(re.findall(r"(INTERRUPT_MCP_\w+)=(\S+)", text))


@asynccontextmanager
async def at(url: str, token: str) -> AsyncIterator[Door]:
    """A client with the token of the replica at that address."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE, trust_env=False) as http,
        connected(streamable_http_client(url, http_client=http), "2026-07-28", {}) as door,
    ):
        yield door


def test_the_package_has_the_extra_of_the_first_step() -> None:
    assert 'pip install "interrupt-mcp[postgres]"' in block("sh", "pip install", PAGE)
    assert "postgres" in metadata("interrupt-mcp").get_all("Provides-Extra", [])


@pytest.mark.anyio
async def test_the_steps_lead_from_an_empty_server_to_replicas_of_which_one_may_die(tmp_path: Path) -> None:
    with cluster() as server:
        with psycopg.connect(server.superuser, autocommit=True) as everything:
            for statement in block("sql", "CREATE DATABASE", PAGE).split(";"):
                if statement.strip():
                    everything.execute(statement.encode())
        here = f"127.0.0.1:{server.port}"
        password = {"PGPASSWORD": PASSWORD, "INTERRUPT_MCP_DATABASE": ""}
        environ = surroundings(tmp_path, **password)
        laid_out = shell(block("sh", "interrupt-mcp migrate", PAGE).replace("db.example", here), tmp_path, environ)
        assert "is laid out" in laid_out

        settings = files(PAGE)["interrupt-mcp.toml"].replace("db.example", here)
        (tmp_path / "interrupt-mcp.toml").write_text(settings)
        (tmp_path / "langgraph.json").write_text(json.dumps({"graphs": {"hotel": "interrupt_mcp_agents.hotel:graph"}}))
        token = shell(block("sh", "token create", PAGE), tmp_path, environ).split()[-1]
        said = block("sh", "serve --http", PAGE).replace("https://agents.example", URL)
        asked = {**password, **exported(said), "INTERRUPT_MCP_DRAIN": "1", "INTERRUPT_MCP_LEASE": "2"}

        with Replicas(tmp_path, asked) as replicas:
            for number in (0, 1):
                replicas.start(number)
            first, second = (f"http://127.0.0.1:{port}/mcp" for port in replicas.ports)
            async with at(first, token) as door:
                run = await door.call("start_run", agent="hotel", message="book the Grand")
                assert run["status"] == "interrupted"
            replicas.kill(0)
            async with at(second, token) as door:
                (waiting,) = (await door.call("list_interrupts"))["interrupts"]
                assert waiting["run_id"] == run["run_id"]
        assert '"database"' in shell("interrupt-mcp doctor --json", tmp_path, environ)


def test_the_settings_of_a_pooler_are_settings() -> None:
    (pooled,) = [text for kind, text in untitled(PAGE) if kind == "toml"]
    assert re.findall(r"^(\w+) = ", pooled, re.MULTILINE) == ["database", "database_direct"]
