"""A text that grows while it is told, as a model's answer does: its end is shown, without secrets.

A secret may come in pieces that are cut anywhere. So the last word is held back until it is whole, and what is shown is
looked at together with a good deal of what stands before it. It does not know who writes the text.
"""

from interrupt_mcp.text.redaction import redacted, without_beginning_of_secret

_KEPT = 20_000
"""Characters of its end that are kept."""
_BEFORE = 700
"""Characters before what is shown that are looked at with it."""
_WORD = "".join(map(chr, range(0x21, 0x7F)))
"""What a secret may be written with, unless it is a block of several lines."""
_BLOCK = "-----BEGIN "


class GrowingText:
    """A text so far. Any thread may let it grow."""

    def __init__(self) -> None:
        self._text = ""
        self._pieces: list[str] = []
        self._whole = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing came yet."""
        return not (self._text or self._pieces)

    def add(self, piece: str) -> None:
        """Let it grow by a piece."""
        self._pieces.append(piece)

    def end(self) -> None:
        """Say that it is whole: its last word is too."""
        self._whole = True

    def shown(self, longest: int) -> str:
        """Return its end as one line of at most so many characters; empty where no word of it is whole."""
        taken = len(self._pieces)
        self._text = (self._text + "".join(self._pieces[:taken]))[-_KEPT:]
        del self._pieces[:taken]
        text = self._text if self._whole else without_beginning_of_secret(self._text.rstrip(_WORD))
        line = " ".join(redacted(text[self._start(text, longest) :]).split())
        return line if len(line) <= longest else f"…{line[-longest + 1 :]}"

    @staticmethod
    def _start(text: str, longest: int) -> int:
        """Return from where on it is looked at: from the beginning of a word, or of the key that it is within."""
        start = len(text[: max(0, len(text) - longest - _BEFORE)].rstrip(_WORD))
        block = text.rfind(_BLOCK, 0, start)
        return start if block < 0 or "-----END " in text[block:start] else block
