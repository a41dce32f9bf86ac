"""The clients: what each is called, where its file is, how it is written, and what an entry holds there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from interrupt_mcp.installing import places
from interrupt_mcp.installing.by_command import claude_mcp_add, code_add_mcp
from interrupt_mcp.installing.entries import Entry, Keys
from interrupt_mcp.installing.jsonc_edits import JSON, JSONC
from interrupt_mcp.installing.toml_edits import TOML
from interrupt_mcp.installing.tree import Format
from interrupt_mcp.installing.yaml_edits import YAML


@dataclass(frozen=True, slots=True)
class Client:
    """A program that starts MCP servers."""

    title: str
    place: places.Place
    format: Format
    servers: str
    """The key below which servers stand, by name."""
    keys: Keys = field(default_factory=Keys)
    expands: bool = False
    """Whether it replaces `${…}` in what it reads."""
    by_command: Callable[[Entry, bool], str] | None = None
    """Returns a command that does the same; whether it is for Windows."""


_STDIO = Keys(first={"type": "stdio"})
# A first start may download packages, and a call may take 25 seconds, or longer where a form is open in it.
_CODEX = Keys(more={"startup_timeout_sec": 60, "tool_timeout_sec": 60})
_GOOSE = Keys("cmd", "args", "envs", {"type": "stdio"}, {"enabled": True, "timeout": 300}, name="name")

CLIENTS: Mapping[str, Client] = {
    "claude-desktop": Client("Claude Desktop", places.claude_desktop, JSON, "mcpServers"),
    "claude-code": Client(
        "Claude Code", places.claude_code, JSON, "mcpServers", _STDIO, expands=True, by_command=claude_mcp_add
    ),
    "cursor": Client("Cursor", places.cursor, JSONC, "mcpServers", expands=True),
    "vscode": Client("VS Code", places.vscode, JSONC, "servers", _STDIO, expands=True, by_command=code_add_mcp),
    "windsurf": Client("Windsurf", places.windsurf, JSONC, "mcpServers", expands=True),
    "zed": Client("Zed", places.zed, JSONC, "context_servers"),
    "codex": Client("Codex", places.codex, TOML, "mcp_servers", _CODEX),
    "goose": Client("goose", places.goose, YAML, "extensions", _GOOSE),
}
