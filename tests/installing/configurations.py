"""Configuration files as each client's users have them: with other servers, comments, secrets, and habits."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """A client's file on Linux."""

    place: str
    """Below the home."""
    text: str
    servers: str
    command: str = "command"
    env: str = "env"


CLAUDE_DESKTOP = """{
    "globalShortcut": "Alt+Space",
    "mcpServers": {
        "filesystem": {
            "command": "npx",
            "args": ["-y", "@modelcontextprotocol/server-filesystem", "/Users/ann/Desktop"]
        },
        "github": {
            "command": "docker",
            "args": ["run", "-i", "--rm", "ghcr.io/github/github-mcp-server"],
            "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_secret" }
        }
    },
    "preferences": { "menuBarEnabled": false }
}"""

CLAUDE_CODE = """{
  "numStartups": 184,
  "installMethod": "native",
  "tipsHistory": {"new-user-warmup": 3, "plan-mode": 171},
  "oauthAccount": {
    "accountUuid": "00000000-0000-0000-0000-000000000000",
    "emailAddress": "ann@example.com"
  },
  "projects": {
    "/home/ann/shop": {
      "allowedTools": [],
      "history": [{"display": "say \\"hi\\" // not a comment", "pastedContents": {}}],
      "mcpServers": {"interrupt-mcp": {"command": "another"}},
      "lastCost": 0.4213999999999999
    }
  },
  "cachedGrowthBookFeatures": {"tengu_x": 1e-7, "big": 12345678901234567890123},
  "mcpServers": {
    "sentry": {"type": "http", "url": "https://mcp.sentry.dev/mcp"}
  },
  "userID": "abc"
}
"""

CURSOR = """\ufeff{\r
\t// shared with the team\r
\t"mcpServers": {\r
\t\t"linear": { "url": "https://mcp.linear.app/sse" }, // remote\r
\t\t/* "old": { "command": "x" }, */\r
\t},\r
}\r
"""

VSCODE = """{
	"inputs": [
		{ "type": "promptString", "id": "key", "description": "API key", "password": true },
	],
	"servers": {
		"playwright": {
			"command": "npx",
			"args": ["@playwright/mcp@latest"], // newest
			"env": { "KEY": "${input:key}" },
		},
	},
}
"""

WINDSURF = '{"mcpServers":{"figma":{"serverUrl":"https://mcp.figma.com/mcp","disabled":true}}}'

ZED = """// Zed settings
//
// For information on how to configure Zed, see the Zed
// documentation: https://zed.dev/docs/configuring-zed
{
  "$schema": "zed://schemas/settings",
  "theme": { "mode": "system", "light": "One Light", "dark": "One Dark" },
  "buffer_font_size": 14.5,
  "vim_mode": true,
  "languages": {
    "Python": { "language_servers": ["ty", "!basedpyright", "..."], "format_on_save": "on" },
    "Markdown": { "soft_wrap": "editor_width" }
  },
  "lsp": { "rust-analyzer": { "initialization_options": { "check": { "command": "clippy" } } } },
  "agent": {
    "default_model": { "provider": "anthropic", "model": "claude" },
    // "always_allow_tool_actions": true
  },
  "terminal": { "env": { "EDITOR": "zed --wait" } },
  "ssh_connections": [{ "host": "box", "projects": [{ "paths": ["~/a // b"] }] }],
}
"""

CODEX = """# ~/.codex/config.toml
model = "gpt-5.2-codex"   # fast enough
approval_policy = 'on-request'
notify = [
  "python3",  # ours
  "/home/ann/notify.py",
]

[profiles.deep]
model = "gpt-5.2"
model_reasoning_effort = "high"  # slow

[mcp_servers.context7]
command = "npx"
args = ["-y", "@upstash/context7-mcp"]

[mcp_servers.context7.env]
"KEY.WITH.DOTS" = "secret"

[mcp_servers."Salesforce DX"]
command = "npx"

# projects that I trust
[projects."/home/ann/shop"]
trust_level = "trusted"

[tools]
instructions = \"\"\"
[not.a.table]
x = 1
\"\"\"
"""

GOOSE = """# goose
GOOSE_PROVIDER: anthropic   # was: openai
GOOSE_MODEL: "claude"
defaults: &defaults
  enabled: true
  timeout: 300
extensions:
  developer:  # built in
    <<: *defaults
    bundled: true
    name: developer
    type: builtin
  memory:
    enabled: false
    type: stdio
    name: memory
    cmd: npx
    args:
    - -y
    - "@modelcontextprotocol/server-memory"
    envs: {}
    description: >-
      Remembers
      things
  # more to come

GOOSE_MODE: smart_approve
"""

FILES = {
    "claude-desktop": Kept(".config/Claude/claude_desktop_config.json", CLAUDE_DESKTOP, "mcpServers"),
    "claude-code": Kept(".claude.json", CLAUDE_CODE, "mcpServers"),
    "cursor": Kept(".cursor/mcp.json", CURSOR, "mcpServers"),
    "vscode": Kept(".config/Code/User/mcp.json", VSCODE, "servers"),
    "windsurf": Kept(".codeium/windsurf/mcp_config.json", WINDSURF, "mcpServers"),
    "zed": Kept(".config/zed/settings.json", ZED, "context_servers"),
    "codex": Kept(".codex/config.toml", CODEX, "mcp_servers"),
    "goose": Kept(".config/goose/config.yaml", GOOSE, "extensions", "cmd", "envs"),
}
