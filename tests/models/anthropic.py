"""Anthropic's shape of an answer, whole and as it is streamed. It knows nothing of the wire."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

PATH = "/v1/messages"


def said(model: str, text: str) -> dict[str, Any]:
    """Return an answer of text alone."""
    return _message(model, [{"type": "text", "text": text}], "end_turn")


def called(model: str, calls: tuple[tuple[str, Mapping[str, Any]], ...]) -> dict[str, Any]:
    """Return an answer that calls these tools."""
    blocks = [
        {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": dict(args)}
        for number, (name, args) in enumerate(calls)
    ]
    return _message(model, blocks, "tool_use")


def events(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Cut an answer into the events that stream it, each block in one piece."""
    yield {"type": "message_start", "message": {**message, "content": [], "stop_reason": None}}
    for index, block in enumerate(message["content"]):
        begun, delta = _cut(block)
        yield {"type": "content_block_start", "index": index, "content_block": begun}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ended = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 1}}
    yield {"type": "message_stop"}


def _cut(block: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    if block["type"] == "text":
        return {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
    return {**block, "input": {}}, {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}


def _message(model: str, content: list[dict[str, Any]], why: str) -> dict[str, Any]:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": model}
    usage = {"input_tokens": 1, "output_tokens": 1}
    return {**head, "content": content, "stop_reason": why, "stop_sequence": None, "usage": usage}
