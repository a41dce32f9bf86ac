"""What the doctor says of a server that several people share."""

from pathlib import Path

from tests.doctor.looking import looked, project, surroundings_in
from tests.edge.callers import operator
from tests.identity.issuer import CLIENT, issuing


def test_tokens_that_are_missing_or_end_soon_and_addresses_are_told(tmp_path: Path) -> None:
    project(tmp_path)
    environ = {"INTERRUPT_MCP_AUTH": "token", "INTERRUPT_MCP_URL": "http://agents.example"}
    said = looked(tmp_path, environ=environ)
    assert "token create" in said.text("sharing", "token", "warning")
    assert "can be read" in said.text("sharing", "url", "warning")
    here = surroundings_in(tmp_path)
    operator(tmp_path, here, "create", "ann", "--scopes", "run,read", "--expires", "2d")
    operator(tmp_path, here, "create", "bob", "--scopes", "run,read")
    said = looked(tmp_path, environ={**environ, "INTERRUPT_MCP_URL": "https://agents.example"})
    assert "2 tokens" in said.text("sharing", "token", "ok")
    assert "tokens of ann expire" in said.text("sharing", "token", "note")
    assert "127.0.0.1" in said.text("sharing", "proxies", "note")
    assert said.code == 0
    said = looked(tmp_path)
    assert "auth is none" in said.text("sharing", level="ok")
    assert "INTERRUPT_MCP_AUTH=token" in said.text("sharing", "token", "note")


def test_a_provider_is_asked_and_what_is_missing_for_it_is_told(tmp_path: Path) -> None:
    environ = {"INTERRUPT_MCP_AUTH": "oauth", "INTERRUPT_MCP_URL": "https://agents.example"}
    with issuing() as issuer:
        table = f'[auth]\nissuer = "{issuer.url}"\nclient_id = "{CLIENT}"\nclient_secret_env = "INBOX_SECRET"\n'
        project(tmp_path, table)
        said = looked(tmp_path, environ=environ)
    assert f"{issuer.url} answers" in said.text("sharing", "auth", "ok")
    assert "https://agents.example/mcp" in said.text("sharing", "auth", "ok")
    assert "INBOX_SECRET" in said.text("sharing", "auth", "warning")
    away = looked(tmp_path, environ={**environ, "INBOX_SECRET": "kept to itself"})
    assert "does not answer" in away.text("sharing", "auth", "warning")
    assert "kept to itself" not in away.out
    assert away.code == 0


def test_a_provider_that_nobody_names_and_deciders_that_nobody_is_are_told(tmp_path: Path) -> None:
    project(tmp_path, '[agents.hello]\ndeciders = ["strangers"]\n')
    assert "issuer" in looked(tmp_path, environ={"INTERRUPT_MCP_AUTH": "oauth"}).text("sharing", "auth", "problem")
    told = looked(tmp_path, environ={"INTERRUPT_MCP_AUTH": "token"}).text("policy", "hello", "warning")
    assert "strangers" in told
