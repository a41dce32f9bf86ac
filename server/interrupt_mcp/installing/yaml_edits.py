"""Edits of YAML: ruamel.yaml says where everything stands, and lines are put in or taken out there.

What anchors and aliases share is never changed by an edit of one place: whoever asked for the edit compares.
"""

import re
import warnings
from collections.abc import Iterator
from io import StringIO
from typing import Any

from interrupt_mcp.installing.tree import Format, Malformed, Other, Path, spliced

_MOST = 250_000
_UNIT = 2
"""Columns of indentation, where the file has no manner of its own."""
_WIDE = 1_000_000
_TAG = "tag:yaml.org,2002:"
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")


def put(text: str, path: Path, value: Any) -> str:
    """Return the text with the value at the path."""
    node, key, at = _compose(text), None, 0
    while at < len(path) and (pair := _pair(node, path[at])):
        (key, node), at = pair, at + 1
    if at == len(path):
        return _replaced(text, key, node, value)
    missing = _nested(path[at:], value)
    if node is None:
        return text + _line_begun(text, len(text)) + _block(missing, 0, text)
    if _is_empty(node):
        return _filled(text, key, node, missing)
    if node.flow_style:
        end = len(text[: node.end_mark.index - 1].rstrip())
        return spliced(text, [(end, end, (" " if text[end - 1] in ",{" else ", ") + _flow(missing)[1:-1])])
    end = _line_end(text, _last(text, node))
    lines = _block(missing, node.value[0][0].start_mark.column, text)
    return spliced(text, [(end, end, _line_begun(text, end) + lines)])


def drop(text: str, path: Path) -> str:
    """Return the text without the key at the path."""
    node, holder = _compose(text), None
    for name in path[:-1]:
        holder, node = _pair(node, name) or (None, None)
    pairs: Any = node.value if node is not None else ()
    at = next(at for at, (key, _) in enumerate(pairs) if key.value == path[-1])
    key, value = pairs[at]
    last = max(_last(text, value), key.end_mark.index)
    if node.flow_style:
        start = pairs[at - 1][1].end_mark.index if at else key.start_mark.index
        end = last if at or len(pairs) == 1 else pairs[1][0].start_mark.index
        return spliced(text, [(start, end, "")])
    start, end = text.rfind("\n", 0, key.start_mark.index) + 1, _line_end(text, last)
    if len(pairs) > 1:
        return spliced(text, [(start, end, "")])
    # A mapping without keys is written as one.
    if holder is None:
        return spliced(text, [(start, end, f"{{}}{_newline(text)}")])
    colon = text.index(":", holder.end_mark.index) + 1
    spaced = 1 if text.startswith("  ", colon) else 0
    return spliced(text, [(start, end, ""), (colon, colon + spaced, " {}")])


def _replaced(text: str, key: Any, node: Any, value: Any) -> str:
    """Return the text with another value behind the key, written on its line."""
    start, end = node.start_mark.index, node.end_mark.index
    if start == end or (node.id != "scalar" and not node.flow_style):
        start = text.index(":", key.end_mark.index) + 1
        return spliced(text, [(start, max(start, _last(text, node)), f" {_flow(value)}")])
    return spliced(text, [(start, end, _flow(value))])


def _filled(text: str, key: Any, node: Any, table: dict[str, Any]) -> str:
    """Return the text with the first keys of a mapping that is `{}`, or nothing at all."""
    if key is None:
        start, end = node.start_mark.index, node.end_mark.index
        return spliced(text, [(start, end, _block(table, 0, text).rstrip("\r\n"))])
    colon = text.index(":", key.end_mark.index) + 1
    written = (node.start_mark.index, node.end_mark.index)
    end = _line_end(text, max(colon, written[1] if written[0] < written[1] else 0))
    kept = text[colon:end] if written[0] == written[1] else text[colon : written[0]] + text[written[1] : end]
    lines = _block(table, key.start_mark.column + _UNIT, text)
    return text[:colon] + kept.rstrip() + _newline(text) + lines + text[end:]


