"""Edits of TOML: tables of their own are added and taken out as whole lines, and tomlkit changes values in place.

A comment belongs to what follows it, so it stays when the table before it goes.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interrupt_mcp.installing.tree import Format, Malformed, Other, Path, at, spliced

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Item

_MOST = 1_000_000
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})|\'\'\'.*?\'\'\'\'{0,2}|"(?:\\.|[^"\\\n])*+"|\'[^\'\n]*+\'|#[^\n]*+|[\[{]|[\]}]|\n|.',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A table's header, or a key with its value; with the end of its line."""

    start: int
    end: int
    table: Path | None
    """Of a header: the table's path."""


def put(text: str, path: Path, value: Any) -> str:
    """Return the text with the value at the path."""
    before = at(_read(text), path)
    table = None if before is not None else _own_lines(text, path[:-1])
    if table is not None:
        return spliced(text, [(table[-1].end, table[-1].end, _begun(text, table[-1].end, _lines({path[-1]: value})))])
    if before is None and isinstance(value, dict):
        appended = text + _begun(text, len(text), ("\n" if text else "") + _table(path, value))
        if _is_toml(appended):
            return appended
        # A table on the way is written as a value, which no header can add to.
    document = _document(text)
    inner: Any = document
    for key in path[:-1]:
        inner = inner.setdefault(key, {}) if key not in inner else inner[key]
    inner[path[-1]] = _item(value)
    return document.as_string()


def drop(text: str, path: Path) -> str:
    """Return the text without the table at the path, which may have tables within it."""
    groups = [group for group in _groups(text) if group[0].table and group[0].table[: len(path)] == path]
    if not groups:
        document = _document(text)
        inner: Any = document
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        return document.as_string()
    splices = []
    for group in groups:
        blank = re.search(r"(?:^|\n)([ \t]*\r?\n)\Z", text[: group[0].start])
        splices.append((blank.start(1) if blank else group[0].start, group[-1].end, ""))
    return spliced(text, splices)


def _own_lines(text: str, table: Path) -> list[_Statement] | None:
    """Return the header of the table and what stands below it; `None` where the table has no header."""
    return next((group for group in _groups(text) if group[0].table == table), None)


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


def _begun(text: str, end: int, lines: str) -> str:
    """Return the lines as they follow on that place, which may be the end of a line that has none."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return ("\n" + lines if end and text[end - 1] != "\n" else lines).replace("\n", newline)


def _groups(text: str) -> list[list[_Statement]]:
    """Return the headers, each with the keys below it."""
    groups: list[list[_Statement]] = []
    for each in _statements(text):
        if each.table is not None:
            groups.append([each])
        elif groups:
            groups[-1].append(each)
    return groups


def _statements(text: str) -> Iterator[_Statement]:
    start = depth = 0
    seen = False
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        last = token.end() == len(text)
        if (token[0] == "\n" and not depth) or last:
            seen = seen or (last and not token[0].isspace() and not token[0].startswith("#"))
            if seen:
                yield _Statement(start, token.end(), _table_of(text[start : token.end()]))
            start, seen = token.end(), False
        elif not token[0].isspace() and not token[0].startswith("#"):
            seen = True


def _table_of(statement: str) -> Path | None:
    """Return the path that a header names; `None` where the statement is none."""
    if not statement.lstrip().startswith("["):
        return None
    value: Any = tomllib.loads(statement)
    path = []
    while isinstance(value, dict) and value:
        ((key, value),) = value.items()
        path.append(key)
        value = value[0] if isinstance(value, list) else value
    return tuple(path)


def _table(path: Path, value: dict[str, Any]) -> str:
    import tomlkit

    return f"[{'.'.join(tomlkit.key(key).as_string() for key in path)}]\n{_lines(value)}"


def _lines(value: dict[str, Any]) -> str:
    import tomlkit

    return "".join(f"{tomlkit.key(key).as_string()} = {_item(each).as_string()}\n" for key, each in value.items())


def _item(value: Any) -> "Item":
    import tomlkit

    if not isinstance(value, dict):
        item: Item = tomlkit.item(value)
        return item
    table = tomlkit.inline_table()
    table.update({key: _item(each) for key, each in value.items()})
    return table


def _document(text: str) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        raise Malformed(f"is TOML that cannot be changed here: {error}") from error
    if document.as_string() != text:
        raise Malformed("is TOML that cannot be changed here without changing other lines")
    return document


def _read(text: str) -> Any:
    try:
        return tomllib.loads(text, parse_float=Other) or None
    except RecursionError as error:
        raise Malformed("is nested too deep") from error
    except ValueError as error:
        raise Malformed(f"is no TOML: {error}") from error


TOML = Format(_MOST, _read, put, drop)
