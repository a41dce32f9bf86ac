"""Commands of clients that add a server themselves, as a person may paste them into a shell."""

import shlex
from subprocess import list2cmdline

from interrupt_mcp.installing.entries import Entry
from interrupt_mcp.text.visible import escaped_json


def claude_mcp_add(entry: Entry, windows: bool) -> str:
    """Return Claude Code's command."""
    # Several variables may follow `-e`, so the name stands before it.
    env = [part for name, value in entry.env.items() for part in ("-e", f"{name}={value}")]
    words = ["claude", "mcp", "add", entry.name, "-s", "user", *env, "--", entry.launch.command, *entry.launch.args]
    return _line(words, windows)


def code_add_mcp(entry: Entry, windows: bool) -> str:
    """Return VS Code's command."""
    return _line(["code", "--add-mcp", escaped_json({"name": entry.name, **entry.whole()})], windows)


def _line(words: list[str], windows: bool) -> str:
    return list2cmdline(words) if windows else shlex.join(words)
