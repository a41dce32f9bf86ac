"""Bodies as results: complete where they fit, cut with a mark where they do not."""

import json
from collections.abc import Sequence
from typing import Any

from mcp_types import CallToolResult, TextContent

from interrupt_mcp.mcp.fitting import cost, count_that_fits, fitted

LARGEST = 97_000
"""Bytes that a result's JSON may take, as structure and as text for clients that read only that."""
_MOST_FOR_ONE = 3
"""Bytes that a byte of JSON takes at most, as structure and escaped in a text: most bodies are far smaller."""
_RESERVE = 1_000
"""Of these, for what stands around the bodies of a list."""


def result(body: dict[str, Any], headline: str, whole: str) -> CallToolResult:
    """Return a tool's result: one sentence and the JSON as text, and the same as structure.

    `whole` says where all of it is, if it must be cut.
    """
    text = json.dumps(body, ensure_ascii=False)
    shown, room = body, LARGEST - cost(headline, LARGEST)
    if _MOST_FOR_ONE * len(text.encode("utf-8", "replace")) > room:
        shown = fitted(body, room, whole)
        _say_how_many(body, shown)
        text = json.dumps(shown, ensure_ascii=False)
    return CallToolResult(
        content=[TextContent(type="text", text=f"{headline}\n\n{text}" if headline else text)], structured_content=shown
    )


def failure(text: str) -> CallToolResult:
    """Return the result of a call that failed."""
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def page(bodies: Sequence[dict[str, Any]]) -> int:
    """Return how many of a list's bodies a result can show; at least one."""
    return max(count_that_fits(bodies, LARGEST - _RESERVE), min(1, len(bodies)))


def _say_how_many(body: dict[str, Any], shown: dict[str, Any]) -> None:
    asked, left = body.get("interrupts"), shown.get("interrupts")
    if "next_step" in shown and isinstance(asked, list) and isinstance(left, list) and len(left) < len(asked):
        shown["next_step"] += (
            f" Only {len(left)} of its {len(asked)} interrupts are shown here; list_interrupts with its run_id has all."
        )
