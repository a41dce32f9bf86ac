r"""Text that nobody vouches for, made visible: what cannot be seen, or moves other text about, is shown as `\u{…}`.

Nothing is left out and nothing is made prettier: two different texts stay two different texts. The one place that
knows which characters those are; it does not know who shows the text.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
_BLANK = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC, 0x13441, 0x13442, 0x16FE4, 0x1D159),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    )
)
"""Letters and marks that are drawn as nothing, though Unicode calls them neither control nor format."""
MARKS = ("Mn", "Me")
"""Categories of characters that are drawn on the letter before them."""
_MOST_MARKS = 3
"""How many marks may stand on one letter: more are used to paint over the lines above and below."""
_RIGHT_TO_LEFT = ("R", "AL")
_WITHIN = re.compile(r"[-'.,;!?…،]? ?")
"""What may stand between two words that are written from right to left, and is then drawn between them."""
_LONGER = 3
"""Characters, which is more than may stand there."""


def visible(text: str) -> str:
    r"""Return the text as a part of one line. A `\u{` that stood in it is told apart from one that is made here."""
    return _shown(_marked(text), closed=True)


def visible_lines(text: str) -> list[str]:
    """Return the text line by line, none for an empty text; only a plain newline begins a line."""
    return [_shown(_marked(line)) for line in text.split("\n")] if text else []


def visible_json(value: object) -> list[str]:
    r"""Return the value as JSON, line by line. JSON itself has no escape `\u{`, so each one was made here."""
    return [_shown(line) for line in json.dumps(value, indent=2, ensure_ascii=False).split("\n")]


def escaped_json(value: object, indent: int | None = None, *, ascii_only: bool = False) -> str:
    r"""Return the value as JSON, on one line or indented, whose own escapes, like `\u202e`, show what is not seen."""
    lines = json.dumps(value, ensure_ascii=ascii_only, indent=indent).split("\n")
    return "\n".join(_written(line, _json_escape) for line in lines)


def printable(text: str) -> str:
    """Return lines of ours as they may be printed: what they quote was made visible before, and stays as it is."""
    return "\n".join(map(_shown, text.split("\n")))


def printable_line(text: str) -> str:
    """Return one line of ours as it may be printed: a newline in it comes from what it quotes, and is shown."""
    return printable(text).replace("\n", "\\u{a}")


def closed(text: str) -> str:
    """Return visible text that was cut somewhere as a part of one line, on which something else may follow."""
    return _shown(text, closed=True)


def is_visible(text: str) -> bool:
    """Whether the text is one line on which everything can be seen, where it stands."""
    return visible_lines(text) in ([], [text])


def _json_escape(character: str) -> str:
    """Return it as JSON writes it. Beyond 16 bits that takes two escapes; and `json` leaves DEL as it is."""
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else json.dumps(character)[1:-1]


def _marked(text: str) -> str:
    """Return the text with what could not be told from what is made of it here, or not be seen at its end, marked."""
    text = text.replace("\\u{", "\\u{5c}u{")
    return f"{text[:-1]}\\u{{20}}" if text.endswith(" ") else text


def _shown(line: str, *, closed: bool = False) -> str:
    return _written(line, lambda each: f"\\u{{{ord(each):x}}}", closed=closed)


def _written(line: str, escaped: Callable[[str], str], *, closed: bool = False) -> str:
    if line.isascii() and line.isprintable():
        return line
    hidden = _hidden(line, closed)
    return "".join(escaped(each) if hide else each for each, hide in zip(line, hidden, strict=True))


def _hidden(line: str, closed: bool) -> list[bool]:
    """Return for each character whether it is to be shown as its number.

    `closed` is whether something else may follow on the line.
    """
    hidden = list(_unseen(line))
    moving = [unicodedata.bidirectional(each) for each in line]
    if not {"R", "AL", "AN"}.isdisjoint(moving):
        _hold(line, moving, hidden, closed)
    base = False
    for at, each in enumerate(line):
        # A mark on what is shown as a number would stand on its last bracket.
        is_mark = unicodedata.category(each) in MARKS
        hidden[at] = base = hidden[at] or (is_mark and base)
    return hidden


def _unseen(line: str) -> Iterator[bool]:
    marks = _MOST_MARKS
    for each in line:
        kind = unicodedata.category(each)
        if kind in MARKS:
            marks += 1
        else:
            # A mark belongs on a letter: elsewhere it is drawn over what is not the text's own.
            marks = 0 if kind.startswith("L") else _MOST_MARKS
        yield (kind in _UNSEEN and each != " ") or ord(each) in _BLANK or marks > _MOST_MARKS


def _hold(line: str, moving: list[str], hidden: list[bool], closed: bool) -> None:
    """Keep letters that are written from right to left from moving anything but each other.

    A terminal or window turns round all that stands between two of them, and draws numbers that follow them on their
    other side. A number in our notation, whose `u` is written from left to right, keeps the two apart: so the last
    letter before such a place is shown as one, and the first of a line that has anything else on it.
    """
    after, gap = "number" if closed else "", ""
    for at in reversed(range(len(line))):
        kind = "L" if hidden[at] else moving[at]
        if kind == "NSM":
            continue
        if kind not in ("L", "EN", "AN", *_RIGHT_TO_LEFT):
            gap = line[at] + gap if len(gap) < _LONGER else gap
            continue
        if kind == "AN":
            hidden[at] = not (after in ("", "L") or (after == "AN" and not gap))
        elif kind in _RIGHT_TO_LEFT:
            kind = "R"
            hidden[at] = not (after in ("", "L") or (after == "R" and _WITHIN.fullmatch(gap)))
        after, gap = "L" if hidden[at] else kind, ""
    kinds = ["L" if hide else kind for kind, hide in zip(moving, hidden, strict=True)]
    first = next((at for at, kind in enumerate(kinds) if kind in ("L", "AN", *_RIGHT_TO_LEFT)), None)
    if first is not None and not closed and kinds[first] != "L" and not {"L", "EN"}.isdisjoint(kinds):
        hidden[first] = True
