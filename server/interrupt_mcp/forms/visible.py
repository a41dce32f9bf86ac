r"""Text that nobody vouches for, made visible: what cannot be seen, or moves other text about, is shown as `\u{…}`.

Nothing is left out and nothing is made prettier: two different texts stay two different texts.
"""

import json
import unicodedata
from collections.abc import Iterator

from interrupt_mcp.model import Json

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
_BLANK = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC, 0x1D159),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    )
)
"""Letters and marks that are drawn as nothing, though Unicode calls them neither control nor format."""
_MARKS = ("Mn", "Me")
_MOST_MARKS = 3
"""How many marks may stand on one letter: more are used to paint over the lines above and below."""


def visible(text: str) -> str:
    r"""The text on one line. A `\u{` that was there before is told apart from one that is made here."""
    return "".join(_each(text.replace("\\u{", "\\u{5c}u{")))


def visible_lines(text: str) -> list[str]:
    """The text line by line; only a plain newline begins a line."""
    return [visible(line) for line in text.replace("\r\n", "\n").split("\n")] if text else []


def visible_json(value: Json) -> list[str]:
    r"""The value as JSON, line by line. JSON itself has no escape `\u{`, so each one was made here."""
    return ["".join(_each(line)) for line in json.dumps(value, indent=2, ensure_ascii=False).split("\n")]


def plain(text: str) -> bool:
    """Whether the text is one line on which everything can be seen."""
    return visible(text) == text


def escaped_json(value: Json, indent: int | None = None) -> str:
    r"""The value as JSON, on one line or indented, whose own escapes, like `\u202e`, show what cannot be seen."""
    lines = json.dumps(value, ensure_ascii=False, indent=indent).split("\n")
    return "\n".join(
        "".join(each if shown == each else json.dumps(each)[1:-1] for each, shown in _pairs(line)) for line in lines
    )


def columns(character: str) -> int:
    """How many columns a terminal gives a character that can be seen."""
    if unicodedata.category(character) in _MARKS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _each(line: str) -> Iterator[str]:
    return (shown for _, shown in _pairs(line))


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    marks = 0
    for each in line:
        kind = unicodedata.category(each)
        marks = marks + 1 if kind in _MARKS else 0
        hidden = (kind in _UNSEEN and each != " ") or ord(each) in _BLANK or marks > _MOST_MARKS
        yield each, f"\\u{{{ord(each):x}}}" if hidden else each
