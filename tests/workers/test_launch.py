"""Which variables a worker gets: those of its server, without what is the server's alone."""

from pathlib import Path

import pytest

from interrupt_mcp.config import read_settings
from interrupt_mcp.workers.launch import Launch, environ_for

ALL = {
    "PATH": "/bin",
    "HOME": "/home/ann",
    "OPENAI_API_KEY": "the agents' own",
    "PYTHONUNBUFFERED": "1",
    "INTERRUPT_MCP_LOG": "info",
    "INTERRUPT_MCP_MODEL": "offline",
    "INTERRUPT_MCP_CONFIG": "langgraph.json",
    "INTERRUPT_MCP_WORKER_MEMORY": "300",
    "INTERRUPT_MCP_SECRET": "s" * 40,
    "INTERRUPT_MCP_AUTH": "oauth",
    "INTERRUPT_MCP_URL": "https://agents.example",
    "INTERRUPT_MCP_PROXIES": "10.0.0.0/8",
    "INTERRUPT_MCP_DRAIN": "5",
    "INTERRUPT_MCP_INBOX": "on",
    "INTERRUPT_MCP_INBOX_PORT": "8322",
    "INTERRUPT_MCP_WORKERS": "2",
    "INTERRUPT_MCP_PYTHON": "/elsewhere/bin/python",
    "PROVIDERS_SECRET": "of the server at its provider",
    "PYTHONHOME": "/here",
    "PYTHONPATH": "/here/modules",
    "VIRTUAL_ENV": "/here/.venv",
    "__PYVENV_LAUNCHER__": "/here/.venv/bin/python",
}
SERVERS = {
    "INTERRUPT_MCP_SECRET",
    "INTERRUPT_MCP_AUTH",
    "INTERRUPT_MCP_URL",
    "INTERRUPT_MCP_PROXIES",
    "INTERRUPT_MCP_DRAIN",
    "INTERRUPT_MCP_INBOX",
    "INTERRUPT_MCP_INBOX_PORT",
    "INTERRUPT_MCP_WORKERS",
    "INTERRUPT_MCP_PYTHON",
    "PROVIDERS_SECRET",
}
ENVIRONMENTS = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}


@pytest.mark.parametrize(("elsewhere", "gone"), [(False, SERVERS), (True, SERVERS | ENVIRONMENTS)])
def test_a_worker_gets_all_but_the_servers_own(tmp_path: Path, elsewhere: bool, gone: set[str]) -> None:
    (tmp_path / "langgraph.json").write_text("{}")
    (tmp_path / "interrupt-mcp.toml").write_text(
        '[auth]\nissuer = "https://x.example"\nclient_secret_env = "PROVIDERS_SECRET"\n'
    )
    settings = read_settings({}, cwd=tmp_path)

    left = environ_for(settings, elsewhere=elsewhere, environ=ALL)

    assert ALL.keys() - left.keys() == gone
    assert all(ALL[name] == value for name, value in left.items())


def test_no_secret_is_in_what_is_printed_of_a_launch() -> None:
    launch = Launch(Path("python"), ("-m", "interrupt_mcp", "worker"), {"OPENAI_API_KEY": "the agents' own"}, "1")
    assert "own" not in repr(launch)
