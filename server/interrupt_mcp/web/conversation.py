"""A conversation as it is shown: what each message says, and which tools it calls. It is read from an agent's state.

The state is the agent's, and may hold anything: what is no message is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interrupt_mcp.text.visible import visible, visible_json, visible_lines

_WHO = {"human": "User", "ai": "Agent", "tool": "Tool", "system": "System"}
_NAME = 60


@dataclass(frozen=True, slots=True)
class CallMade:
    """A tool call in a message."""

    name: str
    lines: Sequence[str]
    """Its arguments."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One message. All of it is visible text."""

    kind: str
    """`human`, `ai`, `tool` or `system`; empty for any other."""
    who: str
    name: str
    lines: Sequence[str]
    calls: Sequence[CallMade]


def conversation(values: object) -> list[Spoken]:
    """Return the messages of a state, oldest first; none where it has no list of them."""
    found = values.get("messages") if isinstance(values, Mapping) else None
    return [_spoken(each) for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def last_words(spoken: Sequence[Spoken]) -> Sequence[str]:
    """Return what the user said last, line by line."""
    return next((each.lines for each in reversed(spoken) if each.kind == "human"), ())


def _spoken(message: Mapping[str, Any]) -> Spoken:
    kind, name = message.get("type"), message.get("name")
    calls = message.get("tool_calls")
    made = [each for each in calls if isinstance(each, Mapping)] if isinstance(calls, list) else []
    return Spoken(
        kind=kind if isinstance(kind, str) and kind in _WHO else "",
        who=_WHO.get(kind, "Message") if isinstance(kind, str) else "Message",
        name=visible(name[:_NAME]) if isinstance(name, str) else "",
        lines=visible_lines(_text(message.get("content"))),
        calls=[CallMade(visible(str(each.get("name"))[:_NAME]), visible_json(each.get("args"))) for each in made],
    )


def _text(content: object) -> str:
    """Return the text of a message, whose content may be a list of blocks."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    texts = [each.get("text") if isinstance(each, Mapping) else each for each in blocks]
    return "\n".join(text for text in texts if isinstance(text, str))
