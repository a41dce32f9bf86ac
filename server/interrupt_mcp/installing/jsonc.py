"""JSON, with comments and trailing commas where a client takes them: read with the place of every key and value.

No library at hand keeps all of a file as it is, so this one small grammar is read here. It does not change anything.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from interrupt_mcp.installing.tree import Malformed, Other

_DEEPEST = 200
_BLANK = re.compile(r"[ \t\r\n]*+")
_TRIVIA = re.compile(r"(?:[ \t\r\n]++|//[^\r\n]*+|/\*.*?\*/)*+", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORD = re.compile(r"(?:true|false|null)(?![A-Za-z0-9_])")
_WORDS = {"true": True, "false": False, "null": None}
_SHORT = 18
"""Digits of a number that is read as one."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value, and where it stands."""

    start: int
    end: int
    value: Any
    members: "tuple[Member, ...] | None" = None
    """Of an object, in order."""

    def member(self, key: str) -> "Member | None":
        """Return the member with the key."""
        return next((each for each in self.members or () if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Member:
    """A key with its value."""

    key: str
    start: int
    """Of the key."""
    node: Node
    comma: int | None
    """Where the comma behind it stands."""

    @property
    def end(self) -> int:
        """Return where it ends, with its comma."""
        return self.node.end if self.comma is None else self.comma + 1


def parse(text: str, *, comments: bool = True) -> Node | None:
    """Return the text's value; `None` where there is nothing, or comments alone.

    `comments` is whether comments and trailing commas are taken.

    Raises:
        Malformed: with the line.
    """
    reader = _Reader(text, comments)
    start = reader.skip(0)
    if start == len(text):
        return None
    node = reader.value(start, 0)
    end = reader.skip(node.end)
    if end < len(text):
        raise reader.wrong(end, "nothing more")
    return node


class _Reader:
    """One reading of one text."""

    def __init__(self, text: str, comments: bool) -> None:
        self._text = text
        self._comments = comments
        self._trivia = _TRIVIA if comments else _BLANK

    def skip(self, at: int) -> int:
        """Return where the next token begins."""
        found = self._trivia.match(self._text, at)
        return at if found is None else found.end()

    def wrong(self, at: int, expected: str) -> Malformed:
        line = self._text.count("\n", 0, at) + 1
        if not self._comments and self._text.startswith(("//", "/*"), at):
            return Malformed(f"has a comment in line {line}, and its client takes none")
        return Malformed(f"is no JSON in line {line}, where {expected} should be")

    def value(self, at: int, depth: int) -> Node:
        if depth > _DEEPEST:
            raise Malformed(f"is nested more than {_DEEPEST} levels deep")
        first = self._text[at : at + 1]
        if first == "{":
            return self._object(at, depth)
        if first == "[":
            return self._array(at, depth)
        if first == '"':
            end = self._string(at)
            return Node(at, end, json.loads(self._text[at:end]))
        if found := _WORD.match(self._text, at):
            return Node(at, found.end(), _WORDS[found[0]])
        if found := _NUMBER.match(self._text, at):
            return Node(at, found.end(), _number(found[0]))
        raise self.wrong(at, "a value")

    def _string(self, at: int) -> int:
        """Return where the string ends."""
        found = _STRING.match(self._text, at)
        if found is None:
            raise self.wrong(at, "a text in double quotes")
        return found.end()

    def _object(self, start: int, depth: int) -> Node:
        members: list[Member] = []
        value: dict[str, Any] = {}
        at = self.skip(start + 1)
        while self._text[at : at + 1] != "}":
            key_end = self._string(at)
            key = json.loads(self._text[at:key_end])
            if key in value:
                line = self._text.count("\n", 0, at) + 1
                raise Malformed(f"has the key {key!r} twice in one object, again in line {line}")
            colon = self.skip(key_end)
            if self._text[colon : colon + 1] != ":":
                raise self.wrong(colon, "a colon")
            node = self.value(self.skip(colon + 1), depth + 1)
            following, comma = self._behind(node.end, "}")
            members.append(Member(key, at, node, comma))
            value[key] = node.value
            at = following
        return Node(start, at + 1, value, tuple(members))

    def _array(self, start: int, depth: int) -> Node:
        value = []
        at = self.skip(start + 1)
        while self._text[at : at + 1] != "]":
            node = self.value(at, depth + 1)
            value.append(node.value)
            at, _ = self._behind(node.end, "]")
        return Node(start, at + 1, value)

    def _behind(self, end: int, closing: str) -> tuple[int, int | None]:
        """Return where the next item, or what closes, begins, and where the comma before it stands."""
        at = self.skip(end)
        if self._text[at : at + 1] == closing:
            return at, None
        if self._text[at : at + 1] != ",":
            raise self.wrong(at, f"a comma or {closing}")
        following = self.skip(at + 1)
        if self._text[following : following + 1] == closing and not self._comments:
            raise self.wrong(at, f"no comma before {closing}")
        return following, at


def _number(raw: str) -> int | Other:
    return int(raw) if len(raw) <= _SHORT and raw.lstrip("-").isdigit() else Other(raw)
