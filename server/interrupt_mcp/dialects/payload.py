"""JSON that nobody vouches for, looked at without trusting its depth, size or types.

It knows no shape. What it says of a value with a `fault` is safe but useless, so ask for the fault first.
"""

import json
import math
from collections.abc import Iterator

from interrupt_mcp.model import Json, JsonObject
from interrupt_mcp.text.visible import visible

MAX_DEPTH = 64
TELLING = ("description", "question", "message", "query", "prompt", "text", "task", "title")
"""Under these names payloads in the wild say what they want."""


def nodes(value: object) -> Iterator[tuple[object, int]]:
    """Yield every value and name in it, with its depth, without recursion and no deeper than one past the limit."""
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        if depth > MAX_DEPTH:
            continue
        if isinstance(node, dict):
            yield from ((name, depth) for name in node)
            stack.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            stack.extend((child, depth + 1) for child in node)


def fault(value: object) -> str | None:
    """Return why the value is not JSON that can be looked at, or None."""
    for node, depth in nodes(value):
        if depth > MAX_DEPTH:
            return f"nested deeper than {MAX_DEPTH} levels"
        if isinstance(node, dict):
            if not all(isinstance(name, str) for name in node):
                return "not JSON: a name in it is not text"
        elif not (node is None or isinstance(node, bool | int | float | str | list)):
            return f"not JSON: {type(node).__name__}"
    return None


def unkeepable(value: object) -> str | None:
    """Return why a checkpoint would not give the value back as it was given, or None.

    LangGraph's serializer raises on integers beyond 64 bits and puts `?` in the place of lone surrogates.
    """
    if reason := fault(value):
        return reason
    for node, _ in nodes(value):
        match node:
            case bool():
                continue
            case int() if not -(2**63) <= node < 2**64:
                return "an integer beyond 64 bits"
            case float() if not math.isfinite(node):
                return "not JSON: a number that is not finite"
            case str() if not node.isascii() and node.encode("utf-8", "replace").decode() != node:
                return "not Unicode: half of a surrogate pair"
    return None


def same(one: Json, other: Json) -> bool:
    """Whether both are equal, and of equal types: 1, 1.0 and true are three values. One must be free of faults."""
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def text_of(value: Json) -> str:
    """Return text as it is, all else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def describe(value: Json) -> str:
    """Return what a payload says to a person, in its own words where it has some."""
    if isinstance(value, dict):
        for name in TELLING:
            words = value.get(name)
            if isinstance(words, str) and words.strip():
                return words
    return text_of(value)


def named_object(node: object, name: str) -> tuple[str, JsonObject] | None:
    """Return the action's name under `name` and its `args`, where both are what they should be."""
    if not isinstance(node, dict):
        return None
    action, args = node.get(name), node.get("args")
    return (action, args) if isinstance(action, str) and action and isinstance(args, dict) else None


def brief(text: str, limit: int = 80) -> str:
    """Return the text as a message quotes it: made visible, on one line, and cut."""
    return visible(text if len(text) <= limit else f"{text[: limit - 1]}…")
