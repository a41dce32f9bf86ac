"""`migrate` lays a database out, as a role that may, for one that may not; no password is said or written anywhere."""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.moving.conftest import AGENTS
from tests.patience import PATIENCE
from tests.postgres.cluster import PASSWORD
from tests.postgres.sharing import shared
from tests.processes import command, http_server, over_http, ran, surroundings
from tests.projects import offering

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.posix]


def as_role(database: str, role: str) -> str:
    """The database, for a role that may connect and nothing else."""
    with psycopg.connect(shared().superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {0}").format(sql.Identifier(role)))
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    parts = urlsplit(database)
    return parts._replace(netloc=f"{role}:{PASSWORD}@{parts.netloc.rpartition('@')[2]}").geturl()


def done(database: str, home: Path, *words: str) -> tuple[int, str]:
    config = offering(home, AGENTS, "noting:failing")
    environ = surroundings(home, INTERRUPT_MCP_DATABASE=database, INTERRUPT_MCP_CONFIG=str(config))
    result = ran([command(), *words], PATIENCE, environ)
    said = result.stdout + result.stderr
    assert PASSWORD not in said
    return result.returncode, said


def test_a_role_lays_out_for_another_that_may_not(tmp_path: Path, database: str) -> None:
    role = f"server_{database.rpartition('/')[2]}"
    theirs = as_role(database, role)
    code, said = done(theirs, tmp_path, "runs")
    assert code == 1
    assert "interrupt-mcp migrate" in said
    assert "no role" in done(database, tmp_path, "migrate", "--grant", "nobody-of-that-name")[1]
    code, said = done(database, tmp_path, "migrate", "--grant", role, "--json")
    assert (code, json.loads(said)["granted_to"]) == (0, role)
    assert done(theirs, tmp_path, "migrate", "--check")[0] == 0
    assert done(theirs, tmp_path, "token", "create", "ann", "--scopes", "read")[0] == 0
    found = done(theirs, tmp_path, "doctor", "--json")[1]
    of_database = [each for each in json.loads(found)["findings"] if each["section"] == "database"]
    assert not [each for each in of_database if each["level"] == "problem"], of_database
    with psycopg.connect(theirs) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM interrupt_mcp.audit")


def test_a_file_is_laid_out_as_well(tmp_path: Path) -> None:
    file = f"sqlite:///{tmp_path}/new.db"
    assert done(file, tmp_path, "migrate", "--check")[0] == 1
    assert not (tmp_path / "new.db").exists()
    assert done(file, tmp_path, "migrate")[0] == 0
    assert done(file, tmp_path, "migrate", "--check")[0] == 0
    assert done(file, tmp_path, "migrate", "--grant", "ann")[0] == 2


def test_a_password_is_taken_from_no_argument_and_written_into_no_clients_file(tmp_path: Path, database: str) -> None:
    file = f"sqlite:///{tmp_path}/new.db"
    code, said = done(file, tmp_path, "migrate", "--database", database)
    assert code == 2
    assert "PGPASSWORD" in said
    code, said = done(database, tmp_path, "install", "cursor")
    assert code == 0
    assert urlsplit(database)._replace(netloc=urlsplit(database).netloc.replace(f":{PASSWORD}", "")).geturl() in said
    assert ".pgpass" in said


def test_what_is_not_installed_is_told_with_the_command_that_installs_it(tmp_path: Path, database: str) -> None:
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError(\"No module named 'psycopg'\")")
    environ = surroundings(tmp_path, INTERRUPT_MCP_DATABASE=database, PYTHONPATH=str(tmp_path))
    result = ran([sys.executable, "-m", "interrupt_mcp", "runs"], PATIENCE, environ)
    assert result.returncode == 2
    assert "install" in result.stderr
    assert "[postgres]" in result.stderr
    assert PASSWORD not in result.stderr


@pytest.mark.linux
async def test_a_worker_gets_the_address_by_a_variable(tmp_path: Path, database: str) -> None:
    variables = {"INTERRUPT_MCP_DATABASE": database, "INTERRUPT_MCP_WORKERS": "1"}
    with http_server(tmp_path, **variables) as server:
        async with over_http(server.url) as door:
            run = await door.call("start_run", agent="hotel", message="Book the Ritz")
        assert run["status"] == "interrupted"
        started = [each.read_bytes() for each in Path("/proc").glob("[0-9]*/cmdline") if each.parent.exists()]
        workers = [each for each in started if b"worker" in each and str(server.process.pid).encode() in each]
        assert len(workers) == 1
        assert b"postgresql:" not in workers[0]
    assert PASSWORD not in "".join(server.said)
