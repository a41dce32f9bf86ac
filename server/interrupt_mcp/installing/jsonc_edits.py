"""Edits of JSON with comments: a member is put in or taken out, and every other character stays as it is.

What is put in follows the file's manner: its indentation, its line endings, its commas, one line or many.
"""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from interrupt_mcp.installing.jsonc import Member, Node, parse
from interrupt_mcp.installing.tree import Format, Path, spliced
from interrupt_mcp.text.visible import escaped_json

_MOST = 32_000_000
_DEFAULT_UNIT = "  "
_SPACE = " \t\r\n"
_SAME_LINE = re.compile(r"(?:[ \t]*+(?://[^\r\n]*+|/\*.*?\*/))*+", re.DOTALL)
_TO_LINE_END = re.compile(r"(?:[ \t]*+(?://[^\r\n]*+|/\*[^\r\n]*?\*/))++(?=[ \t]*+(?:\r?\n|$))")
_COMMENT = re.compile(r"//[^\r\n]*+|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the text is written."""

    newline: str
    unit: str
    """Of indentation."""
    one_line: bool
    colon: str
    comma: str

    def written(self, value: Any, indent: str, *, one_line: bool = False) -> str:
        """Return the value as it stands in the text, on a line with that indentation."""
        if one_line or self.one_line:
            return _compact(value, self.comma, self.colon)
        inner = self.newline + indent + self.unit
        if isinstance(value, dict) and value:
            items = [self.member(key, each, indent + self.unit) for key, each in value.items()]
            return "{" + inner + f",{inner}".join(items) + self.newline + indent + "}"
        if isinstance(value, list) and value:
            items = [self.written(each, indent + self.unit) for each in value]
            return "[" + inner + f",{inner}".join(items) + self.newline + indent + "]"
        return escaped_json(value)

    def member(self, key: str, value: Any, indent: str, *, one_line: bool = False) -> str:
        """Return a member of an object likewise."""
        colon = self.colon if one_line or self.one_line else ": "
        return f"{escaped_json(key)}{colon}{self.written(value, indent, one_line=one_line)}"


def put(text: str, path: Path, value: Any) -> str:
    """Return the text with the value at the path."""
    root = parse(text)
    manner = _manner(text, root)
    if root is None:
        lead = text.lstrip(_SPACE) and (text if text.endswith("\n") else text + manner.newline)
        return f"{lead}{manner.written(_nested(path, value), '')}{manner.newline}"
    node, at = root, 0
    while at < len(path) and (found := node.member(path[at])):
        node, at = found.node, at + 1
    if at < len(path):
        return _inserted(text, node, path[at], _nested(path[at + 1 :], value), manner)
    one_line = bool(node.value) and "\n" not in text[node.start : node.end]
    written = manner.written(value, _line_indent(text, node.start), one_line=one_line)
    return spliced(text, [(node.start, node.end, written)])


def drop(text: str, path: Path) -> str:
    """Return the text without the member at the path."""
    node = parse(text)
    for key in path[:-1]:
        member = None if node is None else node.member(key)
        node = None if member is None else member.node
    assert node is not None
    members = node.members or ()
    at = next(at for at, each in enumerate(members) if each.key == path[-1])
    ours, before = members[at], members[at - 1] if at else None
    start, end = _room(text, ours, before.end if before else node.start + 1)
    splices = [(start, end, "")]
    if ours.comma is None and before is not None and before.comma is not None:
        splices.append((before.comma, before.comma + 1, ""))
    if len(members) == 1 and not (text[node.start + 1 : start] + text[end : node.end - 1]).strip(_SPACE):
        splices = [(node.start + 1, node.end - 1, "")]
    return spliced(text, splices)


def _room(text: str, member: Member, after: int) -> tuple[int, int]:
    """Return from where to where the member goes, with the white space before it and the comment behind it.

    `after` is where what is before it ends.
    """
    start = after + len(text[after : member.start].rstrip(_SPACE))
    comments = _COMMENT.findall(text[after : member.start])
    own_line = "\n" in text[start : member.start]
    end = member.end
    if own_line and (behind := _TO_LINE_END.match(text, end)):
        end = behind.end()
    elif comments and comments[-1].startswith("//") and not re.match(r"[ \t]*(\r?\n|$)", text[end:]):
        # What follows on the line would become a part of the comment before.
        start = member.start
    return start, end


def _inserted(text: str, node: Node, key: str, value: Any, manner: _Manner) -> str:
    if not node.members:
        return _filled(text, node, key, value, manner)
    last = node.members[-1]
    comma = "," if last.comma is not None else ""
    indent = _own_indent(text, node, last)
    if indent is None:
        space = " " if text[last.start - 1] in " \t" else manner.comma[1:]
        member = space + manner.member(key, value, "", one_line=True)
        return spliced(text, [(last.end, last.end, f"{member}," if comma else f",{member}")])
    behind = _SAME_LINE.match(text, last.end)
    end = behind.end() if behind else last.end
    member = manner.newline + indent + manner.member(key, value, indent) + comma
    if comma:
        return spliced(text, [(end, end, member)])
    return text[: last.end] + "," + text[last.end : end] + member + text[end:]


def _filled(text: str, node: Node, key: str, value: Any, manner: _Manner) -> str:
    """Return the text with the first member of an object."""
    inner = text[node.start + 1 : node.end - 1]
    at = node.start + 1 + len(inner.rstrip(_SPACE))
    if manner.one_line and not inner.strip(_SPACE):
        return spliced(text, [(at, at, manner.member(key, value, ""))])
    outer = _line_indent(text, node.start)
    member = manner.newline + outer + manner.unit + manner.member(key, value, outer + manner.unit)
    if "\n" not in text[at : node.end - 1]:
        member += manner.newline + outer
    return spliced(text, [(at, at, member)])


def _manner(text: str, root: Node | None) -> _Manner:
    newline = "\r\n" if "\r\n" in text else "\n"
    if root is None or not root.members:
        return _Manner(newline, _DEFAULT_UNIT, False, ": ", ", ")
    first = root.members[0]
    unit = _own_indent(text, root, first) or _DEFAULT_UNIT
    colon = ": " if re.match(r'"(?:[^"\\]|\\.)*"\s*:\s', text[first.start :][:1000]) else ":"
    return _Manner(newline, unit, "\n" not in text[root.start : root.end], colon, f",{colon[1:]}")


def _own_indent(text: str, node: Node, member: Member) -> str | None:
    """Return the indentation of the line that the member begins; `None` where it does not begin one."""
    start = text.rfind("\n", node.start, member.start) + 1
    before = _COMMENT.sub("", text[start : member.start])
    if not start or before.strip(_SPACE):
        return None
    return _line_indent(text, member.start)


def _line_indent(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    found = re.compile(r"[ \t]*").match(text, start)
    return found[0] if found else ""


def _nested(path: Path, value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _compact(value: Any, comma: str, colon: str) -> str:
    """Return the value on one line."""
    if isinstance(value, dict):
        return (
            "{" + comma.join(f"{escaped_json(key)}{colon}{_compact(value[key], comma, colon)}" for key in value) + "}"
        )
    if isinstance(value, list):
        return "[" + comma.join(_compact(each, comma, colon) for each in value) + "]"
    return escaped_json(value)


def _read(text: str, *, comments: bool) -> Any:
    root = parse(text, comments=comments)
    return None if root is None else root.value


JSONC = Format(_MOST, partial(_read, comments=True), put, drop)
JSON = Format(_MOST, partial(_read, comments=False), put, drop)
