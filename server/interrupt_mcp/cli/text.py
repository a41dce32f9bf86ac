"""Text from elsewhere, as it can be shown on a terminal: everything visible, nothing obeyed, and so many columns wide.

It knows characters, not what they say.
"""

import unicodedata

_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_NO_COLUMN = ("Mn", "Me")


def visible(text: str) -> str:
    """The text on one line, with every character that would move, turn round or hide others shown as its number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def columns(text: str) -> int:
    """How many columns a terminal needs for visible text."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut(text: str, width: int) -> str:
    """Visible text, in at most so many columns; the mark of what was cut off is one of them."""
    if columns(text) <= width:
        return text
    kept, used = [], 1
    for character in text:
        used += _columns(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept) + "…"


def padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    if character in _NAMED:
        return _NAMED[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _columns(character: str) -> int:
    if unicodedata.category(character) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
