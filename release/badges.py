"""Links with which README.md offers to install the server, for when the package is on an index: not before."""

import base64
import json
from urllib.parse import quote

_ENTRY = {"command": "uvx", "args": ["interrupt-mcp"]}


def links() -> dict[str, str]:
    """Return the address that installs the server, by client."""
    entry = json.dumps(_ENTRY)
    named = quote(entry, safe="")
    coded = quote(base64.b64encode(entry.encode()).decode(), safe="")
    return {
        "Cursor": f"https://cursor.com/install-mcp?name=interrupt-mcp&config={coded}",
        "VS Code": f"https://insiders.vscode.dev/redirect/mcp/install?name=interrupt-mcp&config={named}",
    }


def badges() -> str:
    """Return the badges as Markdown, with a word of when they are true."""
    looks = {"Cursor": "Cursor-black", "VS Code": "VS_Code-blue"}
    lines = [
        f"[![Install in {client}](https://img.shields.io/badge/Install-{looks[client]})]({link})"
        for client, link in links().items()
    ]
    return "\n".join(["<!-- For README.md once `uvx interrupt-mcp` finds the package on an index. -->", *lines, ""])
