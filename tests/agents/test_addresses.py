"""Addresses of databases in the settings, which may hold a password."""

from pathlib import Path

import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.errors import ConfigError


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "langgraph.json").write_text("{}")
    return tmp_path


def test_other_databases_are_refused_without_repeating_their_password(here):
    with pytest.raises(ConfigError) as caught:
        read_settings({}, database="mysql://me:hunter2@host/db", cwd=here)

    assert "--database is 'mysql://…'; it must be sqlite:///relative.db" in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://me:hunter2@host/db", "postgres://me@host/db?password=hunter2"])
def test_a_servers_password_is_taken_from_a_variable_and_from_no_argument(here, url):
    settings = read_settings({"INTERRUPT_MCP_DATABASE": url}, cwd=here)
    assert str(settings.database) == "host/db"
    assert "hunter2" not in repr(settings)

    with pytest.raises(ConfigError, match="--database holds a password") as caught:
        read_settings({}, database=url, cwd=here)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://", "postgresql://host", "postgresql://host/a/b", "postgresql://h:x/db"])
def test_an_address_of_no_database_is_refused(here, url):
    with pytest.raises(ConfigError, match="INTERRUPT_MCP_DATABASE is no such address"):
        read_settings({"INTERRUPT_MCP_DATABASE": url}, cwd=here)


def test_a_server_behind_a_pooler_is_named_besides_the_pooler(here):
    pooler, server = "postgresql://pooler/db", "postgresql://server/db"
    environ = {"INTERRUPT_MCP_DATABASE": pooler, "INTERRUPT_MCP_DATABASE_DIRECT": server}
    assert read_settings(environ, cwd=here).database.straight == server
    with pytest.raises(ConfigError, match="the database is a file"):
        read_settings({"INTERRUPT_MCP_DATABASE_DIRECT": server}, cwd=here)