def _last(text: str, node: Any) -> int:
    """Return where the last thing that is written of the node ends; what stands elsewhere is another's."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if node.style not in ("|", ">") if node.id == "scalar" else node.flow_style:
        return end
    if within := _children(node):
        return max(_last(text, each) for each in within)
    written = text[start:end]
    # Empty lines below belong to it only where it says so.
    return end - 1 if written.split("\n", 1)[0].rstrip().endswith("+") else start + len(written.rstrip())


def _children(node: Any) -> list[Any]:
    """Return the nodes within that are written there: an alias stands for one that is written before."""
    if not isinstance(node.value, list):
        return []
    within = [part for each in node.value for part in (each if isinstance(each, tuple) else (each,))]
    return [each for each in within if each.start_mark.index >= node.start_mark.index and each is not node]


def _pair(node: Any, name: str) -> tuple[Any, Any] | None:
    """Return the key of that name in a mapping, and its value."""
    pairs = node.value if node is not None and node.id == "mapping" else ()
    return next(((key, value) for key, value in pairs if key.value == name), None)


def _is_empty(node: Any) -> bool:
    return node.tag == f"{_TAG}null" or not node.value


def _line_end(text: str, at: int) -> int:
    """Return where the next line begins."""
    return text.find("\n", at) + 1 or len(text)


def _line_begun(text: str, at: int) -> str:
    return _newline(text) if at and text[at - 1] != "\n" else ""


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _nested(path: Path, value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _block(table: dict[str, Any], column: int, text: str) -> str:
    """Return the table as lines that begin in that column; lists stand on one line."""
    newline, before = _newline(text), " " * column
    return "".join(f"{before}{line}{newline}" for line in _written(table, flow=False).splitlines())


def _flow(value: Any) -> str:
    """Return the value on one line."""
    return _written({"": value}, flow=True).strip().removeprefix("{'': ").removesuffix("}")


def _written(value: Any, *, flow: bool) -> str:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt", pure=True)
    yaml.width, yaml.default_flow_style = _WIDE, flow
    out = StringIO()
    yaml.dump(_lists_in_flow(value), out)
    return out.getvalue()


def _lists_in_flow(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedSeq

    if isinstance(value, dict):
        return {key: _lists_in_flow(each) for key, each in value.items()}
    if isinstance(value, list):
        listed = CommentedSeq(map(_lists_in_flow, value))
        listed.fa.set_flow_style()
        return listed
    return value


def _compose(text: str) -> Any:
    """Return the text's node.

    Raises:
        Malformed: it is none, or several documents.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError

    try:
        with warnings.catch_warnings():
            # An anchor may be used anew.
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            return YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise Malformed(f"is no YAML{line}: {error.problem or error.context}") from error
    except RecursionError as error:
        raise Malformed("is nested too deep") from error
    except (YAMLError, ValueError) as error:
        raise Malformed(f"is no YAML: {' '.join(str(error).split())}") from error


def _read(text: str) -> Any:
    node = _compose(text)
    try:
        return None if node is None else _value(node, {})
    except RecursionError as error:
        raise Malformed("is nested too deep") from error


def _value(node: Any, known: dict[int, Any]) -> Any:
    """Return the node's value; `known` has those of the nodes that were met."""
    if id(node) in known:
        return known[id(node)]
    if node.id == "mapping":
        table: dict[str, Any] = {}
        known[id(node)] = table
        table.update((key, _value(value, known)) for key, value in _keyed(node))
        return table
    if node.id == "sequence":
        listed: list[Any] = []
        known[id(node)] = listed
        listed.extend(_value(each, known) for each in node.value)
        return listed
    return _scalar(str(node.tag), str(node.value))


def _keyed(node: Any) -> Iterator[tuple[str, Any]]:
    seen = set()
    for key, value in node.value:
        if key.id != "scalar" or key.value in seen:
            line = key.start_mark.line + 1
            raise Malformed(
                f"has a key twice in one mapping, again in line {line}"
                if key.id == "scalar"
                else f"has a key in line {line} that is no text"
            )
        seen.add(key.value)
        yield key.value, value


def _scalar(tag: str, raw: str) -> Any:
    if tag == f"{_TAG}str":
        return raw
    if tag == f"{_TAG}null":
        return None
    if tag == f"{_TAG}bool" and raw.lower() in ("true", "false"):
        return raw.lower() == "true"
    return int(raw) if tag == f"{_TAG}int" and _WHOLE_NUMBER.fullmatch(raw) else Other(f"{tag} {raw}")


YAML = Format(_MOST, _read, put, drop, none_is_empty=True)
