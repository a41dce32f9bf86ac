"""What is permitted: of which scopes a token needs one, for each method of the protocol and each tool.

It is one table for whoever looks before a request is passed on, and for the server itself. It reads names alone.
"""

from collections.abc import Mapping
from typing import Any

from interrupt_mcp.words import Scope

ANY: tuple[Scope, ...] = (Scope.READ, Scope.RUN, Scope.DECIDE, Scope.ADMIN)
"""One of them has to be there, whichever."""
_READ = (Scope.READ,)
_RUN = (Scope.RUN,)
CALL = "tools/call"
TOOLS: Mapping[str, tuple[Scope, ...]] = {
    "list_agents": (Scope.READ, Scope.RUN),
    "start_run": _RUN,
    "get_run": _READ,
    "list_runs": _READ,
    "list_interrupts": _READ,
    "resume_run": (Scope.RUN, Scope.DECIDE),
    "cancel_run": _RUN,
    "get_thread": _READ,
    "rewind_thread": _RUN,
    "fork_thread": _RUN,
}
"""The scope that is best asked for stands first."""
METHODS: Mapping[str, tuple[Scope, ...]] = {
    "resources/read": _READ,
    "resources/subscribe": _READ,
    "resources/unsubscribe": _READ,
    "subscriptions/listen": _READ,
    "completion/complete": _READ,
}
"""Methods that show what is somebody's. All others tell what there is to call, or belong to the conversation."""


def needed(method: object, tool: object = None) -> tuple[Scope, ...]:
    """Return the scopes of which a request needs one. What nobody knows needs any: the server answers that it is none.

    `tool` is what a call of a tool names.
    """
    known = TOOLS.get(tool) if method == CALL and isinstance(tool, str) else None
    return known or (METHODS.get(method, ANY) if isinstance(method, str) else ANY)


def needed_by(message: Any) -> list[tuple[Scope, ...]]:
    """Return the same for a message as it came, of whatever shape, or for each of several in a list."""
    if isinstance(message, list):
        return [each for one in message if not isinstance(one, list) for each in needed_by(one)] or [ANY]
    if not isinstance(message, Mapping):
        return [ANY]
    params = message.get("params")
    return [needed(message.get("method"), params.get("name") if isinstance(params, Mapping) else None)]
