"""Bodies as results: complete where they fit, cut with a mark where they do not."""

import json
from typing import Any

from mcp_types import CallToolResult, TextContent

LONGEST = 45_000
"""Bytes of a result's JSON, which a result holds twice: as structure, and as text for clients that read only that."""
_LONGEST_TEXTS = (16_000, 4_000, 1_000, 250, 60)


def result(body: dict[str, Any], headline: str, whole: str) -> CallToolResult:
    """A tool's result: one sentence and the JSON as text, and the same as structure."""
    shown = fit(body, whole)
    text = json.dumps(shown, ensure_ascii=False)
    return CallToolResult(
        content=[TextContent(type="text", text=f"{headline}\n\n{text}" if headline else text)], structured_content=shown
    )


def failure(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def fit(body: dict[str, Any], whole: str, limit: int = LONGEST) -> dict[str, Any]:
    """The body, with its longest texts and lists cut until it fits; `whole` says where the whole is."""
    if _size(body) <= limit:
        return body
    for longest in _LONGEST_TEXTS:
        shorter = {key: _cut(value, longest, whole) for key, value in body.items()}
        if _size(shorter) <= limit:
            return shorter
    return shorter


def _cut(value: Any, longest: int, whole: str) -> Any:
    if isinstance(value, str) and len(value) > longest:
        return f"{value[:longest]}… [cut: {len(value):,} characters; the whole is in {whole}]"
    if isinstance(value, list):
        kept = [_cut(item, longest, whole) for item in value[: max(3, longest // 100)]]
        if len(kept) < len(value) and not isinstance(value[0], dict):
            kept.append(f"[cut: {len(value):,} items; the whole is in {whole}]")
        return kept
    if isinstance(value, dict):
        most = max(40, longest // 50)
        kept_items = {key: _cut(item, longest, whole) for key, item in list(value.items())[:most]}
        if len(value) > most:
            kept_items["…"] = f"[cut: {len(value):,} entries; the whole is in {whole}]"
        return kept_items
    return value


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
